"""Shapes of bodies and answers of the data store, for reading and for the OpenAPI description."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework import serializers

from accounts.datastore.states import ItemKind, Source
from accounts.states import CheckKind
from marketplace.kernel.api.fields import InstantField, StrictSerializer, TextField

PAGE = [
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
    OpenApiParameter("cursor", str, description="`next_cursor` of the page before."),
]
ITEM = [OpenApiParameter("item", {"type": "string", "format": "uuid"}, description="The item that the value is about.")]


FIELD_KEY = r"^[a-z0-9_.]+$"
ONE = [OpenApiParameter("field", {"type": "string", "pattern": FIELD_KEY}, OpenApiParameter.PATH), *ITEM]


class NewValue(StrictSerializer):
    """A value to keep."""

    field = TextField(max_length=64, help_text="Key of a field, see data-store/fields/.")
    value = serializers.JSONField(help_text="By the field's datatype.")
    item = serializers.UUIDField(required=False, allow_null=True, default=None)
    observed_at = InstantField(required=False, allow_null=True, default=None)


class Correction(StrictSerializer):
    """A value in place of the present one."""

    value = serializers.JSONField(help_text="By the field's datatype.")


class NewItem(StrictSerializer):
    """A thing that values can be about."""

    kind = serializers.ChoiceField(choices=ItemKind.choices)
    label = TextField(max_length=120)  # type: ignore[assignment]


class ValueAnswer(serializers.Serializer[Any]):
    """The live version of a value."""

    id = serializers.UUIDField()
    field = serializers.CharField()
    item = serializers.UUIDField(allow_null=True)
    value = serializers.JSONField()
    version = serializers.IntegerField(min_value=1)
    owner = serializers.ChoiceField(choices=["person", "household"])
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]
    observed_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class ItemAnswer(serializers.Serializer[Any]):
    """A thing that values are about."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=ItemKind.choices)
    label = serializers.CharField()  # type: ignore[assignment]
    owner = serializers.ChoiceField(choices=["person", "household"])
    created_at = serializers.DateTimeField()


class FieldAnswer(serializers.Serializer[Any]):
    """A kind of fact that can be kept."""

    field = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    help = serializers.CharField()
    group = serializers.CharField()
    datatype = serializers.JSONField(help_text="JSON Schema of the value.")
    unit = serializers.CharField(allow_null=True)
    item_kind = serializers.ChoiceField(choices=ItemKind.choices, allow_null=True)
    belongs_to = serializers.ChoiceField(choices=["person", "household"])
    identifying = serializers.ChoiceField(choices=["direct", "quasi", "none"])
    sensitive = serializers.BooleanField()
    special_category = serializers.BooleanField()
    half_life_days = serializers.IntegerField(allow_null=True)
    depth_levels = serializers.IntegerField()
    ladder = serializers.CharField()
    dpv_iri = serializers.CharField()
    schema_iri = serializers.CharField()


class CheckAnswer(serializers.Serializer[Any]):
    """What an operator found true of a supplier, valid today."""

    kind = serializers.ChoiceField(choices=CheckKind.choices)
    valid_from_on = serializers.DateField()
    valid_until_on = serializers.DateField()


class SupplierAnswer(serializers.Serializer[Any]):
    """A supplier's public record."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    legal_name = serializers.CharField(allow_blank=True)
    country = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    website = serializers.CharField(allow_blank=True)
    capabilities = serializers.ListField(child=serializers.CharField())
    checks = CheckAnswer(many=True)
    created_at = serializers.DateTimeField()


class Page(serializers.Serializer[Any]):
    """One page of a list, newest first."""

    next_cursor = serializers.CharField(allow_null=True)
    has_more = serializers.BooleanField()


class ValuePage(Page):
    data = ValueAnswer(many=True)  # type: ignore[assignment]


class ItemPage(Page):
    data = ItemAnswer(many=True)  # type: ignore[assignment]


class FieldPage(Page):
    data = FieldAnswer(many=True)  # type: ignore[assignment]


NEW_VALUE = OpenApiExample("Yearly use", value={"field": "energy.kwh_per_year", "value": 3412}, request_only=True)
CORRECTION = OpenApiExample("New meter reading", value={"value": 3500}, request_only=True)
NEW_ITEM = OpenApiExample("A car", value={"kind": "vehicle", "label": "The old Golf"}, request_only=True)
VALUE = OpenApiExample(
    "Kept value",
    value={
        "id": "2f0c4f3e-6b3f-4a58-9d8e-0d4c1f0b8a11",
        "field": "energy.kwh_per_year",
        "item": None,
        "value": 3412,
        "version": 1,
        "owner": "household",
        "source": "provided",
        "observed_at": "2030-01-02T09:00:00Z",
        "confirmed_at": None,
        "created_at": "2030-01-02T09:00:00Z",
    },
    response_only=True,
)
