"""What a person keeps, as they read it: by group and item, and every version of one value."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.datastore import catalogue
from accounts.datastore.catalogue import Field, Group
from accounts.datastore.domain.itemising import label_of
from accounts.datastore.domain.keeping import read
from accounts.datastore.models import FieldValue, Item
from accounts.datastore.policies import owners_of, visible_items, visible_values
from marketplace.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Kept:
    """One live value in clear. `owner` is person or household; `item` and `label` name the thing it is about."""

    field: Field
    value: Any
    version: int
    observed_at: datetime
    confirmed_at: datetime | None
    source: str
    owner: str
    item: UUID | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Thing:
    """An item with what is kept about it, also when that is nothing yet."""

    item: UUID
    kind: str
    label: str
    owner: str
    kept: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """A group of the catalogue: what is kept about no item, and the fields of it that hold nothing."""

    group: Group
    kept: tuple[Kept, ...]
    missing: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """One version in clear; it is live while `ended_at` is None."""

    version: int
    value: Any
    source: str
    owner: str
    observed_at: datetime
    confirmed_at: datetime | None
    written_at: datetime
    ended_at: datetime | None
    withdrawn_at: datetime | None


def shelves(actor: Actor) -> tuple[list[Shelf], list[Thing]]:
    """Everything the actor keeps, alone and with their household: by group, and by item. Two queries."""
    things = _items(actor)
    labels = {item.pk: label_of(item) for item in things}
    by_group: dict[str, list[Kept]] = defaultdict(list)
    by_item: dict[int, list[Kept]] = defaultdict(list)
    held = set()
    order = {field.key: at for at, field in enumerate(catalogue.all_fields())}
    rows = visible_values(actor).select_related("owner__key", "item").order_by("pk")
    for row in sorted((row for row in rows if row.field in order), key=lambda row: order[row.field]):
        kept = _kept(row, labels)
        held.add(row.field)
        if row.item_id is None:
            by_group[kept.field.group].append(kept)
        else:
            by_item[row.item_id].append(kept)
    empty = [field for field in catalogue.all_fields() if field.key not in held]
    found = [
        Shelf(group, tuple(by_group[group.id]), tuple(field for field in empty if field.group == group.id))
        for group in catalogue.groups()
    ]
    return found, [_thing(item, labels, by_item[item.pk]) for item in things]


def history(field: str, *, actor: Actor, item_id: UUID | None = None) -> list[Version]:
    """Every version of the fact about exactly this item (or none), the newest first; for its own people only."""
    rows = FieldValue.objects.filter(owner__in=owners_of(actor), field=field)
    about = rows.filter(item__public_id=item_id) if item_id else rows.filter(item=None)
    return [
        Version(
            version=row.version,
            value=read(row),
            source=row.source,
            owner=_whose(row),
            observed_at=row.observed_at,
            confirmed_at=row.confirmed_at,
            written_at=row.created_at,
            ended_at=row.ended_at,
            withdrawn_at=row.withdrawn_at,
        )
        for row in about.select_related("owner__key", "item").order_by("-pk")
    ]


def _items(actor: Actor) -> list[Item]:
    return list(visible_items(actor).select_related("owner__key").order_by("kind", "pk"))


def _kept(row: FieldValue, labels: dict[int, str]) -> Kept:
    return Kept(
        field=catalogue.field(row.field),
        value=read(row),
        version=row.version,
        observed_at=row.observed_at,
        confirmed_at=row.confirmed_at,
        source=row.source,
        owner=_whose(row),
        item=row.item.public_id if row.item else None,
        label=labels.get(row.item_id or 0, ""),
    )


def _thing(item: Item, labels: dict[int, str], kept: list[Kept]) -> Thing:
    return Thing(item.public_id, item.kind, labels[item.pk], _whose(item), tuple(kept))


def _whose(row: FieldValue | Item) -> str:
    return "household" if row.owner.household_id else "person"
