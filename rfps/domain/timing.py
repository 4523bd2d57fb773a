"""What the clock does to requests: deadlines that passed, decisions that are due, requests that lapsed.

Each step picks rows that were not seen to yet and marks them under their lock, so running twice or late is harmless.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q

from marketplace.audit.recording import record
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.fields import ClockTimestamp
from marketplace.mail import notices
from rfps import signals
from rfps.domain.closing import end_grants, tell_closed
from rfps.domain.holding import change
from rfps.models import Rfp, RfpQuerySet
from rfps.states import LAPSE_DAYS, Phase

BATCH = 100
SECOND_REMINDER = timedelta(days=LAPSE_DAYS - 2)


def tick() -> int:
    """See to everything that is due now; returns how many requests were touched."""
    return tell_deadlines() + remind() + lapse()


@transaction.atomic
def tell_deadlines() -> int:
    """Requests whose deadline passed: suppliers and customer are told once."""
    due = _due(Q(closing_told_at__isnull=True), Phase.DECIDING, Phase.LAPSED)
    for rfp in due:
        tell_closed(rfp, actor=SYSTEM)
    return len(due)


@transaction.atomic
def remind() -> int:
    """Requests without a decision: one reminder at `decides_by`, one two days before the lapse."""
    first = Q(reminders=0, decides_by__lte=ClockTimestamp())
    second = Q(reminders=1, decides_by__lte=ClockTimestamp() - SECOND_REMINDER)
    due = _due(first | second, Phase.DECIDING)
    for rfp in due:
        assert rfp.decides_by is not None
        notices.decision_due(
            rfp.customer_id, rfp_id=rfp.public_id, decides_by=rfp.decides_by, reminder=rfp.reminders + 1
        )
        Rfp.objects.filter(pk=rfp.pk).update(reminders=F("reminders") + 1)
    return len(due)


@transaction.atomic
def lapse() -> int:
    """Requests whose time to decide ran out: nobody reads anything for them any more."""
    due = _due(Q(lapse_told_at__isnull=True, closing_told_at__isnull=False), Phase.LAPSED)
    for rfp in due:
        held = change(rfp, lapse_told_at=ClockTimestamp())
        record("rfp.lapsed", actor=SYSTEM, kind="rfp", subject=held.public_id)
        end_grants(held, cause="lapsed", actor=SYSTEM)
        signals.lapsed.send(sender=Rfp, rfp=held, actor=SYSTEM)
    return len(due)


def _due(condition: Q, *phases: Phase) -> list[Rfp]:
    rows = RfpQuerySet(Rfp).filter(condition, published_at__isnull=False).in_phase(*phases)
    locked = rows.select_related("owner__key", "customer", "current").select_for_update(of=("self",), skip_locked=True)
    return list(locked.order_by("pk")[:BATCH])
