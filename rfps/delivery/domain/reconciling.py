"""What should be done by now: every fan-out of the last two days."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from marketplace.kernel.clock import database_now
from rfps.delivery.models import Event, FanoutShard
from rfps.delivery.states import ShardState

LOOKED_BACK = timedelta(hours=48)
PATIENCE = timedelta(seconds=60)  # two leases

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Findings:
    """Events that are late, and shards that were given up."""

    late: int
    poisoned: int


def reconcile() -> Findings:
    """Count what is late or given up among the last 48 h, and log it as an alert."""
    now = database_now()
    recent = Event.objects.filter(occurred_at__gte=now - LOOKED_BACK)
    findings = Findings(
        late=recent.filter(fanned_out_at__isnull=True, occurred_at__lt=now - PATIENCE).count(),
        poisoned=FanoutShard.objects.filter(event__in=recent, state=ShardState.POISONED).count(),
    )
    if findings.late or findings.poisoned:
        logger.error("delivery is behind: %s events late, %s shards given up", findings.late, findings.poisoned)
    return findings
