"""The changes feed."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.idempotency.views import ApiView
from marketplace.kernel.api.paging import decode_cursor, encode_cursor, limit_of
from marketplace.kernel.api.problems import CONTENT_TYPE, Malformed, problem_body
from marketplace.kernel.errors import Gone
from rfps.delivery.api import shapes
from rfps.delivery.domain import feeding
from rfps.delivery.domain.feeding import Position

KIND = "feed:"  # a list's cursor is no place in the feed


class Feed(ApiView):
    """Everything that reached the supplier, in order, nothing skipped."""

    scope = "opportunities"
    refusals = (410,)

    @extend_schema(
        summary="Read the changes feed, oldest first",
        description="Keep `next_cursor` and ask again with it. At least once: keep items by `id`. A cursor older than "
        "90 days, or of before a restore, is 410; its `resync` says where to start again.",
        parameters=[
            OpenApiParameter("after", str, description="The last `next_cursor`."),
            OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
        ],
        responses=shapes.FeedPage,
    )
    def get(self, request: Request) -> Response:
        cursor = request.query_params.get("after") or None
        try:
            found = feeding.read(actor=self.actor, after=_parse(cursor), limit=limit_of(request))
        except Gone as error:
            return _resync(error)
        following = cursor if cursor and not found.matches else encode_cursor(f"{KIND}{found.position}")
        return Response({"data": shapes.feed_json(found.matches), "next_cursor": following, "has_more": found.has_more})


def _parse(cursor: str | None) -> Position | None:
    if cursor is None:
        return None
    try:
        return Position.parse(decode_cursor(cursor).removeprefix(KIND))
    except ValueError as error:
        raise Malformed(_("This cursor is malformed."), "malformed_cursor") from error


def _resync(error: Gone) -> Response:
    start = reverse("feed")
    body = problem_body(error.status, error.code, error.message) | {"resync": start}
    return Response(body, error.status, headers={"Link": f'<{start}>; rel="resync"'}, content_type=CONTENT_TYPE)
