"""Questions on a request that takes offers, asked and answered through the domain."""

from __future__ import annotations

from accounts.models import Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person
from rfps.delivery.models import Opportunity
from rfps.domain import asking
from rfps.models import Question, Rfp
from tests.factories import bids


def on(rfp: Rfp, supplier: Organisation, text: str = "Is the meter indoors?", *, answer: str = "") -> Question:
    """A question of the supplier's, answered when there is an answer."""
    found = Opportunity.objects.filter(rfp=rfp, organisation=supplier).first() or bids.opportunity(rfp, supplier)
    asked = asking.ask(found, actor=actor_of_organisation(supplier), text=text)
    return told(asked, answer) if answer else asked


def told(question: Question, answer: str, by: User | None = None) -> Question:
    """Answered by the customer of the request."""
    return asking.answer(question, actor=actor_of_person(by or question.rfp.customer), answer=answer)
