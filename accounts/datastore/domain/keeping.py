"""Values: added, corrected, withdrawn. Every version stays as it was written, sealed for its owner."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.datastore import catalogue
from accounts.datastore.domain.owning import open_json, seal_json
from accounts.datastore.models import FieldValue, Item, Owner
from accounts.datastore.policies import can_keep
from accounts.signals import value_changed
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.clock import database_now
from marketplace.kernel.errors import Conflict, Fault, refuse, require


@transaction.atomic
def add(
    owner: Owner,
    *,
    actor: Actor,
    field: str,
    value: Any,
    item: Item | None = None,
    observed_at: datetime | None = None,
) -> FieldValue:
    """The first version, or the next after a withdrawal; Conflict `exists` while one is live."""
    require(can_keep(actor, owner))
    refuse(check_add(owner, field=field, value=value, item=item, observed_at=observed_at))
    if live_value(owner, field, item) is not None:
        raise _exists()
    last = FieldValue.objects.filter(owner=owner, field=field, item=item).aggregate(last=Max("version"))["last"]
    try:
        with transaction.atomic():
            kept = _insert(owner, field, item, (last or 0) + 1, value, observed_at=observed_at)
    except IntegrityError as error:  # another transaction added one between our look and our insert
        raise _exists() from error
    _tell("value.added", kept, actor=actor)
    return kept


@transaction.atomic
def correct(current: FieldValue, *, actor: Actor, value: Any) -> FieldValue:
    """The next version, in place of `current`; Conflict `superseded` when that is no longer the live one."""
    require(can_keep(actor, current.owner))
    refuse(_check_value(current.field, value))
    _end(current)
    kept = _insert(current.owner, current.field, current.item, current.version + 1, value, supersedes=current)
    _tell("value.corrected", kept, actor=actor)
    return kept


@transaction.atomic
def write(
    owner: Owner, *, actor: Actor, field: str, value: Any, item: Item | None = None, version: int | None = None
) -> FieldValue:
    """The value in place of the `version` that its writer read, or as the first one when there was none.

    Raises what add and correct raise: whoever wrote meanwhile is not overwritten.
    """
    if version is None:
        return add(owner, actor=actor, field=field, value=value, item=item)
    live = live_value(owner, field, item)
    if live is None or live.version != version:
        require(can_keep(actor, owner))
        raise _superseded()
    return correct(live, actor=actor, value=value)


@transaction.atomic
def withdraw(current: FieldValue, *, actor: Actor) -> None:
    """The value is disclosed to nobody from now on; Conflict `superseded` when it is no longer the live one."""
    require(can_keep(actor, current.owner))
    _end(current, withdrawn_at=Now())
    _tell("value.withdrawn", current, actor=actor)


def read(value: FieldValue) -> Any:
    """The value in clear. Whoever hands it to a supplier writes the disclosure event in the same transaction."""
    return open_json(value.owner, _context(value.field, value.item, value.version), value.ciphertext)


def live_value(owner: Owner, field: str, item: Item | None = None) -> FieldValue | None:
    """The live version that the owner keeps of this field about this item (or about none)."""
    live = FieldValue.objects.select_related("owner__key", "item").filter(ended_at__isnull=True)
    return live.filter(owner=owner, field=field, item=item).first()


def find(rows: QuerySet[FieldValue], field: str, item_id: UUID | None) -> FieldValue | None:
    """Of these live values the one of the field about exactly this item (or none), as live_values prefers it."""
    if not catalogue.exists(field):
        return None
    wanted = rows.filter(field=field, item__public_id=item_id) if item_id else rows.filter(field=field, item=None)
    found = list(wanted.select_related("owner__key", "item"))
    of_household = catalogue.field(field).belongs_to == "household"
    return max(found, key=lambda each: (each.owner.household_id is not None) == of_household, default=None)


def live_values(owners: Iterable[Owner], fields: Iterable[str], item: Item | None = None) -> dict[str, FieldValue]:
    """Live values by field. Facts of the item's kind are read from this item alone, all others from no item.

    Where a person and their household both keep a fact, the one that the fact belongs to goes first.
    """
    kinds = {key: catalogue.field(key) for key in fields if catalogue.exists(key)}
    live = FieldValue.objects.select_related("owner__key", "item").filter(
        owner__in=list(owners), field__in=list(kinds), ended_at__isnull=True
    )
    found: dict[str, FieldValue] = {}
    for value in live:
        known = kinds[value.field]
        wanted = item.pk if item is not None and known.item_kind == item.kind else None
        if value.item_id != wanted:
            continue
        belongs = (value.owner.household_id is not None) == (known.belongs_to == "household")
        if belongs or value.field not in found:
            found[value.field] = value
    return found


def check_add(owner: Owner, *, field: str, value: Any, item: Item | None, observed_at: datetime | None) -> list[Fault]:
    """Everything wrong with a value that somebody wants to keep."""
    if not catalogue.exists(field):
        return [Fault("/field", "unknown_field", _("There is no such field."))]
    faults = _check_value(field, value)
    if item is not None and (item.owner_id != owner.pk or item.ended_at is not None):
        faults.append(Fault("/item", "unknown_item", _("There is no such item.")))
    elif item is not None and item.kind != catalogue.field(field).item_kind:
        faults.append(Fault("/item", "wrong_item", _("This field is not about an item of this kind.")))
    if observed_at is not None and observed_at > database_now():
        faults.append(Fault("/observed_at", "in_the_future", _("This cannot have been observed in the future.")))
    return faults


def _check_value(field: str, value: Any) -> list[Fault]:
    found = catalogue.check_value(field, value)
    return [Fault(f"/value{fault.pointer}", fault.code, fault.message) for fault in found]


def _insert(
    owner: Owner,
    field: str,
    item: Item | None,
    version: int,
    value: Any,
    *,
    observed_at: datetime | None = None,
    supersedes: FieldValue | None = None,
) -> FieldValue:
    return FieldValue.objects.create(
        owner=owner,
        field=field,
        item=item,
        version=version,
        ciphertext=seal_json(owner, _context(field, item, version), value),
        observed_at=observed_at or database_now(),
        supersedes=supersedes,
    )


def rewrite(
    old: FieldValue, value: Any, *, owner: Owner, item: Item | None, version: int, supersedes: FieldValue | None
) -> FieldValue:
    """The deleted version `old` once more, under its id and with its dates, sealed for another owner."""
    return FieldValue.objects.create(
        public_id=old.public_id,
        created_at=old.created_at,
        owner=owner,
        item=item,
        field=old.field,
        version=version,
        ciphertext=seal_json(owner, _context(old.field, item, version), value),
        source=old.source,
        observed_at=old.observed_at,
        confirmed_at=old.confirmed_at,
        supersedes=supersedes,
        ended_at=old.ended_at,
        withdrawn_at=old.withdrawn_at,
    )


def _end(current: FieldValue, **changes: Any) -> None:
    live = FieldValue.objects.filter(pk=current.pk, ended_at__isnull=True)
    if not live.update(ended_at=Now(), **changes):
        raise _superseded()


def _superseded() -> Conflict:
    return Conflict(_("This value was changed a moment ago. Load it again."), code="superseded")


def _exists() -> Conflict:
    return Conflict(_("You keep a value of this field already: correct it instead."), code="exists")


def _tell(verb: str, value: FieldValue, *, actor: Actor) -> None:
    record(verb, actor=actor, kind="value", subject=value.public_id, field=value.field, version=value.version)
    value_changed.send(FieldValue, value=value)


def _context(field: str, item: Item | None, version: int) -> str:
    return f"{item.public_id if item else '-'}|{field}|{version}"
