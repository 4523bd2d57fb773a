"""What people type while they compose a request."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.datastore import catalogue
from accounts.datastore.domain import telling
from marketplace.kernel import speaking
from marketplace.kernel.forms import ChoiceField, DateField, DomainForm, MoneyField, NumberField, YesNoField
from rfps.blueprints import Question
from rfps.domain.answering import Asked, Sheet
from rfps.domain.filling import CURRENCY_OF

UNSURE = "unsure-"
HOME_OF = {"de": "DE", "en": "GB"}
LONGEST_NEED = 20_000


def countries() -> list[tuple[str, str]]:
    """The countries whose money we know, by name in the active language."""
    return speaking.countries(CURRENCY_OF)


class SentenceForm(DomainForm):
    """What is needed, in a sentence; the category comes with a button."""

    pointers = {"/need": "sentence"}

    sentence = forms.CharField(
        label=gettext_lazy("Say what you need"),
        help_text=gettext_lazy(
            "One sentence is enough, without your name or address: “A year of electricity for a small flat.”"
        ),
        max_length=LONGEST_NEED,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    category = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)


class DetailsForm(DomainForm):
    """The template's questions; an empty answer is "I don't know"."""

    pointers = {"/answers/*/*": "{0}", "/answers/*": "{0}", "/area/postcode": "postcode", "/area": "country"}

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet, self.keys = sheet, [each.question.key for each in sheet.asked]
        here = HOME_OF.get((get_language() or "en").split("-")[0], "GB")
        self.fields["country"] = forms.ChoiceField(
            label=_("Country"), choices=countries(), initial=sheet.country or here, required=False
        )
        self.fields["postcode"] = forms.CharField(
            label=_("Postcode"), max_length=12, required=False, initial=sheet.postcode,
            help_text=_("Empty if you do not want to say it: then companies of the whole country hear of it."),
        )  # fmt: skip
        self.fields["postcode"].widget.attrs["autocomplete"] = "postal-code"
        for name in ("country", "postcode"):
            self.fields[name].sees = "S0"  # type: ignore[attr-defined]  # read by components/field.html
        for each in sheet.asked:
            self._ask(each)

    def _ask(self, asked: Asked) -> None:
        key = asked.question.key
        field = field_for(asked.question, self.sheet.currency or "GBP")
        field.label, field.help_text, field.required = _(asked.question.text), _(asked.question.where), False
        field.initial = initial_of(asked.value)
        field.sees = asked.sees or "none"  # type: ignore[attr-defined]
        self.fields[key] = field
        if not isinstance(field.widget, forms.RadioSelect):
            label, note = _("I don’t know"), _(asked.question.estimate.note)
            self.fields[UNSURE + key] = forms.BooleanField(label=label, help_text=note, required=False)

    def rows(self) -> list[dict[str, Any]]:
        """Each question with its way out and what is known of the answer."""
        unsure = {key: self[UNSURE + key] for key in self.keys if UNSURE + key in self.fields}
        return [
            {"field": self[each.question.key], "unsure": unsure.get(each.question.key), "asked": each}
            for each in self.sheet.asked
        ]

    def answers(self) -> dict[str, Any]:
        """As the domain takes them; None for what is not known."""
        found = {}
        for key in self.keys:
            value = None if self.cleaned_data.get(UNSURE + key) else self.cleaned_data[key]
            found[key] = plain(value, self.fields[key])
        return found

    def place(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("country", "postcode")}


def field_for(question: Question, currency: str) -> forms.Field:
    """The field that takes the answer."""
    if question.answer:
        return _own_field(question)
    known = catalogue.field(question.key)
    kind, shape = known.datatype.get("type"), known.datatype
    if "enum" in shape:
        return _few([(one, telling.choice(one)) for one in shape["enum"]], question)
    if kind == "array":
        choices = [(one, telling.choice(one)) for one in shape["items"]["enum"]]
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple)
    if kind == "boolean":
        return YesNoField(unsure=True)
    if kind in ("integer", "number"):
        unit = telling.units(known.unit or "")
        return NumberField(decimals=0 if kind == "integer" else 2, unit=unit)
    if kind == "object":
        return MoneyField(currency=currency)
    if shape.get("format") in ("date", "birth-date"):
        return DateField()
    return forms.CharField(max_length=shape.get("maxLength", 500))


def _own_field(question: Question) -> forms.Field:
    match question.answer:
        case "choice":
            return _few([(one.value, _(one.label)) for one in question.choices], question)
        case "yes_no":
            return YesNoField(unsure=True)
        case "number":
            return NumberField(decimals=2, unit=telling.units(question.unit), least=0, most=1_000_000)
        case "date":
            return DateField()
    return forms.CharField(max_length=500)


def _few(choices: list[tuple[str, str]], question: Question) -> ChoiceField:
    unsure = f"{_('I don’t know')}. {_(question.estimate.note)}"
    return ChoiceField(choices=[*choices, ("", unsure)])


def initial_of(value: Any) -> Any:
    """A kept value as its field shows it."""
    if isinstance(value, dict) and "amount" in value:
        return Decimal(value["amount"])
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


def plain(value: Any, field: forms.Field) -> Any:
    """What was typed, as JSON; None for nothing."""
    if value in (None, "", []):
        return None
    if isinstance(field, MoneyField):
        return {"amount": f"{value:f}", "currency": field.currency}
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value
