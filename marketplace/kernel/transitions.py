"""State changes as one compare-and-swap UPDATE, which is also the lock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import Conflict

Moves = Mapping[str, frozenset[str]]  # state -> the states that may follow


def allowed(moves: Moves, source: str, target: str) -> bool:
    """Whether the table lets `source` become `target`."""
    return target in moves.get(source, frozenset())


def move(obj: models.Model, target: str, moves: Moves, *, field: str = "state", **changes: Any) -> None:
    """Set `obj.field` to `target` together with `changes`, if the row still is where we read it.

    Raises Conflict `wrong_state` when the table has no such move or when another transaction was first.
    """
    source = getattr(obj, field)
    if not allowed(moves, source, target):
        raise Conflict(str(_("This cannot be done while it is “%(state)s”.") % {"state": source}), code="wrong_state")
    changed = type(obj)._default_manager.filter(pk=obj.pk, **{field: source}).update(**{field: target}, **changes)
    if changed != 1:
        raise Conflict(str(_("Somebody else changed this a moment ago. Load it again.")), code="wrong_state")
    for name, value in {field: target, **changes}.items():
        setattr(obj, name, value)
