"""How far the news of a request has come."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from rfps.delivery.models import FanoutShard
from rfps.delivery.states import ShardState
from rfps.models import Rfp


@dataclass(frozen=True, slots=True)
class Progress:
    """Suppliers that were told so far, and whether nobody is left to tell."""

    told: int
    done: bool


def progress(rfp: Rfp) -> Progress:
    """Of everything that was to be brought to whoever fits the request."""
    shards = FanoutShard.objects.filter(event__rfp=rfp, event__matches_subscriptions=True)
    found = shards.aggregate(told=Sum("matched"), left=Count("pk", filter=Q(state=ShardState.WAITING)))
    return Progress(found["told"] or 0, not found["left"])
