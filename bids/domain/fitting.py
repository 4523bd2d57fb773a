"""The list of what fits a supplier, with how far each got, in two queries whatever its length."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from bids.domain import phrasing
from bids.models import Bid
from bids.states import BidState
from marketplace.kernel.actors import Actor
from rfps.delivery.domain import answering, counting
from rfps.delivery.domain.wishing import RADIUS_KM
from rfps.delivery.models import Opportunity, Subscription
from rfps.delivery.policies import visible_opportunities, visible_subscriptions
from rfps.delivery.states import OpportunityStatus
from rfps.states import Phase

UNREAD = ("rfp__sealed_draft", "rfp__current__need", "rfp__current__sealed_area")
DAYS = 30
MOST = 2  # each is a question to the database, or two
ALIVE = (BidState.SUBMITTED, BidState.AWARDED, BidState.RESERVE, BidState.NOT_AWARDED)


class Show(StrEnum):
    """Which part of the list."""

    OPEN = "open"  # takes offers, and was not declined
    OVER = "over"
    ALL = "all"
    WAITING = "waiting"  # a choice to confirm, or an offer to confirm again
    UNANSWERED = "unanswered"  # open, and neither answered nor turned down


@dataclass(frozen=True, slots=True)
class Fit:
    """One request in the list."""

    opportunity: Opportunity
    title: str
    detail: str
    closing: datetime
    phase: Phase
    state: str
    needs: bool


@dataclass(frozen=True, slots=True)
class Promise:
    """About how many requests something would have brought; within a radius also what a wider one would have."""

    name: str
    count: int
    km: int | None = None
    wider_km: int | None = None
    wider_count: int = 0


def fitting(actor: Actor, show: Show = Show.ALL) -> QuerySet[Opportunity]:
    """The rows, with `closing` (when offers end) and whether one was `sent` or is to be `confirmed` again."""
    own = Bid.objects.filter(opportunity=OuterRef("pk"))
    rows = (
        visible_opportunities(actor)
        .defer(*UNREAD)
        .annotate(
            closing=Coalesce(F("rfp__closed_early_at"), F("rfp__closes_at")),
            sent=Exists(own.filter(state__in=ALIVE)),
            changed=Exists(own.filter(state=BidState.NEEDS_RECONFIRM)),
            chosen=Exists(own.filter(state=BidState.AWARDED, awards__contract__status="chosen")),
        )
    )
    is_open = Q(phase=Phase.OPEN)
    parts = {
        Show.OPEN: is_open & Q(declined_at__isnull=True),
        Show.OVER: ~is_open,
        Show.ALL: Q(),
        Show.WAITING: Q(chosen=True) | (is_open & Q(changed=True)),
        Show.UNANSWERED: is_open & Q(declined_at__isnull=True, refused_at__isnull=True, sent=False, changed=False),
    }
    return rows.filter(parts[show])


def soonest(actor: Actor, show: Show, *, most: int) -> list[Fit]:
    """The next to close first."""
    return [fit(each) for each in fitting(actor, show).order_by(F("closing"), "pk")[:most]]


def fit(row: Opportunity) -> Fit:
    """A row of `fitting` in words."""
    assert row.rfp.current is not None
    phase = Phase(row.phase)  # type: ignore[attr-defined]  # annotated by visible_opportunities
    state, needs = _state(row, phase)
    area = phrasing.area((row.rfp.current.announced or {}).get("area") or {})
    return Fit(
        opportunity=row,
        title=row.rfp.current.title,
        detail=" · ".join(filter(None, [phrasing.label_of(row.rfp.current.category), area])),
        closing=row.closing,  # type: ignore[attr-defined]  # annotated by `fitting`
        phase=phase,
        state=state,
        needs=needs,
    )


def promised(actor: Actor) -> list[Promise]:
    """What the first things the supplier wants to hear about would have brought in the last days, and a wider one."""
    return [_promise(each) for each in visible_subscriptions(actor).order_by("pk")[:MOST]]


def _promise(subscription: Subscription) -> Promise:
    count, radius = counting.received(subscription, days=DAYS), subscription.radius_km
    if radius is None or radius >= RADIUS_KM[1]:
        return Promise(subscription.name, count)
    wider = copy(subscription)
    wider.radius_km = min(RADIUS_KM[1], round(radius * 1.6 / 5) * 5)
    more = counting.received(wider, days=DAYS)
    return Promise(subscription.name, count, int(radius), int(wider.radius_km), more)


def _state(row: Opportunity, phase: Phase) -> tuple[str, bool]:
    """What to call it, and whether it waits for the supplier."""
    if row.chosen:  # type: ignore[attr-defined]  # annotated by `fitting`
        return _("chosen: confirm"), True
    if row.changed and phase == Phase.OPEN:  # type: ignore[attr-defined]
        return _("confirm again"), True
    if row.sent:  # type: ignore[attr-defined]
        return _("offer sent"), False
    status = answering.status_of(row)
    said = {
        OpportunityStatus.NEW: _("new"),
        OpportunityStatus.OPENED: _("opened"),
        OpportunityStatus.ACCEPTED: _("conditions accepted"),
        OpportunityStatus.BIDDING: _("offer begun"),
        OpportunityStatus.REFUSED: _("conditions refused"),
        OpportunityStatus.DECLINED: _("declined"),
    }
    return said[status], status == OpportunityStatus.NEW and phase == Phase.OPEN
