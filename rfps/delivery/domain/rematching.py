"""Matching one subscription against the requests that are open now: when it is new or changed, and when it may match.

What begins on a later day (the subscription's window, a check of its supplier) leaves the row waiting for that day.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, time, timedelta
from time import monotonic

from django.db import DatabaseError, connection, models, transaction
from django.db.models import Min
from django.db.models.expressions import CombinedExpression

from accounts.models import Check
from accounts.policies import Today
from marketplace.kernel.clock import database_now
from marketplace.kernel.fields import ClockTimestamp
from rfps.delivery.domain.bringing import write
from rfps.delivery.domain.matching import FITS, checked
from rfps.delivery.models import Subscription
from rfps.delivery.states import EventType

MAX_SECONDS = 60.0
CHUNK = 5_000  # requests a transaction: the feed lags by the longest one
REST = timedelta(minutes=1)  # of a subscription that failed

logger = logging.getLogger(__name__)

# What a supplier that meets an open request late has missed of it.
TOLD_TO_ALL = (EventType.RFP_AMENDED.value, EventType.RFP_QUESTION_ANSWERED.value)
# The last event of each open request that matched subscriptions at all.
OPEN_EVENTS = """delivery_event e ON TRUE
    JOIN rfps_rfp r ON r.id = e.rfp_id AND rfps_phase(r.cancelled_at, r.ended_at, r.awarded_at, r.published_at,
      r.closed_early_at, r.closes_at, r.decides_by) = 'open'
    WHERE e.id = (SELECT max(d.id) FROM delivery_event d WHERE d.rfp_id = r.id AND d.matches_subscriptions)"""


def rematch(*, seconds: float = MAX_SECONDS) -> int:
    """Work off waiting subscriptions for at most about `seconds`; how many were matched."""
    until, done = monotonic() + seconds, 0
    while monotonic() < until and rematch_next():
        done += 1
    return done


def anything_waits() -> bool:
    """Whether a subscription waits; one indexed query."""
    return _waiting().exists()


@transaction.atomic
def rematch_next() -> bool:
    """Match the subscription that has waited longest; False when none waits. A crash leaves it waiting."""
    subscription = _waiting().select_for_update(skip_locked=True).order_by("rematch_at", "pk").first()
    if subscription is None:
        return False
    again: models.Func | CombinedExpression | datetime | None = _next_beginning(subscription)
    try:
        with transaction.atomic():
            if _bring_open_requests(subscription) == CHUNK:
                again = ClockTimestamp()
    except DatabaseError as error:  # the others go on; this one comes back
        logger.error("subscription %s was not matched: %s", subscription.public_id, type(error).__name__)
        again = ClockTimestamp() + REST
    Subscription.objects.filter(pk=subscription.pk).update(rematch_at=again)
    return True


def _waiting() -> models.QuerySet[Subscription]:
    return Subscription.objects.filter(rematch_at__lte=ClockTimestamp())


def _next_beginning(subscription: Subscription) -> datetime | None:
    """When it may fit what it does not fit today: its window opens, or a check of its supplier begins."""
    later = Check.objects.filter(
        organisation=subscription.organisation_id, revoked_at__isnull=True, valid_from_on__gt=Today()
    )
    day = later.aggregate(first=Min("valid_from_on"))["first"]
    beginnings = [datetime.combine(day, time.min, UTC)] if day else []
    if subscription.active_from_at is not None and subscription.active_from_at > database_now():
        beginnings.append(subscription.active_from_at)
    return min(beginnings, default=None)


def _bring_open_requests(subscription: Subscription) -> int:
    """Bring the next open requests; how many. No mails: they stand in the inbox at once, and may be hundreds."""
    fitting = _fitting(subscription)
    with connection.cursor() as cursor:  # held, so that none closes or changes between being found and being brought
        cursor.execute("SELECT id FROM rfps_rfp WHERE id = ANY(%s) ORDER BY id FOR SHARE", [list(fitting.values())])
    still = [event for event in _fitting(subscription) if event in fitting]
    candidate = """SELECT id AS event_id, rfp_id, %s::bigint AS organisation_id, %s::bigint AS subscription,
        FALSE AS instant FROM delivery_event WHERE id = ANY(%s)"""
    for events in (still, _told_since(still)):  # the opportunities first, which the later events then find
        write(candidate, [subscription.organisation_id, subscription.pk, events], [], limit=len(events))
    return len(fitting)


def _told_since(events: list[int]) -> list[int]:
    """What suppliers that knew these events' requests were told later: another deadline, answers."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT d.id FROM delivery_event e JOIN delivery_event d
            ON d.rfp_id = e.rfp_id AND d.id > e.id AND d.type = ANY(%s) WHERE e.id = ANY(%s) ORDER BY d.id""",
            [list(TOLD_TO_ALL), events],
        )
        return [row[0] for row in cursor.fetchall()]


def _fitting(subscription: Subscription) -> dict[int, int]:
    """The next events of open requests that fit and were not brought yet, each with its request."""
    allowed, params = checked("s.organisation_id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT e.id, e.rfp_id FROM delivery_subscription s JOIN {OPEN_EVENTS}
            AND s.id = %s AND e.categories && s.categories AND {FITS}
            AND s.organisation_id <> ALL(e.excluded_organisations) AND {allowed}
            AND NOT EXISTS (
              SELECT 1 FROM delivery_match m WHERE m.event_id = e.id AND m.organisation_id = s.organisation_id)
            ORDER BY e.id LIMIT {CHUNK}""",  # noqa: S608
            [subscription.pk, *params],
        )
        return dict(cursor.fetchall())
