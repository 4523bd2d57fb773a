"""Bringing an event to the suppliers it is for: shards, leases, chunks.

Messages only wake this up; what is to be done, and how far it got, stands in the shards.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from marketplace.kernel.fields import ClockTimestamp
from rfps.delivery.domain.bringing import bring
from rfps.delivery.models import Event, FanoutShard
from rfps.delivery.states import ShardState

CHUNK = 5_000  # suppliers a transaction
FAILURES = 5  # of one shard, until it is cut in two
LEASE = "interval '30 seconds'"
MAX_SECONDS = 60.0  # one call; below the task's soft limit

logger = logging.getLogger(__name__)

FREE = """f.state = 'waiting' AND (f.leased_until IS NULL OR f.leased_until < clock_timestamp())
    AND NOT EXISTS (
      SELECT 1 FROM delivery_fanoutshard g JOIN delivery_event d ON d.id = g.event_id
      WHERE g.state = 'waiting' AND d.rfp_id = e.rfp_id AND d.id < e.id)"""
WAITING = f"delivery_fanoutshard f JOIN delivery_event e ON e.id = f.event_id WHERE {FREE}"


@dataclass(frozen=True, slots=True)
class Claim:
    """A shard held under a lease; `lease_no` is the fence that a later claim raises."""

    shard_id: int
    event_id: int
    lease_no: int


class FenceLost(Exception):
    """Somebody else holds the shard now, or it was stopped."""


def fan_out(*, seconds: float = MAX_SECONDS) -> int:
    """Work off waiting shards for at most about `seconds`; how many chunks were written."""
    until, chunks = monotonic() + seconds, 0
    while monotonic() < until and (claimed := claim()):
        chunks += _work(claimed, until)
    return chunks


def anything_waits() -> bool:
    """Whether a shard is free to be claimed; one indexed query."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {WAITING})")  # noqa: S608
        return bool(cursor.fetchone()[0])


def claim() -> Claim | None:
    """Take the first free shard for 30 s of the database's clock. Events of one request go in their order."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE delivery_fanoutshard SET lease_no = lease_no + 1, leased_until = clock_timestamp() + {LEASE}
            WHERE id = (SELECT f.id FROM {WAITING} ORDER BY f.id FOR UPDATE OF f SKIP LOCKED LIMIT 1)
            RETURNING id, event_id, lease_no"""  # noqa: S608
        )
        row = cursor.fetchone()
    return Claim(*row) if row else None


@transaction.atomic
def bring_chunk(claimed: Claim) -> bool:
    """Bring the event to the next suppliers and move the cursor, in one transaction; whether more remain.

    Raises FenceLost before anything is written when the lease went to somebody else.
    """
    shard = _renew(claimed)
    count, last = bring(shard.event, after=shard.cursor, upto=shard.last_supplier, limit=CHUNK)
    more = count == CHUNK and last < shard.last_supplier
    FanoutShard.objects.filter(pk=shard.pk).update(
        cursor=last if more else shard.last_supplier, matched=F("matched") + count, attempts=0, error=""
    )
    if not more:
        _settle(shard, ShardState.DONE)
    return more


def _renew(claimed: Claim) -> FanoutShard:
    held = FanoutShard.objects.filter(pk=claimed.shard_id, lease_no=claimed.lease_no, state=ShardState.WAITING)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE delivery_fanoutshard SET leased_until = clock_timestamp() + {LEASE}
            WHERE id = %s AND lease_no = %s AND state = 'waiting'""",  # noqa: S608
            [claimed.shard_id, claimed.lease_no],
        )
        if cursor.rowcount != 1:
            raise FenceLost
    return held.select_related("event").get()


def _settle(shard: FanoutShard, state: ShardState) -> None:
    """End the shard, and the fan-out with the last one. The event's row orders two shards that end together."""
    FanoutShard.objects.filter(pk=shard.pk).update(state=state, done_at=ClockTimestamp(), leased_until=None)
    Event.objects.select_for_update(no_key=True).get(pk=shard.event_id)
    if not FanoutShard.objects.filter(event=shard.event_id, state=ShardState.WAITING).exists():
        Event.objects.filter(pk=shard.event_id).update(fanned_out_at=ClockTimestamp())


def _work(claimed: Claim, until: float) -> int:
    chunks = 0
    try:
        while bring_chunk(claimed):
            chunks += 1
            if monotonic() > until:
                _release(claimed)
                return chunks
    except FenceLost:
        return chunks
    except Exception as error:
        logger.warning("fan-out of shard %s failed: %s", claimed.shard_id, type(error).__name__)
        if not connection.is_usable():
            connection.close()  # the next query opens a new one
        fail(claimed, error)
        return chunks
    return chunks + 1


def _release(claimed: Claim) -> None:
    FanoutShard.objects.filter(pk=claimed.shard_id, lease_no=claimed.lease_no).update(leased_until=None)


@transaction.atomic
def fail(claimed: Claim, error: Exception) -> None:
    """Note a failure and let the shard rest for some seconds; the fifth in a row cuts it in two.

    A lost connection, a deadlock or a full disk says nothing about the shard and is not counted.
    """
    held = FanoutShard.objects.select_for_update().filter(
        pk=claimed.shard_id, lease_no=claimed.lease_no, state=ShardState.WAITING
    )
    shard = held.first()
    if shard is None:
        return
    attempts = shard.attempts + (not isinstance(error, OperationalError))
    if attempts >= FAILURES:
        _bisect(shard, error)
    else:
        rest = Now() + timedelta(seconds=attempts)
        held.update(attempts=attempts, error=type(error).__name__, leased_until=rest)


def _bisect(shard: FanoutShard, error: Exception) -> None:
    """Part the rest of a failing shard, so that the row that fails is left alone with itself."""
    first, last = shard.cursor + 1, shard.last_supplier
    logger.error("fan-out shard %s is poisoned in %s to %s: %s", shard.pk, first, last, type(error).__name__)
    if first >= last:
        FanoutShard.objects.filter(pk=shard.pk).update(attempts=FAILURES, error=type(error).__name__)
        _settle(shard, ShardState.POISONED)
        return
    middle = (first + last) // 2
    FanoutShard.objects.filter(pk=shard.pk).update(
        last_supplier=middle, attempts=_patience(first, middle), error=type(error).__name__, leased_until=None
    )
    FanoutShard.objects.create(
        event_id=shard.event_id,
        first_supplier=middle + 1,
        last_supplier=last,
        cursor=middle,
        attempts=_patience(middle + 1, last),
    )


def _patience(first: int, last: int) -> int:
    """Failures already counted for a part: a wide one is cut again at once, a single supplier gets all tries."""
    return 0 if first == last else FAILURES - 1
