"""Pages of a list, by key: stable while rows come and go, with cursors that tell nobody how many there are."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Generic, TypeVar

from django.core.exceptions import BadRequest, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from marketplace.kernel.crypto import DecryptionFailed, seal_shared, unseal_shared

M = TypeVar("M", bound=Model)
SIZE = 30
CONTEXT = "list"


@dataclass(frozen=True, slots=True)
class Cut(Generic[M]):
    """Some rows of a list, and the cursors of what lies before and after them (empty: nothing)."""

    rows: Sequence[M]
    previous: str = ""
    next: str = ""


def cut(request: HttpRequest, rows: QuerySet[M], *keys: str, size: int = SIZE) -> Cut[M]:
    """The part of `rows` that `?after=` or `?before=` asks for, ordered by `keys` ("pk", or "-pk" for all of them)."""
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    backwards, cursor = bool(before), before or after
    order = [_turned(key) for key in keys] if backwards else list(keys)
    if cursor:
        rows = rows.filter(_beyond(order, _read(cursor, keys)))
    try:
        found = list(rows.order_by(*order)[: size + 1])
    except (ValidationError, ValueError) as error:
        raise BadRequest("this cursor is of another list") from error
    more, shown = len(found) > size, found[:size]
    if backwards:
        shown.reverse()
    if not shown:
        return Cut(shown)
    first, last = _cursor(shown[0], keys), _cursor(shown[-1], keys)
    return Cut(shown, first if (more if backwards else cursor) else "", last if (backwards or more) else "")


def _turned(key: str) -> str:
    return key.removeprefix("-") if key.startswith("-") else f"-{key}"


def _beyond(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows that come later in this order: the first key further on, or the same and the next key further on, …"""
    steps = []
    for at, key in enumerate(order):
        same = {name.removeprefix("-"): value for name, value in zip(order[:at], values[:at], strict=True)}
        way = "lt" if key.startswith("-") else "gt"
        steps.append(Q(**same, **{f"{key.removeprefix('-')}__{way}": values[at]}))
    return reduce(or_, steps)


def _cursor(row: Model, keys: Sequence[str]) -> str:
    values = [getattr(row, key.removeprefix("-")) for key in keys]
    plain = json.dumps([[key.removeprefix("-") for key in keys], values], cls=DjangoJSONEncoder)
    return base64.urlsafe_b64encode(seal_shared(plain.encode(), CONTEXT)).decode().rstrip("=")


def _read(cursor: str, keys: Sequence[str]) -> list[Any]:
    try:
        sealed = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        names, values = json.loads(unseal_shared(sealed, CONTEXT))
    except (ValueError, DecryptionFailed) as error:
        raise BadRequest("no cursor of ours") from error
    if names != [key.removeprefix("-") for key in keys]:
        raise BadRequest("this cursor is of another order")
    return list(values)
