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
    rows = _rows(chain, _end(last), "xid < pg_snapshot_xmin(pg_current_snapshot())", [])
    if not rows:
        return 0
    Seal.objects.create(
        chain=chain.name,
        number=last.number + 1 if last else 1,
        upto_xid=rows[-1][0],
        upto_id=rows[-1][1],
        row_count=len(rows),
        sha256=link(last.sha256 if last else START, rows),
    )
    return len(rows)


def verify(chain: Chain) -> Report:
    """Recompute every link from the rows as they stand."""
    links, rows, broken, before = 0, 0, None, None
    for one in Seal.objects.filter(chain=chain.name).order_by("number").iterator():
        broken = _fault(chain, before, one)
        if broken is not None:
            break
        links, rows, before = links + 1, rows + one.row_count, one
    last = Seal.objects.filter(chain=chain.name).order_by("-number").first()
    tail, since = _tail(chain, _end(last))
    return Report(chain.name, links, rows, broken, tail, since)


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


def _fault(chain: Chain, before: Seal | None, one: Seal) -> str | None:
    expected = before.number + 1 if before else 1
    if one.number != expected:
        return f"link {expected} is missing"
    rows = _rows(chain, _end(before), "(xid, id) <= (%s::xid8, %s)", [one.upto_xid, one.upto_id], limit=None)
    where = f"link {one.number} (rows up to id {one.upto_id}, sealed {one.sealed_at:%Y-%m-%d %H:%M:%S} UTC)"
    if len(rows) != one.row_count:
        return f"{where} covers {one.row_count} rows and {len(rows)} are there"
    if link(before.sha256 if before else START, rows) != one.sha256:
        return f"{where} does not fit its rows: one was changed"
    return None


def _end(last: Seal | None) -> tuple[str, int]:
    return (str(last.upto_xid), last.upto_id) if last else ("0", 0)


def _rows(
    chain: Chain, after: tuple[str, int], condition: str, params: list[Any], *, limit: int | None = CHUNK
) -> list[tuple[Any, ...]]:
    names = ", ".join(("xid::text", "id", *(f'"{column}"' for column in chain.columns)))
    # Names of tables and columns come from models, never from outside.
    sql = (
        f"SELECT {names} FROM {chain.model._meta.db_table} "  # noqa: S608
        f"WHERE (xid, id) > (%s::xid8, %s) AND {condition} ORDER BY {chain.model._meta.db_table}.xid, id LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*after, *params, limit])
        return list(cursor.fetchall())


def _tail(chain: Chain, after: tuple[str, int]) -> tuple[int, datetime | None]:
    sql = f"SELECT count(*), min(at) FROM {chain.model._meta.db_table} WHERE (xid, id) > (%s::xid8, %s)"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, after)
        count, since = cursor.fetchone()
        return count, since


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
