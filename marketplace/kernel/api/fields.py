"""Strict field types: what JSON says is what is meant, nothing is guessed."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.kernel.money import parse_amount


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses names that it does not know, together with every other fault."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = {}
        if isinstance(data, dict):
            writable = {name for name, field in self.fields.items() if not field.read_only}
            message = serializers.ErrorDetail(str(_("This name is not known here.")), code="unknown_field")
            unknown = {name: [message] for name in data if name not in writable}
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({**error.detail, **unknown}) from error  # type: ignore[dict-item]
        if unknown:
            raise serializers.ValidationError(unknown)
        return value


class EmptySerializer(StrictSerializer):
    """The body `{}` of an action."""


class TextField(serializers.CharField):
    """A string and nothing that could be turned into one."""

    default_error_messages = {"not_text": _("This must be text.")}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("not_text")
        return super().to_internal_value(data)


class FlagField(serializers.BooleanField):
    """true or false, not "yes" or 1."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=str(data)[:50])
        return data


class InstantField(serializers.DateTimeField):
    """RFC 3339 with an offset; a time without one would be a guess."""

    default_error_messages = {"offset": _("Give the time with its offset, for example 2030-01-31T17:00:00Z.")}

    def to_internal_value(self, value: Any) -> datetime:
        parsed = None
        try:
            parsed = parse_datetime(value) if isinstance(value, str) else None
        except ValueError:
            self.fail("offset")
        if parsed is None or parsed.tzinfo is None:
            self.fail("offset")
        return super().to_internal_value(value)


@extend_schema_field({"type": "string", "examples": ["123.45"]})
class AmountField(serializers.Field[Any, Any, Any, Any]):
    """A decimal as a string, with at most `decimals` places."""

    default_error_messages = {
        "not_text": _('Write amounts as text, for example "123.45".'),
        "not_a_number": _("This is not a number."),
        "too_many_decimals": _("This has more than {decimals} decimals."),
        "too_large": _("This number is too large."),
        "negative": _("This must not be negative."),
    }

    def __init__(self, *, decimals: int = 6, negative: bool = False, **options: Any) -> None:
        self.decimals, self.negative = decimals, negative
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str):
            self.fail("not_text")
        try:
            amount = parse_amount(data, decimals=self.decimals)
        except ValueError as error:
            self.fail(str(error), decimals=self.decimals)
        if amount < 0 and not self.negative:
            self.fail("negative")
        return amount

    def to_representation(self, value: Any) -> str:
        return str(value)
