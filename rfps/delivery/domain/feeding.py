"""The changes feed: every event that reached a supplier, in an order that never skips a late commit."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marketplace.audit.recording import record
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.clock import database_now
from marketplace.kernel.errors import Gone
from rfps.delivery.domain.emitting import current_epoch
from rfps.delivery.models import Epoch, Match
from rfps.delivery.policies import visible_matches

KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the feed: after the match (epoch, xid, match_id), given out in the epoch `issued`.

    `at` is the time up to which all was read, in seconds since 1970.
    """

    issued: int
    epoch: int
    xid: int
    match_id: int
    at: int

    def __str__(self) -> str:
        return ":".join(str(part) for part in astuple(self))

    @classmethod
    def parse(cls, text: str) -> Position:
        """The opposite of str(); ValueError for anything else."""
        issued, epoch, xid, match_id, at = (int(part) for part in text.split(":"))
        return cls(issued, epoch, xid, match_id, at)


@dataclass(frozen=True, slots=True)
class Page:
    """Matches in order, where they end, and whether more are there."""

    matches: list[Match]
    position: Position
    has_more: bool


def read(*, actor: Actor, after: Position | None, limit: int) -> Page:
    """The next matches after a position, or from the beginning.

    Raises Gone `cursor_expired` for a position older than 90 days or of another epoch: resync from the start.
    """
    now, epoch = database_now(), current_epoch()
    start = after or Position(epoch, 0, 0, 0, int(now.timestamp()))
    if start.issued != epoch or start.at < (now - KEPT).timestamp():
        raise Gone(_("This cursor is too old. Start again without one."), code="cursor_expired")
    keys = _keys(actor, start, epoch, now - KEPT, limit + 1)
    has_more, shown = len(keys) > limit, keys[:limit]
    loaded = visible_matches(actor).in_bulk([match_id for match_id, _epoch, _xid in shown])
    matches = [loaded[match_id] for match_id, _epoch, _xid in shown]
    if not shown:
        return Page([], start, has_more=False)
    # Who has read all is as far as now; who has not is only as far as the last item.
    reached = matches[-1].matched_at if has_more else now
    match_id, last_epoch, xid = shown[-1]
    return Page(matches, Position(epoch, last_epoch, xid, match_id, int(reached.timestamp())), has_more)


def _keys(actor: Actor, after: Position, epoch: int, since: datetime, most: int) -> list[tuple[int, int, int]]:
    """(id, epoch, xid) in the feed's order.

    A row is shown once every transaction with a lower id has ended; rows of an earlier epoch ended long ago and
    their ids mean nothing in this one. Compared and ordered as xid8: as text, 9 would come after 10.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT m.id, m.epoch, m.xid::text::bigint FROM delivery_match m
            WHERE m.organisation_id = %s AND (m.epoch, m.xid, m.id) > (%s, %s::text::xid8, %s) AND m.matched_at >= %s
              AND (m.epoch < %s OR m.xid < pg_snapshot_xmin(pg_current_snapshot()))
            ORDER BY m.epoch, m.xid, m.id LIMIT %s""",
            [actor.organisation_id, after.epoch, str(after.xid), after.match_id, since, epoch, most],
        )
        return list(cursor.fetchall())


@transaction.atomic
def bump_epoch() -> int:
    """Begin a new epoch, because a restored database counts transactions from a lower number; the new number."""
    number = current_epoch() + 1
    made = Epoch.objects.create(number=number)
    record("feed.epoch_began", actor=SYSTEM, kind="epoch", subject=SYSTEM.public_id, number=made.number)
    return number
