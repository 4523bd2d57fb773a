"""The small forms of one row each: a part, or what is asked for with one type of answer."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from accounts.datastore.domain import telling
from marketplace.kernel.forms import ChoiceField, DateField, DomainForm, NumberField, YesNoField
from rfps.domain.composing import MAX_CHOICES, Body
from rfps.states import AnswerKind, Level

UNITS = ("piece", "lot", "set", "hour", "day", "week", "month", "year", "kWh", "kg", "km", "m", "m²", "m³")


class RowForm(DomainForm):
    """A row of the body: filled from it, and back into it. What the form does not show stays as it was."""

    heading: ClassVar[Any] = ""
    lead: ClassVar[Any] = gettext_lazy("Every company that fits reads this. Leave out your name and your address.")

    def __init__(self, *args: Any, row: Body, **kwargs: Any) -> None:
        self.before = row
        super().__init__(*args, **kwargs)
        for name, value in self.filled(row).items():
            self.initial.setdefault(name, value)

    def filled(self, row: Body) -> dict[str, Any]:
        """The fields' values as the row has them."""
        return {name: row[name] for name in self.fields if name in row}

    def row(self) -> Body:
        """The row to write."""
        return {**self.before, **{name: value for name, value in self.cleaned_data.items() if value is not None}}


class PartForm(RowForm):
    """A priced row."""

    heading = gettext_lazy("Part")
    pointers = {"/lines/*/*": "{1}", "/lines": "title"}
    sees = {"title": "S0"}

    title = forms.CharField(label=gettext_lazy("What it is"), max_length=200)
    quantity = NumberField(label=gettext_lazy("How many"), least=Decimal("0.000001"))
    unit = forms.CharField(
        label=gettext_lazy("Counted in"),
        help_text=gettext_lazy("For example piece, hour, m² or kWh; empty if it is one whole."),
        max_length=32,
        required=False,
    )
    spec = forms.CharField(
        label=gettext_lazy("More about it"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def filled(self, row: Body) -> dict[str, Any]:
        said = {"quantity": Decimal(row.get("quantity") or "1"), "unit": telling.unit(row.get("unit") or "")}
        return {**super().filled(row), **said}

    def row(self) -> Body:
        given = {"quantity": f"{self.cleaned_data['quantity']:f}", "unit": unit_of(self.cleaned_data["unit"])}
        return {**super().row(), **given}


class AskedForm(RowForm):
    """What is asked for; every type of answer has its own limits."""

    kind: ClassVar[AnswerKind]
    pointers = {
        "/requirements/*/constraint/*": "{1}",
        "/requirements/*/constraint/*/*": "{1}",
        "/requirements/*/constraint": "max",
        "/requirements/*/choices/*": "choices",
        "/requirements/*/*": "{1}",
        "/requirements": "text",
        "/criteria/*/scores/*": "choices",
    }
    sees = {"text": "S0"}

    text = forms.CharField(label=gettext_lazy("What you ask for"), max_length=500)
    level = ChoiceField(
        label=gettext_lazy("How much it matters"),
        choices=[
            (Level.MUST.value, gettext_lazy("Must have: an offer without it does not rank")),
            (Level.SHOULD.value, gettext_lazy("Nice to have")),
        ],
        initial=Level.SHOULD.value,
    )
    evidence = forms.BooleanField(label=gettext_lazy("Companies say how one can check it"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["text", "unit", "choices", "min", "max", "equals", "in", "level", "evidence"])

    @property
    def heading(self) -> Any:
        return KINDS[self.kind]

    def filled(self, row: Body) -> dict[str, Any]:
        found: dict[str, Any] = {name: row[name] for name in ("text", "level", "evidence") if name in row}
        return {**found, **self.limits(row.get("constraint") or {})}

    def limits(self, constraint: Body) -> dict[str, Any]:
        """The fields of the constraint."""
        return {}

    def constraint(self) -> Body:
        """What suits, as the row says it."""
        return {}

    def row(self) -> Body:
        kept = {name: value for name, value in self.before.items() if name not in ("choices", "unit")}
        given = {name: self.cleaned_data[name] for name in ("text", "level", "evidence")}
        return {**kept, **given, "answer": self.kind.value, "constraint": self.constraint()}


class YesNoForm(AskedForm):
    kind = AnswerKind.YES_NO

    equals = ChoiceField(
        label=gettext_lazy("The answer that suits"),
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No")), ("", gettext_lazy("Either"))],
        required=False,
        initial="yes",
    )

    def limits(self, constraint: Body) -> dict[str, Any]:
        if not self.before:
            return {}
        return {"equals": YesNoField().prepare_value(constraint.get("equals")) or ""}

    def constraint(self) -> Body:
        wanted = self.cleaned_data["equals"]
        return {"equals": wanted == "yes"} if wanted else {}


class NumberForm(AskedForm):
    kind = AnswerKind.NUMBER

    unit = forms.CharField(
        label=gettext_lazy("Counted in"),
        help_text=gettext_lazy("For example day, month, % or km."),
        max_length=32,
        required=False,
    )
    min = NumberField(label=gettext_lazy("At least"), help_text=gettext_lazy("Empty: no limit."), required=False)
    max = NumberField(label=gettext_lazy("At most"), help_text=gettext_lazy("Empty: no limit."), required=False)

    def filled(self, row: Body) -> dict[str, Any]:
        return {**super().filled(row), "unit": telling.unit(row.get("unit") or "")}

    def limits(self, constraint: Body) -> dict[str, Any]:
        ends = {end: constraint.get(end, constraint.get("equals")) for end in ("min", "max")}
        return {end: Decimal(str(value)) for end, value in ends.items() if value is not None}

    def constraint(self) -> Body:
        given = {end: self.cleaned_data[end] for end in ("min", "max")}
        return {end: f"{value:f}" for end, value in given.items() if value is not None}

    def row(self) -> Body:
        return {**super().row(), "unit": unit_of(self.cleaned_data["unit"])}


class ChoiceForm(AskedForm):
    kind = AnswerKind.CHOICE
    pointers = {**AskedForm.pointers, "/requirements/*/constraint": "in"}

    choices = forms.CharField(
        label=gettext_lazy("What companies choose from"),
        help_text=gettext_lazy("One a line."),
        max_length=101 * MAX_CHOICES,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["in"] = forms.CharField(
            label=gettext_lazy("Those that suit you"),
            help_text=gettext_lazy("One a line, as above. Empty: each of them."),
            max_length=101 * MAX_CHOICES,
            required=False,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        self.order_fields(["text", "choices", "in", "level", "evidence"])

    def filled(self, row: Body) -> dict[str, Any]:
        return {**super().filled(row), "choices": "\n".join(row.get("choices") or [])}

    def limits(self, constraint: Body) -> dict[str, Any]:
        suits = [constraint["equals"]] if "equals" in constraint else constraint.get("in", [])
        return {"in": "\n".join(suits)}

    def constraint(self) -> Body:
        suits = lines_of(self.cleaned_data["in"])
        return {"in": suits} if suits else {}

    def row(self) -> Body:
        return {**super().row(), "choices": lines_of(self.cleaned_data["choices"])}


class DayForm(AskedForm):
    kind = AnswerKind.DATE

    min = DateField(label=gettext_lazy("Not before"), help_text=gettext_lazy("Empty: no limit."), required=False)
    max = DateField(label=gettext_lazy("Not after"), help_text=gettext_lazy("Empty: no limit."), required=False)

    def limits(self, constraint: Body) -> dict[str, Any]:
        return {end: constraint[end] for end in ("min", "max") if end in constraint}

    def constraint(self) -> Body:
        return {end: self.cleaned_data[end].isoformat() for end in ("min", "max") if self.cleaned_data[end]}


class TextForm(AskedForm):
    kind = AnswerKind.TEXT


class DocumentForm(AskedForm):
    kind = AnswerKind.DOCUMENT


KINDS: Mapping[str, Any] = {
    AnswerKind.YES_NO.value: gettext_lazy("Yes or no"),
    AnswerKind.NUMBER.value: gettext_lazy("A number"),
    AnswerKind.CHOICE.value: gettext_lazy("One of several"),
    AnswerKind.DATE.value: gettext_lazy("A day"),
    AnswerKind.TEXT.value: gettext_lazy("A few words"),
    AnswerKind.DOCUMENT.value: gettext_lazy("A document"),
}
FORMS = {form.kind: form for form in (YesNoForm, NumberForm, ChoiceForm, DayForm, TextForm, DocumentForm)}


def form_for(kind: str) -> type[AskedForm]:
    """The form for a type of answer."""
    return FORMS[AnswerKind(kind)]


def lines_of(text: str) -> list[str]:
    """What stands on each line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def unit_of(text: str) -> str:
    """A unit as it is kept: our own name of it where there is one in the active language."""
    said = text.strip()
    return next((name for name in UNITS if telling.unit(name).casefold() == said.casefold()), said)
