"""Lists on pages: newest first, by key, a page at a time and both ways, stable while rows are inserted."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.core.exceptions import BadRequest
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from marketplace.kernel.crypto import DecryptionFailed, seal_shared, unseal_shared

M = TypeVar("M", bound=Model)
SIZE = 25
CONTEXT = "place in a list"


@dataclass(frozen=True, slots=True)
class Slice(Generic[M]):
    """One page of a list, and the places where those before and after it begin, empty where there is none."""

    rows: list[M]
    previous: str = ""
    next: str = ""


def slice_of(request: HttpRequest, rows: QuerySet[M], *, size: int = SIZE) -> Slice[M]:
    """The page that `?after=` or `?before=` names, else the first; 400 for a place that this server did not make."""
    if "before" in request.GET:
        found = list(rows.filter(pk__gt=_row(request.GET["before"])).order_by("pk")[: size + 1])
        shown = found[:size][::-1]
        return Slice(shown, _place(shown[0]) if len(found) > size else "", _place(shown[-1]) if shown else "")
    later = "after" in request.GET
    found = list((rows.filter(pk__lt=_row(request.GET["after"])) if later else rows).order_by("-pk")[: size + 1])
    shown = found[:size]
    return Slice(shown, _place(shown[0]) if later and shown else "", _place(shown[-1]) if len(found) > size else "")


def _place(row: Model) -> str:
    """Sealed, so that inside ids tell nobody how many rows there are."""
    return base64.urlsafe_b64encode(seal_shared(str(row.pk).encode(), CONTEXT)).decode().rstrip("=")


def _row(place: str) -> int:
    try:
        return int(unseal_shared(base64.urlsafe_b64decode(place.encode() + b"=" * (-len(place) % 4)), CONTEXT))
    except (ValueError, DecryptionFailed) as error:
        raise BadRequest("no place of this list") from error
