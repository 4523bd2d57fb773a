"""What an operator watches over: where nobody sells what is asked for, and which requests may end with no offer.

By category and area alone, as every company that fits could read them; no request is named and no person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce, Now

from bids.models import Bid
from bids.states import STANDING
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import require
from rfps.delivery.models import Event, Opportunity
from rfps.models import Rfp
from rfps.states import Phase

GAP_DAYS = 30
SOON = timedelta(days=3)
MOST = 100  # rows of a list
_AREA = KeyTransform("area", "current__announced")
AREA = Coalesce(KeyTextTransform("label", _AREA), KeyTextTransform("country", _AREA))


@dataclass(frozen=True, slots=True)
class Gap:
    """Requests of one category and area that reached nobody, and those of them that are still open."""

    category: str
    area: str
    requests: int
    open: int


@dataclass(frozen=True, slots=True)
class Ending:
    """A request that closes soon and has no offer; `told` companies fit it."""

    category: str
    area: str
    closes_at: datetime | None
    told: int


def gaps(*, actor: Actor) -> list[Gap]:
    """Of the last 30 days, the most frequent first, at most 100."""
    rows = _unmatched(actor).values("current__category", area=AREA)
    rows = rows.annotate(requests=Count("pk"), open=Count("pk", filter=Q(phase=Phase.OPEN)))
    found = rows.order_by("-requests", "current__category", "area")[:MOST]
    return [Gap(row["current__category"], row["area"] or "", row["requests"], row["open"]) for row in found]


def ending(*, actor: Actor) -> list[Ending]:
    """The next to close first, at most 100."""
    rows = _unanswered(actor).values("current__category", "closes_at", area=AREA)
    found = rows.annotate(told=Count("opportunities")).order_by("closes_at", "pk")[:MOST]
    return [Ending(row["current__category"], row["area"] or "", row["closes_at"], row["told"]) for row in found]


def unmatched_count(*, actor: Actor) -> int:
    """How many requests of the last 30 days reached nobody."""
    return _unmatched(actor).count()


def unanswered_count(*, actor: Actor) -> int:
    """How many requests close soon without an offer."""
    return _unanswered(actor).count()


def _unmatched(actor: Actor) -> QuerySet[Rfp, Any]:
    require(actor.is_operator)
    told = Event.objects.filter(rfp=OuterRef("pk"), matches_subscriptions=True, fanned_out_at__isnull=False)
    rows = Rfp.objects.with_phase().filter(
        Exists(told), sandbox=False, published_at__gte=Now() - timedelta(days=GAP_DAYS)
    )
    return rows.filter(~Exists(Opportunity.objects.filter(rfp=OuterRef("pk"))))


def _unanswered(actor: Actor) -> QuerySet[Rfp, Any]:
    require(actor.is_operator)
    rows = Rfp.objects.in_phase(Phase.OPEN).filter(sandbox=False, closes_at__lte=Now() + SOON)
    return rows.filter(~Exists(Bid.objects.filter(rfp=OuterRef("pk"), state__in=STANDING)))
