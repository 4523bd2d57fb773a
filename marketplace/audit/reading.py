"""Reading the change record, and how far its chains are sealed. Ids and names of fields, as they stand there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from marketplace.audit import chaining
from marketplace.audit.models import AuditRow, Seal
from marketplace.kernel.actors import Actor

KINDS = (
    "bid", "contract", "epoch", "grant", "household", "item", "key", "opportunity", "organisation", "person",
    "quick_link", "rfp", "subscription", "user", "value",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChainState:
    """How far a log is sealed: its last link, and the rows since."""

    name: str
    links: int
    sealed_at: datetime | None
    tail: int
    tail_since: datetime | None


def visible_rows(actor: Actor, *, kind: str = "", subject: UUID | None = None) -> QuerySet[AuditRow]:
    """The changes, the newest first; for operators."""
    rows = AuditRow.objects.order_by("-pk")
    if not actor.is_operator:
        return rows.none()
    rows = rows.filter(object_kind=kind) if kind else rows
    return rows.filter(object_id=subject) if subject else rows


def chain_states(actor: Actor) -> list[ChainState]:
    """Of every sealed log, without reading it again from its beginning: `verify_audit` does that."""
    return [_state(chain) for chain in chaining.CHAINS.values()] if actor.is_operator else []


def _state(chain: chaining.Chain) -> ChainState:
    last = Seal.objects.filter(chain=chain.name).order_by("-number").first()
    tail, since = chaining.tail(chain, last)
    return ChainState(chain.name, last.number if last else 0, last.sealed_at if last else None, tail, since)
