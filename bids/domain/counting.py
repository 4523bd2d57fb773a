"""How far a request got with its suppliers, and a supplier with its bids: numbers only."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, Q

from bids.models import Bid
from bids.policies import bid_count
from bids.states import STANDING, BidState
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import require
from rfps.delivery.models import Match, Opportunity
from rfps.models import Question, Rfp
from rfps.policies import can_look

Shape = dict[str, Any]


def funnel(rfp: Rfp, *, actor: Actor) -> Shape:
    """Matched, notified, opened, asked, accepted, declined (with reasons), bidding, submitted; bids by number alone."""
    require(can_look(actor, rfp))
    opportunities = Opportunity.objects.filter(rfp=rfp)
    seen = opportunities.aggregate(
        matched=Count("pk"),
        opened=Count("pk", filter=Q(opened_at__isnull=False)),
        accepted=Count("pk", filter=Q(accepted_at__isnull=False)),
        refused=Count("pk", filter=Q(refused_at__isnull=False)),
        declined=Count("pk", filter=Q(declined_at__isnull=False)),
    )
    reasons = opportunities.filter(declined_at__isnull=False).exclude(decline_reason="")
    asked = Question.objects.filter(rfp=rfp)
    bids = Bid.objects.filter(rfp=rfp, opportunity__declined_at__isnull=True).exclude(state=BidState.WITHDRAWN)
    return {
        "rfp": str(rfp.public_id),
        "matched": seen["matched"],
        "notified": Match.objects.filter(event__rfp=rfp).values("organisation").distinct().count(),
        "opened": seen["opened"],
        "asked": asked.aggregate(number=Count("organisation", distinct=True))["number"],
        "accepted": seen["accepted"],
        "refused": seen["refused"],
        "declined": {
            "count": seen["declined"],
            "reasons": sorted(reasons.values_list("decline_reason", flat=True)),
        },
        "bidding": bids.values("organisation").distinct().count(),
        "submitted": bids.filter(state__in=STANDING).values("organisation").distinct().count(),
        "bid_count": bid_count(actor, rfp),
    }


def win_loss(actor: Actor) -> Shape:
    """A supplier's own bids by outcome; a request that ended without a choice was nobody's loss."""
    bids = Bid.objects.filter(organisation=actor.organisation_id, first_submitted_at__isnull=False)
    lost = Q(state=BidState.NOT_AWARDED, rfp__awarded_at__isnull=False)
    counts = {
        "submitted": Count("pk"),
        "awarded": Count("pk", filter=Q(state=BidState.AWARDED)),
        "not_awarded": Count("pk", filter=lost),
        "withdrawn": Count("pk", filter=Q(state=BidState.WITHDRAWN)),
        "pending": Count("pk", filter=Q(state__in=[BidState.SUBMITTED, BidState.NEEDS_RECONFIRM, BidState.RESERVE])),
    }
    category = F("standing__rfp_version__category")
    by_category: Any = bids.values(category=category).annotate(**counts).order_by("category")
    return {**_rated(bids.aggregate(**counts)), "categories": [_rated(dict(row)) for row in by_category]}


def _rated(counts: dict[str, Any]) -> Shape:
    decided = counts["awarded"] + counts["not_awarded"]
    rate = f"{counts['awarded'] / decided:.4f}" if decided else None
    return {**counts, "win_rate": rate}
