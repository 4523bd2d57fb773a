"""Taking over: what one owner keeps is sealed anew for another, and an owner's data goes with its key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Q

from accounts.datastore.domain import itemising, keeping
from accounts.datastore.models import FieldValue, Item, Owner, OwnerKey
from accounts.signals import value_changed


@transaction.atomic
def take_over(source: Owner, target: Owner, *, known: Sequence[Owner]) -> dict[str, Any]:
    """Everything of `source` belongs to `target` from now on, except facts that one of `known` keeps live already.

    Gives those facts, in clear, by field. Whoever calls has checked that the same person stands behind both.
    """
    for item in source.items.select_related("owner__key").order_by("pk"):
        _move_item(item, target)
    spared: dict[str, Any] = {}
    for versions in _histories(source).values():
        if not _move_history(versions, target, known):
            spared |= {value.field: keeping.read(value) for value in versions if value.ended_at is None}
    return spared


def destroy(owner: Owner) -> None:
    """The owner with its data key and all that was sealed with it; no version is kept."""
    OwnerKey.objects.filter(owner=owner).delete()
    owner.values.update(supersedes=None)  # a chain of versions protects its links
    owner.delete()


def _histories(owner: Owner) -> dict[str, list[FieldValue]]:
    """Every version about no item, oldest first, by field."""
    found: dict[str, list[FieldValue]] = defaultdict(list)
    for value in owner.values.select_related("owner__key", "item").filter(item=None).order_by("field", "version"):
        found[value.field].append(value)
    return found


def _move_item(item: Item, target: Owner) -> None:
    """The thing keeps its id; its values are written anew, since a version's owner never changes."""
    label, clear = itemising.label_of(item), _in_clear(item.values.select_related("owner__key", "item"))
    item.values.update(supersedes=None)
    item.values.all().delete()
    item.owner = target
    item.sealed_label = itemising.seal_label(item, label)
    item.save(update_fields=["owner", "sealed_label"])
    _write(clear, target, item=item, after=0)


def _move_history(versions: list[FieldValue], target: Owner, known: Sequence[Owner]) -> bool:
    """Whether the history went over; no, while somebody known keeps a live value of the field."""
    field = versions[0].field
    kept = FieldValue.objects.filter(field=field, item=None)
    try:
        with transaction.atomic():
            if kept.filter(Q(owner__in=known) | Q(owner=target), ended_at__isnull=True).exists():
                return False
            last = kept.filter(owner=target).aggregate(last=Max("version"))["last"] or 0
            clear = _in_clear(versions)
            kept.filter(owner=versions[0].owner).update(supersedes=None)
            kept.filter(owner=versions[0].owner).delete()
            _write(clear, target, item=None, after=last)
    except IntegrityError:  # another transaction added one between our look and our insert
        return False
    return True


def _in_clear(versions: Any) -> list[tuple[FieldValue, Any]]:
    return sorted(
        ((value, keeping.read(value)) for value in versions), key=lambda each: (each[0].field, each[0].version)
    )


def _write(clear: list[tuple[FieldValue, Any]], target: Owner, *, item: Item | None, after: int) -> None:
    before: FieldValue | None = None
    for old, content in clear:
        follows = before if before is not None and before.field == old.field else None
        before = keeping.rewrite(old, content, owner=target, item=item, version=after + old.version, supersedes=follows)
        if before.ended_at is None:
            value_changed.send(FieldValue, value=before)
