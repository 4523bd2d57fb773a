"""Lists: newest first, by an opaque cursor, stable while rows are inserted."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.kernel.api.problems import Malformed
from marketplace.kernel.crypto import DecryptionFailed, seal_shared, unseal_shared
from marketplace.kernel.errors import Fault, Invalid

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
PLACE = "at:"
CURSOR = OpenApiParameter("cursor", str, description="`next_cursor` of the page before.")
WHOLE = [
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT}, description="Else all."),
    CURSOR,
]
M = TypeVar("M", bound=Model)


def limit_of(request: Request) -> int:
    """`?limit=` from 1 to 200, default 50; Invalid otherwise."""
    text = request.query_params.get("limit")
    if text is None:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAX_LIMIT):
        message = _("limit is a whole number from 1 to %(most)d.") % {"most": MAX_LIMIT}
        raise Invalid([Fault("limit", "out_of_range", message)])
    return int(text)


def encode_cursor(text: str) -> str:
    """Sealed, so that inside ids tell nobody how many rows there are."""
    return base64.urlsafe_b64encode(seal_shared(text.encode(), "cursor")).decode().rstrip("=")


def decode_cursor(cursor: str) -> str:
    """The text inside; Malformed (400) for anything that this server did not make."""
    try:
        sealed = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        return unseal_shared(sealed, "cursor").decode()
    except (ValueError, DecryptionFailed) as error:
        raise Malformed(_("This cursor is malformed."), "malformed_cursor") from error


def page(request: Request, rows: QuerySet[M], render: Callable[[Sequence[M]], list[Any]]) -> Response:
    """One page of `rows`, newest (highest id) first; `render` turns the page's rows into JSON at once."""
    limit = limit_of(request)
    if cursor := request.query_params.get("cursor"):
        rows = rows.filter(pk__lt=_row(cursor))
    found = list(rows.order_by("-pk")[: limit + 1])
    has_more, shown = len(found) > limit, found[:limit]
    following = encode_cursor(str(shown[-1].pk)) if has_more else None
    return Response({"data": render(shown), "next_cursor": following, "has_more": has_more})


def whole(request: Request, data: list[Any]) -> Response:
    """A list that is no table: all of it at once, unless a page was asked for."""
    cursor = request.query_params.get("cursor")
    start = _place(cursor) if cursor else 0
    end = start + limit_of(request) if "limit" in request.query_params else len(data)
    following = encode_cursor(f"{PLACE}{end}") if end < len(data) else None
    return Response({"data": data[start:end], "next_cursor": following, "has_more": following is not None})


def _place(cursor: str) -> int:
    text = decode_cursor(cursor)
    if not text.startswith(PLACE):
        raise Malformed(_("This cursor is malformed."), "malformed_cursor")
    return int(text.removeprefix(PLACE))


def _row(cursor: str) -> int:
    """The row after which a page begins; a cursor of the feed or of a list that is no table is no such place."""
    text = decode_cursor(cursor)
    if not text.isdigit():
        raise Malformed(_("This cursor is malformed."), "malformed_cursor")
    return int(text)
