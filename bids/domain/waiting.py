"""What the clock tells a customer whose request waits for offers: none yet, and that the time ends soon."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Count, DateTimeField, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from bids.models import Bid
from bids.policies import bid_count
from bids.states import STANDING
from marketplace.kernel.actors import Actor
from marketplace.kernel.clock import database_now
from marketplace.kernel.fields import ClockTimestamp
from marketplace.mail import notices
from rfps.domain.holding import fresh
from rfps.domain.widening import Change, due_at, widenings
from rfps.models import Question, Rfp, RfpQuerySet
from rfps.states import Phase, Sealing

BATCH = 100
SOON = timedelta(hours=24)
# Of a request that was open for a shorter time, "soon" would come almost with the publication.
TOO_SHORT = timedelta(hours=72)


def offered(rfp: Rfp, *, actor: Actor) -> list[Change]:
    """The changes that would reach most more companies, when they are due: no offer stands, and a third of the time
    or all of it has passed; otherwise none.
    """
    held = fresh(RfpQuerySet(Rfp), rfp)
    return widenings(held, actor=actor) if is_due(held, bid_count(actor, held)) else []


def is_due(held: Rfp, offers: int) -> bool:
    """Whether a request with so many offers has waited long enough for the changes to be worth a look."""
    if offers or held.phase not in {Phase.OPEN, Phase.DECIDING, Phase.LAPSED}:
        return False
    return held.phase != Phase.OPEN or database_now() >= due_at(held)


def tell() -> int:
    """See to everything that is due now; returns how many notices there were."""
    return tell_nobody_yet() + tell_closing_soon()


@transaction.atomic
def tell_nobody_yet() -> int:
    """Requests that have no offer after a third of their time: their customers hear of it, once."""
    whole = ExpressionWrapper(F("closes_at") - F("published_at"), DurationField())
    third = ExpressionWrapper(F("published_at") + ExpressionWrapper(whole / 3, DurationField()), DateTimeField())
    rows = (
        _open(nobody_told_at__isnull=True).alias(third=third).filter(~Exists(_standing()), third__lte=ClockTimestamp())
    )
    due = _locked(rows)
    for rfp in due:
        notices.nobody_yet(rfp.customer_id, rfp_id=rfp.public_id)
    Rfp.objects.filter(pk__in=[rfp.pk for rfp in due]).update(nobody_told_at=ClockTimestamp())
    return len(due)


@transaction.atomic
def tell_closing_soon() -> int:
    """Requests in the last day of their time: their customers hear how many offers there are.

    Of sealed ones only when there are none: otherwise it would be a second number on the day an offer came. Questions
    without an answer are told of in either case.
    """
    begins = F("closes_at") - SOON
    untold = Q(soon_told_at__isnull=True) | Q(soon_told_at__lt=begins)
    rows = _open(untold, closes_at__gte=F("published_at") + TOO_SHORT)
    due = _locked(rows.alias(begins=begins).filter(begins__lte=ClockTimestamp()))
    _warn_of_questions(due)
    counts = Bid.objects.filter(rfp__in=due, state__in=STANDING, opportunity__declined_at__isnull=True)
    numbers = dict(counts.values("rfp").annotate(number=Count("pk")).values_list("rfp", "number"))
    told = [rfp for rfp in due if rfp.sealing == Sealing.OPEN or rfp.pk not in numbers]
    for rfp in told:
        assert rfp.closes_at is not None
        number = numbers.get(rfp.pk, 0)
        notices.closing_soon(rfp.customer_id, rfp_id=rfp.public_id, number=number, closes_at=rfp.closes_at)
    Rfp.objects.filter(pk__in=[rfp.pk for rfp in due]).update(soon_told_at=ClockTimestamp())
    return len(told)


def _warn_of_questions(closing: list[Rfp]) -> None:
    asked = Question.objects.filter(rfp__in=closing, answered_at=None).order_by().values("rfp")
    numbers = dict(asked.annotate(number=Count("pk")).values_list("rfp", "number"))
    for rfp in closing:
        assert rfp.closes_at is not None
        if number := numbers.get(rfp.pk, 0):
            notices.questions_wait(rfp.customer_id, rfp_id=rfp.public_id, unanswered=number, closes_at=rfp.closes_at)


def _open(*conditions: Q, **facts: object) -> RfpQuerySet:
    return RfpQuerySet(Rfp).filter(*conditions, published_at__isnull=False, **facts).in_phase(Phase.OPEN)


def _standing() -> QuerySet[Bid]:
    return Bid.objects.filter(rfp=OuterRef("pk"), state__in=STANDING, opportunity__declined_at__isnull=True)


def _locked(rows: RfpQuerySet) -> list[Rfp]:
    return list(rows.select_for_update(of=("self",), skip_locked=True, no_key=True).order_by("pk")[:BATCH])
