"""Bringing an answer to the companies: an event to all that the request fits, a mail to those that accepted it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import override

from accounts.models import Membership
from accounts.states import MemberRole
from marketplace.kernel.language import supported
from marketplace.mail.queueing import queue
from marketplace.mail.rendering import render
from rfps.delivery.domain import emitting
from rfps.delivery.models import Opportunity
from rfps.delivery.states import EventType
from rfps.domain.checking import as_instant
from rfps.domain.closing import summary
from rfps.models import Question, Reply, Rfp

KIND = EventType.RFP_QUESTION_ANSWERED
SPEAKING = (MemberRole.OWNER, MemberRole.BIDDER)


def relay(held: Rfp, question: Question, reply: Reply) -> None:
    """The same words to everybody: nothing in them tells who asked. A correction is told again."""
    said = {
        "id": str(question.public_id),
        "text": question.text,
        "answer": reply.text,
        "answered_at": as_instant(reply.created_at),
    }
    emitting.announce(held, type=KIND, body={**summary(held), "question": said})
    _write(held, question, reply)


def _write(held: Rfp, question: Question, reply: Reply) -> None:
    """To everybody who may offer for a company that works on it, in their own language."""
    takers = Opportunity.objects.filter(rfp=held, accepted_at__isnull=False, declined_at__isnull=True)
    addresses = {each.organisation_id: each for each in takers.select_related("organisation")}
    for seat in _seats(list(addresses)):
        where = addresses[seat.organisation_id]
        link = f"{settings.SITE_URL}/company/{where.organisation.public_id}/requests/{where.public_id}/"
        context: dict[str, Any] = {"title": held.current.title if held.current else "", "link": link}
        with override(supported(seat.user.locale)):
            subject, body = render(KIND, question=question.text, reply=reply.text, number=reply.number, **context)
        key = f"{KIND}:{reply.public_id}:{seat.user_id}"
        queue(seat.user_id, kind=KIND, subject=subject, body=body, dedupe_key=key)


def _seats(companies: Sequence[int]) -> QuerySet[Membership]:
    rows = Membership.objects.filter(organisation__in=companies, role__in=SPEAKING, user__is_active=True)
    return rows.filter(organisation__suspended_at__isnull=True).select_related("user").order_by("pk")
