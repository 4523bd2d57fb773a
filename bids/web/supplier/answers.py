"""A field for each kind of answer that a request wants, and the answer as a body has it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.datastore.domain import telling
from bids.domain import phrasing
from marketplace.kernel.forms import DateField, NumberField, YesNoField
from rfps.models import Requirement
from rfps.states import AnswerKind, Level

HELP = {
    AnswerKind.DOCUMENT: gettext_lazy("The name of the document that you will send."),
    AnswerKind.TEXT: gettext_lazy("A sentence or two."),
}


def answer_field(row: Requirement) -> Any:
    """Where the answer goes; what it has to be stands below its question."""
    said = {"constraint": row.constraint, "unit": row.unit}
    limit = "" if row.answer == AnswerKind.YES_NO else phrasing.limit(said)
    help_text = limit or str(HELP.get(AnswerKind(row.answer), ""))
    field = _field(row, {"label": row.text, "required": False, "help_text": help_text})
    if row.answer == AnswerKind.YES_NO:
        field.miss = "yes" if row.constraint.get("equals", True) is False else "no"
    field.must = row.level == Level.MUST
    return field


def _field(row: Requirement, common: dict[str, Any]) -> Any:
    match row.answer:
        case AnswerKind.YES_NO:
            return YesNoField(**common)
        case AnswerKind.NUMBER:
            return NumberField(unit=telling.units(row.unit), **common)
        case AnswerKind.DATE:
            return DateField(**common)
        case AnswerKind.CHOICE:
            return forms.ChoiceField(choices=[("", _("Choose …")), *((one, one) for one in row.choices)], **common)
        case AnswerKind.DOCUMENT:
            return forms.CharField(max_length=200, **common)
    return forms.CharField(max_length=5000, widget=forms.Textarea(attrs={"rows": 2}), **common)


def to_body(value: Any) -> Any:
    """A cleaned value as a body writes it."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else (None if value == "" else value)


def to_field(row: Requirement, value: Any) -> Any:
    """A body's value as the field shows it."""
    return Decimal(str(value)) if row.answer == AnswerKind.NUMBER and value is not None else value


def percent(rate: str) -> Decimal:
    """0.20 as the 20 that people write."""
    return Decimal(rate) * 100


def rate(percentage: Decimal | None) -> str | None:
    """20 as the 0.2 of a body."""
    return None if percentage is None else format((percentage / 100).normalize(), "f")
