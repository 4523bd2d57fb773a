"""Subscriptions and feed items as JSON: what is read, what is answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from marketplace.kernel.api.fields import AmountField, FlagField, InstantField, StrictSerializer, TextField
from rfps.delivery.domain.wishing import MAILS, MAX_NAME, Wish
from rfps.delivery.models import Match, Subscription
from rfps.delivery.states import AreaKind, EventType

LARGEST = 1_000_000  # no coordinate and no radius is near


class NumberField(serializers.FloatField):
    """A JSON number, not a text that looks like one."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float) or not abs(data) < LARGEST:
            self.fail("invalid")
        return float(data)


class Area(StrictSerializer):
    """`{"anywhere": true}`, `{"country"}`, `{"lat", "lon", "radius_km"}` (10 to 500 km) or `{"remote": true}`."""

    anywhere = FlagField(required=False)
    country = TextField(required=False, max_length=2)
    lat = NumberField(required=False)
    lon = NumberField(required=False)
    radius_km = NumberField(required=False)
    remote = FlagField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        empty: dict[str, Any] = {"country": "", "lat": None, "lon": None, "radius_km": None}
        match sorted(name for name, value in attrs.items() if value is not False):
            case ["anywhere"]:
                return {"area_kind": AreaKind.ANYWHERE, **empty}
            case ["remote"]:
                return {"area_kind": AreaKind.REMOTE, **empty}
            case ["country"]:
                return {"area_kind": AreaKind.COUNTRY, **empty, **attrs}
            case ["lat", "lon", "radius_km"]:
                point = {name: value for name, value in attrs.items() if value is not False}
                return {"area_kind": AreaKind.RADIUS, **empty, **point}
        message = _("Give one of: anywhere; country; lat, lon and radius_km; remote.")
        raise serializers.ValidationError(message, code="area")


class Budget(StrictSerializer):
    """The range of budgets of interest; requests that show none are always of interest."""

    min = AmountField(required=False, allow_null=True)
    max = AmountField(required=False, allow_null=True)
    currency = TextField(max_length=3)


class Channels(StrictSerializer):
    """Where the news goes."""

    inbox = FlagField(required=False)
    webhook = FlagField(required=False)
    mail = serializers.ChoiceField(choices=MAILS, required=False)


class SubscriptionBody(StrictSerializer):
    """What a supplier wants to hear about."""

    name = TextField(required=False, allow_blank=True, max_length=MAX_NAME)
    categories = serializers.ListField(child=TextField(max_length=120), max_length=100)
    area = Area(required=False)
    budget = Budget(required=False, allow_null=True)
    keywords = serializers.ListField(child=TextField(max_length=100), required=False, max_length=100)
    excluded_keywords = serializers.ListField(child=TextField(max_length=100), required=False, max_length=100)
    capabilities = serializers.ListField(child=TextField(max_length=64), required=False, max_length=100)
    kinds = serializers.ListField(child=TextField(max_length=8), required=False, max_length=2)
    channels = Channels(required=False)
    active_from_at = InstantField(required=False, allow_null=True)
    active_until_at = InstantField(required=False, allow_null=True)


class SubscriptionAnswer(SubscriptionBody):
    """A subscription."""

    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()


class SubscriptionPage(serializers.Serializer[Any]):
    """A page of subscriptions, newest first."""

    data = SubscriptionAnswer(many=True)  # type: ignore[assignment]
    next_cursor = serializers.CharField(allow_null=True)
    has_more = serializers.BooleanField()


class DryRun(serializers.Serializer[Any]):
    """How many requests a subscription would have brought."""

    days = serializers.IntegerField()
    count = serializers.IntegerField(help_text="To the nearest multiple of `rounded_to`.")
    rounded_to = serializers.IntegerField()


class FeedItem(serializers.Serializer[Any]):
    """One event that reached the supplier; keep it by `id`, a second one with that id is the same."""

    id = serializers.UUIDField()
    type = serializers.ChoiceField(choices=EventType.values)
    occurred_at = serializers.DateTimeField()
    opportunity = serializers.UUIDField(allow_null=True)
    data = serializers.DictField()  # type: ignore[assignment]


class FeedPage(serializers.Serializer[Any]):
    """A page of the changes feed, oldest first."""

    data = FeedItem(many=True)  # type: ignore[assignment]
    next_cursor = serializers.CharField(help_text="Ask with this as `after`; never null.")
    has_more = serializers.BooleanField()


def wish_from(body: dict[str, Any], before: Wish | None = None) -> Wish:
    """The wish that a checked body says, over the one before."""
    changes = {name: value for name, value in body.items() if name not in {"area", "budget", "channels"}}
    changes |= {**body.get("area", {}), **body.get("channels", {})}
    if "budget" in body:
        budget = body["budget"] or {}
        changes |= {f"budget_{name}": budget.get(name) for name in ("min", "max")}
        changes["budget_currency"] = budget.get("currency", "")
    return replace(before or Wish(), **changes)


def subscription_json(row: Subscription) -> dict[str, Any]:
    """A subscription as its supplier sees it."""
    plain = ("name", "categories", "keywords", "excluded_keywords", "capabilities", "kinds")
    return {
        "id": str(row.public_id),
        **{name: getattr(row, name) for name in plain},
        "area": _area(row),
        "budget": _budget(row),
        "channels": {"inbox": row.inbox, "webhook": row.webhook, "mail": row.mail},
        "active_from_at": _instant(row.active_from_at),
        "active_until_at": _instant(row.active_until_at),
        "created_at": _instant(row.created_at),
    }


def feed_json(matches: Sequence[Match]) -> list[dict[str, Any]]:
    """Feed items in the order given."""
    return [
        {
            "id": str(match.event.public_id),
            "type": match.event.type,
            "occurred_at": _instant(match.event.occurred_at),
            "opportunity": str(match.opportunity.public_id) if match.opportunity else None,
            "data": match.event.data,
        }
        for match in matches
    ]


def _area(row: Subscription) -> dict[str, Any]:
    match row.area_kind:
        case AreaKind.COUNTRY:
            return {"country": row.country}
        case AreaKind.RADIUS:
            return {"lat": row.lat, "lon": row.lon, "radius_km": row.radius_km}
    return {row.area_kind: True}


def _budget(row: Subscription) -> dict[str, Any] | None:
    if not row.budget_currency:
        return None
    return {"min": _amount(row.budget_min), "max": _amount(row.budget_max), "currency": row.budget_currency}


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def _instant(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat().replace("+00:00", "Z")
