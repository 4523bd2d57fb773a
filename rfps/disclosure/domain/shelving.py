"""The data store as its person reads it: facts in words with their age, and how many companies may read each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.datastore import catalogue
from accounts.datastore.catalogue import Field
from accounts.datastore.domain import telling
from accounts.datastore.domain.recalling import Kept, Thing, shelves
from marketplace.kernel.actors import Actor
from marketplace.kernel.clock import database_now
from rfps.disclosure.domain.tracing import Traces, trace


@dataclass(frozen=True, slots=True)
class Row:
    """One fact; `readers` counts companies that may read it now, `shown` the live requests that show it some time."""

    key: str
    label: str
    item: UUID | None
    said: str
    observed_at: datetime
    stale: bool
    of_household: bool
    readers: int
    shown: int


@dataclass(frozen=True, slots=True)
class Group:
    """Facts that belong together, and those of the group that nothing is kept of; `thing` is what they are about."""

    id: str
    label: str
    rows: tuple[Row, ...]
    missing: tuple[Field, ...]
    thing: UUID | None = None
    kind: str = ""


def board(actor: Actor) -> tuple[list[Group], list[Group]]:
    """By group of the catalogue, and by thing; seven queries however much is kept."""
    found, things = shelves(actor)
    traces, now = trace(actor), database_now()
    groups = [Group(one.group.id, _(one.group.label), _rows(one.kept, traces, now), one.missing) for one in found]
    return groups, [_about(thing, traces, now) for thing in things]


def is_stale(field: Field, observed_at: datetime, now: datetime) -> bool:
    """Whether half of such values are out of date by now."""
    return field.half_life_days is not None and now - observed_at > timedelta(days=field.half_life_days)


def _about(thing: Thing, traces: Traces, now: datetime) -> Group:
    held = {kept.field.key for kept in thing.kept}
    fits = (field for field in catalogue.all_fields() if field.item_kind == thing.kind and field.key not in held)
    return Group(str(thing.item), thing.label, _rows(thing.kept, traces, now), tuple(fits), thing.item, thing.kind)


def _rows(kept: Iterable[Kept], traces: Traces, now: datetime) -> tuple[Row, ...]:
    return tuple(
        Row(
            key=one.field.key,
            label=_(one.field.label),
            item=one.item,
            said=telling.exact(one.field.key, one.value),
            observed_at=one.observed_at,
            stale=is_stale(one.field, one.observed_at, now),
            of_household=one.owner == "household",
            readers=len({s.key for s in traces.by_field.get((one.field.key, one.item), []) if s.may_read}),
            shown=len(traces.showing.get(one.field.key, [])),
        )
        for one in kept
    )
