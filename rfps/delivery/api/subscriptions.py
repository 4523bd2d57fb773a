"""Subscriptions: list, make, read, change, delete, dry run."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.idempotency.views import ApiView
from marketplace.kernel.api.paging import CURSOR, page
from marketplace.kernel.api.tags import tag
from marketplace.kernel.api.throttling import PrincipalThrottle
from marketplace.kernel.errors import Fault, Invalid
from rfps.delivery.api import shapes
from rfps.delivery.domain import subscribing
from rfps.delivery.domain.counting import ROUNDED_TO
from rfps.delivery.models import Subscription
from rfps.delivery.policies import visible_subscriptions

PAGE = [OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}), CURSOR]
EXAMPLE = OpenApiExample(
    "Electricity around Edinburgh",
    {
        "name": "Edinburgh",
        "categories": ["energy/electricity"],
        "area": {"lat": 55.95, "lon": -3.19, "radius_km": 50},
        "budget": {"min": "0", "max": "5000", "currency": "GBP"},
        "channels": {"inbox": True, "webhook": True, "mail": "instant"},
    },
    request_only=True,
)


class DryRunThrottle(PrincipalThrottle):
    """60 dry runs an hour."""

    MOST, HOUR = 60, 3600

    def allow_request(self, request: Request, view: Any) -> bool:
        now = time.time()
        self.reset_seconds = int(self.HOUR - now % self.HOUR) + 1
        return self._count(f"dry-run:{self._principal(request)}:{int(now // self.HOUR)}") <= self.MOST


class SubscriptionList(ApiView):
    """What the supplier wants to hear about."""

    scope = "subscriptions"

    @extend_schema(summary="List subscriptions, newest first", parameters=PAGE, responses=shapes.SubscriptionPage)
    def get(self, request: Request) -> Response:
        rows = visible_subscriptions(self.actor)
        return page(request, rows, lambda found: [shapes.subscription_json(row) for row in found])

    @extend_schema(
        summary="Subscribe",
        description="Requests that are open now are matched too. At most 50 subscriptions a supplier.",
        request=shapes.SubscriptionBody,
        responses={201: shapes.SubscriptionAnswer},
        examples=[EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        wish = shapes.wish_from(self.read(shapes.SubscriptionBody))
        made = subscribing.subscribe(actor=self.actor, wish=wish)
        return self.resource(shapes.subscription_json(made), _tag(made), 201)


class SubscriptionDetail(ApiView):
    """One subscription."""

    scope = "subscriptions"

    def load(self, id: UUID) -> Subscription:  # noqa: A002 - the path's own word
        """The subscription."""
        return self.one(visible_subscriptions(self.actor), public_id=id)

    def current_tag(self, id: UUID) -> str:  # noqa: A002
        return _tag(self.load(id))

    @extend_schema(summary="Read a subscription", responses=shapes.SubscriptionAnswer)
    def get(self, request: Request, id: UUID) -> Response:  # noqa: A002
        found = self.load(id)
        return self.resource(shapes.subscription_json(found), _tag(found))

    @extend_schema(
        summary="Change a subscription",
        description="What it matches may change 10 times a day.",
        request=shapes.SubscriptionBody,
        responses=shapes.SubscriptionAnswer,
        examples=[OpenApiExample("Wider", {"area": {"country": "GB"}}, request_only=True)],
    )
    def patch(self, request: Request, id: UUID) -> Response:  # noqa: A002
        found = self.load(id)
        body = self.read(shapes.SubscriptionBody, partial=True)
        changed = subscribing.change(found, actor=self.actor, wish=shapes.wish_from(body, subscribing.wish_of(found)))
        return self.resource(shapes.subscription_json(changed), _tag(changed))

    @extend_schema(summary="Unsubscribe", responses={204: None})
    def delete(self, request: Request, id: UUID) -> Response:  # noqa: A002
        subscribing.unsubscribe(self.load(id), actor=self.actor)
        return Response(status=204)


class SubscriptionDryRun(ApiView):
    """What a subscription would have brought."""

    scope = "subscriptions"
    throttle_classes = [PrincipalThrottle, DryRunThrottle]

    @extend_schema(
        summary="Count the requests of the last days that would have come",
        description="Rounded to the nearest multiple of 5; at most 60 times an hour.",
        parameters=[OpenApiParameter("days", {"type": "integer", "minimum": 1, "maximum": 90, "default": 30})],
        responses=shapes.DryRun,
    )
    def get(self, request: Request, id: UUID) -> Response:  # noqa: A002
        found = self.one(visible_subscriptions(self.actor), public_id=id)
        days = _days(request.query_params.get("days", "30"))
        count = subscribing.dry_run(found, actor=self.actor, days=days)
        return Response({"days": days, "count": count, "rounded_to": ROUNDED_TO})


def _days(text: str) -> int:
    low, high = subscribing.DRY_RUN_DAYS
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and low <= int(text) <= high):
        message = _("days is a whole number from %(low)d to %(high)d.") % {"low": low, "high": high}
        raise Invalid([Fault("days", "out_of_range", message)])
    return int(text)


def _tag(row: Subscription) -> str:
    return tag(row.public_id, row.revision)
