"""How a request stands: what comes next and when, how far it got, what came in, what would bring more."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q

from bids.domain import planning, waiting
from bids.domain.gathering import supplier_of
from bids.domain.planning import Step
from bids.policies import bid_count, visible_bids
from marketplace.kernel.actors import Actor
from rfps.delivery.models import Opportunity
from rfps.domain import widening
from rfps.domain.widening import Change
from rfps.models import Rfp


@dataclass(frozen=True, slots=True)
class Reach:
    """Numbers of companies, and why those said no that did."""

    fit: int = 0
    opened: int = 0
    accepted: int = 0
    declined: int = 0
    reasons: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer that may be read; `company` is a stand-in while names are hidden."""

    bid: UUID
    title: str
    company: str
    shortlisted: bool
    state: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What the page of a request says; `number` counts the offers, also while they are closed and none is listed."""

    steps: list[Step]
    reach: Reach
    number: int
    offers: list[Offer] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    @property
    def closed(self) -> bool:
        """Offers came in, and nobody may read them yet (or ever)."""
        return bool(self.number) and not self.offers


def standing(rfp: Rfp, *, actor: Actor) -> Standing:
    """Of a row of visible_rfps, with owner, customer, item and version: at most nine queries."""
    if rfp.published_at is None:
        return Standing(planning.plan(rfp), Reach(), 0)
    number = bid_count(actor, rfp)
    return Standing(
        steps=planning.plan(rfp),
        reach=_reach(rfp),
        number=number,
        offers=_offers(rfp, actor) if number else [],
        changes=widening.best(rfp) if waiting.is_due(rfp, number) else [],
    )


def _reach(rfp: Rfp) -> Reach:
    said_no = Q(declined_at__isnull=False)
    seen = Opportunity.objects.filter(rfp=rfp).aggregate(
        fit=Count("pk"),
        opened=Count("pk", filter=Q(opened_at__isnull=False)),
        accepted=Count("pk", filter=Q(accepted_at__isnull=False)),
        declined=Count("pk", filter=said_no),
        reasons=ArrayAgg("decline_reason", filter=said_no & ~Q(decline_reason=""), default=[]),
    )
    given: list[str] = sorted(seen.pop("reasons"))
    return Reach(**seen, reasons=tuple((reason, given.count(reason)) for reason in dict.fromkeys(given)))


def _offers(rfp: Rfp, actor: Actor) -> list[Offer]:
    rows = visible_bids(actor).filter(rfp=rfp).select_related("standing", "organisation", "opportunity", "rfp")
    return [
        Offer(
            bid=bid.public_id,
            title=bid.standing.title if bid.standing else "",
            company=supplier_of(bid)["name"] or "",
            shortlisted=bid.shortlisted_at is not None,
            state=bid.state,
        )
        for bid in rows.order_by("first_submitted_at", "pk")
    ]
