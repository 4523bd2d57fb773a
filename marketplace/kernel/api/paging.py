"""Lists: newest first, by an opaque cursor, stable while rows are inserted."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.kernel.api.problems import Malformed
from marketplace.kernel.crypto import DecryptionFailed, seal_shared, unseal_shared
from marketplace.kernel.errors import Fault, Invalid

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
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
        rows = rows.filter(pk__lt=int(decode_cursor(cursor)))
    found = list(rows.order_by("-pk")[: limit + 1])
    has_more, shown = len(found) > limit, found[:limit]
    following = encode_cursor(str(shown[-1].pk)) if has_more else None
    return Response({"data": render(shown), "next_cursor": following, "has_more": has_more})


def whole(data: list[Any]) -> Response:
    """A list short enough to be one page, in the shape of every list."""
    return Response({"data": data, "next_cursor": None, "has_more": False})
