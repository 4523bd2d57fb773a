"""Questions about a request: asked by a supplier, answered by the customer, read by every supplier that it fits.

Rivals never read who asked, and neither does the customer; nobody reads who the customer is. An answer is never taken
back, because suppliers have calculated with it: a further one corrects it, and everybody reads both.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.datastore.domain.recognising import OwnIdentifier
from accounts.policies import is_checked
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.clock import database_now
from marketplace.kernel.errors import Conflict, Fault, refuse, require
from marketplace.kernel.fields import ClockTimestamp
from marketplace.mail import notices
from rfps.delivery.models import Opportunity
from rfps.delivery.policies import can_ask
from rfps.disclosure.projections import owners_behind
from rfps.domain import announcing, drafting, relaying, scanning
from rfps.domain.holding import hold
from rfps.models import Block, Question, Reply, Rfp
from rfps.policies import can_change_rfp
from rfps.states import Phase

MAX_QUESTION = 1000
MAX_ANSWER = 2000
QUESTIONS = 10  # of one supplier about one request
NOTES = 20  # of the customer's own about one request
REPLIES = 5  # to one question: an answer and its corrections
AHEAD = timedelta(hours=24)


@transaction.atomic
def ask(opportunity: Opportunity, *, actor: Actor, text: str) -> Question:
    """Ask the customer. Raises Conflict `wrong_phase`, `terms_not_accepted`, `declined`, `questions_closed`,
    `too_many_questions`; NotAllowed `not_checked`, and `not_taken` when the customer blocked the supplier.
    """
    require(can_ask(actor, opportunity))
    require(is_checked(opportunity.organisation), _("Your organisation has no valid check."), code="not_checked")
    held = hold(opportunity.rfp, Phase.OPEN)
    opportunity.refresh_from_db(fields=["accepted_at", "declined_at"])
    _require_turn(held, opportunity)
    refuse(_asked_faults(text, opportunity))
    made = Question.objects.create(rfp=held, organisation=opportunity.organisation, text=text.strip())
    record("question.asked", actor=actor, kind="question", subject=made.public_id, rfp=str(held.public_id))
    notices.question_asked(held.customer_id, rfp_id=held.public_id, question_id=made.public_id)
    return made


@transaction.atomic
def answer(question: Question, *, actor: Actor, answer: str) -> Question:
    """Answer to everybody, or correct an answer by a further one. Raises Conflict `wrong_phase`, `too_many_answers`;
    Invalid also when the question itself holds what would give the customer away.
    """
    require(can_change_rfp(actor, question.rfp))
    held = hold(question.rfp, Phase.OPEN)
    if Reply.objects.filter(question=question).count() >= REPLIES:
        raise Conflict(_("This was answered and corrected %(n)d times.") % {"n": REPLIES}, code="too_many_answers")
    own = announcing.own_marks(drafting.content_of(held))
    refuse([*_told_faults("/answer", answer, own), *_gives_away(question, own)])
    record("question.answered", actor=actor, kind="question", subject=question.public_id, rfp=str(held.public_id))
    return _reply(held, question, answer)


@transaction.atomic
def note(rfp: Rfp, *, actor: Actor, text: str, answer: str) -> Question:
    """Answer what nobody asked here. Raises Conflict `wrong_phase`, `too_many_questions`."""
    require(can_change_rfp(actor, rfp))
    held = hold(rfp, Phase.OPEN)
    if Question.objects.filter(rfp=held, organisation=None).count() >= NOTES:
        raise Conflict(_("You wrote %(n)d notes on this request already.") % {"n": NOTES}, code="too_many_questions")
    own = announcing.own_marks(drafting.content_of(held))
    refuse([*_told_faults("/text", text, own, MAX_QUESTION), *_told_faults("/answer", answer, own)])
    made = Question.objects.create(rfp=held, text=text.strip())
    record("question.noted", actor=actor, kind="question", subject=made.public_id, rfp=str(held.public_id))
    return _reply(held, made, answer)


def taken_until(rfp: Rfp) -> datetime:
    """Until when suppliers may ask: a day before the deadline, so that an answer still helps; of a request that is
    open for less than two days, half of its time. A later deadline moves it.
    """
    assert rfp.published_at is not None
    assert rfp.closes_at is not None
    return rfp.closes_at - min(AHEAD, (rfp.closes_at - rfp.published_at) / 2)


def _reply(held: Rfp, question: Question, answer: str) -> Question:
    number = Reply.objects.filter(question=question).count() + 1
    reply = Reply.objects.create(question=question, number=number, text=answer.strip())
    Question.objects.filter(pk=question.pk, answered_at=None).update(answered_at=ClockTimestamp())
    question.refresh_from_db(fields=["answered_at"])
    relaying.relay(held, question, reply)
    return question


def _require_turn(held: Rfp, opportunity: Opportunity) -> None:
    if opportunity.declined_at is not None:
        raise Conflict(_("You declined this request. Accept its conditions again first."), code="declined")
    if opportunity.accepted_at is None:
        raise Conflict(_("Accept the customer's conditions first."), code="terms_not_accepted")
    blocked = Block.objects.filter(owner__in=owners_behind(held), organisation=opportunity.organisation_id).exists()
    require(not blocked, _("The customer takes no questions from your company."), code="not_taken")
    if database_now() >= taken_until(held):
        raise Conflict(_("The time for questions about this request is over."), code="questions_closed")
    if Question.objects.filter(rfp=held, organisation=opportunity.organisation_id).count() >= QUESTIONS:
        message = _("You asked %(n)d questions about this request already.") % {"n": QUESTIONS}
        raise Conflict(message, code="too_many_questions")


def _asked_faults(text: str, opportunity: Opportunity) -> list[Fault]:
    """What a supplier may not write. Never judged by who the customer is: a refusal would tell whom it guessed."""
    found = _length_faults("/text", text, MAX_QUESTION)
    name = [OwnIdentifier("organisation.name", opportunity.organisation.name)]
    kinds = _kinds(text, name)
    if kinds & {scanning.OWN, scanning.OWN_WORD}:
        message = _("Leave out your company’s name: other companies read the question with its answer.")
        found.append(Fault("/text", "own_identifier", message))
    if others := _others(kinds):
        message = _("Leave out %(what)s. Customer and company talk here only until the customer has chosen.")
        found.append(Fault("/text", "contact_in_text", message % {"what": others}))
    return found


def _told_faults(pointer: str, text: str, own: list[OwnIdentifier], most: int = MAX_ANSWER) -> list[Fault]:
    """What the customer may not write to every company that fits."""
    found = _length_faults(pointer, text, most)
    kinds = _kinds(text, own)
    if kinds & {scanning.OWN, scanning.OWN_WORD}:
        message = _("Leave out your own name, street, birth date and contact: every company that fits reads this.")
        found.append(Fault(pointer, "own_identifier", message))
    if others := _others(kinds):
        message = _("Leave out %(what)s: every company that fits reads this.")
        found.append(Fault(pointer, "contact_in_text", message % {"what": others}))
    return found


def _gives_away(question: Question, own: list[OwnIdentifier]) -> list[Fault]:
    """An answer carries its question to everybody. A single word of a name may be meant as a word."""
    if scanning.OWN not in _kinds(question.text, own):
        return []
    message = _("The question itself says who you are or where you live. Answer it in a note of your own instead.")
    return [Fault("/answer", "own_identifier_in_question", message)]


def _length_faults(pointer: str, text: str, most: int) -> list[Fault]:
    if not text.strip():
        return [Fault(pointer, "blank", _("Write something here."))]
    if len(text.strip()) > most:
        return [Fault(pointer, "too_long", _("Write at most %(most)d characters.") % {"most": most})]
    return []


def _kinds(text: str, own: Iterable[OwnIdentifier]) -> set[str]:
    return {hit.kind for hit in scanning.scan(scanning.plain(text), own)}


def _others(kinds: set[str]) -> str:
    return ", ".join(scanning.labels()[kind] for kind in sorted(kinds - {scanning.OWN, scanning.OWN_WORD}))
