"""Chains the change record and other logs, so that nobody changes or removes a row unnoticed.

Chaining inside each transaction would make all of them wait for one lock; so a job seals, a few seconds later, the
rows of transactions that are all over (their id is below pg_snapshot_xmin), in the order (xid, id).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from marketplace.audit.models import AuditRow, Seal
from marketplace.kernel.locks import try_lock

CHUNK = 5_000
START = "0" * 64


@dataclass(frozen=True, slots=True)
class Chain:
    """A log whose rows are sealed: a model with `xid` and `at`, and the columns that the hash covers."""

    name: str
    model: type[models.Model]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found: how much is sealed, the first broken link in words, and the tail not sealed yet."""

    chain: str
    links: int
    rows: int
    broken: str | None
    tail: int
    tail_since: datetime | None


CHAINS: dict[str, Chain] = {}


def register(chain: Chain) -> None:
    """Have this log sealed and checked too."""
    CHAINS[chain.name] = chain


register(
    Chain("audit", AuditRow, ("at", "actor_kind", "actor_id", "verb", "object_kind", "object_id", "details")),
)


def seal_all() -> int:
    """Seal what can be sealed of every chain; returns the number of rows."""
    return sum(_seal_whole(chain) for chain in list(CHAINS.values()))


@transaction.atomic
def seal(chain: Chain) -> int:
    """Add one link over the next rows, at most CHUNK; 0 when there are none or another worker is at it."""
    if not try_lock(f"audit.seal.{chain.name}"):
        return 0
    last = Seal.objects.filter(chain=chain.name).order_by("-number").first()
    rows = _rows(chain, last, "xid < pg_snapshot_xmin(pg_current_snapshot())", [])
    return _add(chain, last, rows) if rows else 0


@transaction.atomic
def restart(chain: Chain) -> None:
    """A step of every restore, before anything new is written: seal all there is, and begin a new segment.

    Transaction ids restart low, so from here on rows are told apart from older ones by their own ids.
    """
    last = Seal.objects.filter(chain=chain.name).order_by("-number").first()
    if rows := _rows(chain, last, "TRUE", [], limit=None):
        _add(chain, last, rows)
        last = Seal.objects.filter(chain=chain.name).latest("number")
    floor = chain.model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0
    Seal.objects.create(
        chain=chain.name,
        number=last.number + 1 if last else 1,
        floor=floor,
        upto_xid="0",
        upto_id=0,
        row_count=0,
        sha256=link(last.sha256 if last else START, []),
    )


def verify(chain: Chain) -> Report:
    """Recompute every link from the rows as they stand."""
    links, rows, broken, before = 0, 0, None, None
    for one in Seal.objects.filter(chain=chain.name).order_by("number").iterator():
        broken = _fault(chain, before, one)
        if broken is not None:
            break
        links, rows, before = links + 1, rows + one.row_count, one
    unsealed, since = tail(chain, Seal.objects.filter(chain=chain.name).order_by("-number").first())
    return Report(chain.name, links, rows, broken, unsealed, since)


def link(before: str, rows: Iterable[tuple[Any, ...]]) -> str:
    """sha256 over the link before and the rows as canonical JSON, a line each."""
    digest = hashlib.sha256(before.encode())
    for row in rows:
        digest.update(json.dumps(row, sort_keys=True, default=_text, separators=(",", ":")).encode() + b"\n")
    return digest.hexdigest()


def _seal_whole(chain: Chain) -> int:
    sealed = 0
    while count := seal(chain):
        sealed += count
    return sealed


def _add(chain: Chain, last: Seal | None, rows: list[tuple[Any, ...]]) -> int:
    Seal.objects.create(
        chain=chain.name,
        number=last.number + 1 if last else 1,
        floor=last.floor if last else 0,
        upto_xid=rows[-1][0],
        upto_id=rows[-1][1],
        row_count=len(rows),
        sha256=link(last.sha256 if last else START, rows),
    )
    return len(rows)


def _fault(chain: Chain, before: Seal | None, one: Seal) -> str | None:
    expected = before.number + 1 if before else 1
    if one.number != expected:
        return f"link {expected} is missing"
    later = Seal.objects.filter(chain=chain.name, floor__gt=one.floor).aggregate(floor=models.Min("floor"))["floor"]
    upto = "(xid, id) <= (%s::xid8, %s) AND (%s::bigint IS NULL OR id <= %s)"
    same_segment = before if before is not None and before.floor == one.floor else None
    after = same_segment or Seal(upto_xid="0", upto_id=0, floor=one.floor)
    rows = _rows(chain, after, upto, [one.upto_xid, one.upto_id, later, later], limit=None)
    where = f"link {one.number} (rows up to id {one.upto_id}, sealed {one.sealed_at:%Y-%m-%d %H:%M:%S} UTC)"
    if len(rows) != one.row_count:
        return f"{where} covers {one.row_count} rows and {len(rows)} are there"
    if link(before.sha256 if before else START, rows) != one.sha256:
        return f"{where} does not fit its rows: one was changed"
    return None


def _beyond(last: Seal | None) -> tuple[str, list[Any]]:
    """SQL and parameters for the rows that come after this link."""
    if last is None:
        return "TRUE", []
    return "id > %s AND (xid, id) > (%s::xid8, %s)", [last.floor, str(last.upto_xid), last.upto_id]


def _rows(
    chain: Chain, after: Seal | None, condition: str, params: list[Any], *, limit: int | None = CHUNK
) -> list[tuple[Any, ...]]:
    names = ", ".join(("xid::text", "id", *(f'"{column}"' for column in chain.columns)))
    beyond, places = _beyond(after)
    table = chain.model._meta.db_table
    # Names of tables and columns come from models, never from outside.
    sql = (
        f"SELECT {names} FROM {table} WHERE {beyond} AND {condition} "  # noqa: S608
        f"ORDER BY {table}.xid, id LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*places, *params, limit])
        return list(cursor.fetchall())


def tail(chain: Chain, after: Seal | None) -> tuple[int, datetime | None]:
    beyond, places = _beyond(after)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), min(at) FROM {chain.model._meta.db_table} WHERE {beyond}", places)  # noqa: S608
        count, since = cursor.fetchone()
        return count, since


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
