"""Forms of the comparison: the customer's marks on a column, and their own columns."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bids.domain.comparing import Result
from bids.domain.composing import Content
from bids.states import EntryKind
from marketplace.kernel.forms import ChoiceField, DateField, DomainForm, MoneyField, NumberField, YesNoField
from rfps.models import Requirement, Rfp
from rfps.states import AnswerKind, CriterionKind

KEPT = ("lines", "charges", "delivery", "vat_rate", "vat_included", "currency")  # what only the API says in detail
RATING, ANSWER = "rating-", "answer-"
Body = dict[str, Any]


class MarksForm(DomainForm):
    """Own ratings from 0 to 5 (until the choice has fixed them), a note, and whether the column is put aside."""

    def __init__(self, *args: Any, result: Result, fixed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part in result.score.parts:
            if part.measure.kind == CriterionKind.RATING and not fixed:
                field = NumberField(label=part.measure.title, decimals=2, least=0, most=5, required=False, unit="/ 5")
                self.fields[RATING + part.measure.id] = field
                self.initial[RATING + part.measure.id] = part.value
        self.fields["note"] = forms.CharField(
            label=_("Your note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
        )
        self.fields["hidden"] = forms.BooleanField(label=_("Put this column aside"), required=False)
        self.initial.update(note=result.column.note, hidden=result.column.hidden)

    def body(self, cleaned: Mapping[str, Any]) -> Body:
        """What the domain takes."""
        ratings = {name.removeprefix(RATING): cleaned[name] for name in cleaned if name.startswith(RATING)}
        return {"note": cleaned["note"], "hidden": cleaned["hidden"], **({"ratings": ratings} if ratings else {})}


class EntryForm(DomainForm):
    """What I have now, or an offer I got elsewhere: one sum, and the answers I know."""

    pointers = {"/answers/*/value": ANSWER + "{0}"}

    def __init__(self, *args: Any, rfp: Rfp, kind: EntryKind, content: Content | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assert rfp.current is not None
        self.kind, self.content = kind, content or {}
        self.asked = list(rfp.current.requirements.all())
        self._add_fields(rfp.currency)
        given = {row["requirement"]: row.get("value") for row in self.content.get("answers") or []}
        known = {f"{ANSWER}{at}": given.get(str(row.public_id)) for at, row in enumerate(self.asked)}
        said = {**self.content, **known, **self.initial}
        self.initial = {name: as_number(self.fields[name], said[name]) for name in self.fields if name in said}

    def _add_fields(self, currency: str) -> None:
        current = self.kind == EntryKind.CURRENT
        self.fields["supplier"] = forms.CharField(label=_("Company"), max_length=120, required=False)
        total_help = _("Everything over the whole period, VAT included.")
        self.fields["total"] = MoneyField(
            label=_("What it costs"), currency=currency, least=0, required=False, help_text=total_help
        )
        if current:
            self.fields["contract_ends_on"] = DateField(label=_("Contract ends on"), required=False)
            fee_help = _("It is added to every other offer: leaving costs you this.")
            self.fields["exit_fee"] = MoneyField(
                label=_("Fee for leaving before that"), currency=currency, least=0, required=False, help_text=fee_help
            )
        for at, row in enumerate(self.asked):
            self.fields[f"{ANSWER}{at}"] = answer_field(row)

    def body(self, cleaned: Mapping[str, Any]) -> Body:
        """What the domain takes; what only the API can say stays as it was said there."""
        kept = {name: self.content[name] for name in KEPT if name in self.content}
        plain = {name: as_text(cleaned[name]) for name in self.fields if not name.startswith(ANSWER)}
        answers = [
            {"requirement": str(row.public_id), "value": as_value(cleaned[f"{ANSWER}{at}"])}
            for at, row in enumerate(self.asked)
            if cleaned[f"{ANSWER}{at}"] not in (None, "")
        ]
        return {**kept, **{name: text for name, text in plain.items() if text}, "answers": answers}


def answer_field(row: Requirement) -> forms.Field:
    """A field for an answer of the kind that the request asks for."""
    given: Body = {"label": row.text, "required": False}
    if row.answer == AnswerKind.YES_NO:
        return YesNoField(unsure=True, **given)
    if row.answer == AnswerKind.NUMBER:
        return NumberField(unit=row.unit, **given)
    if row.answer == AnswerKind.DATE:
        return DateField(**given)
    if row.answer == AnswerKind.CHOICE:
        return ChoiceField(choices=[(one, one) for one in row.choices], **given)
    return forms.CharField(max_length=200, **given)


def as_number(field: forms.Field, value: Any) -> Any:
    """A number that was kept as text, ready to be shown in the language of the page."""
    number = isinstance(field, NumberField) and isinstance(value, str | int | float) and value != ""
    return Decimal(str(value)) if number else value


def as_text(value: Any) -> str:
    """Amounts and days in the form of the API's body."""
    return "" if value in (None, "") else value.isoformat() if hasattr(value, "isoformat") else str(value)


def as_value(value: Any) -> Any:
    """An answer as the domain takes it."""
    return value if isinstance(value, bool | str) else as_text(value)
