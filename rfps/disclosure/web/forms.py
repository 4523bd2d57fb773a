"""A form for a fact, made from its datatype: what is typed becomes the value that the catalogue checks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.datastore import places
from accounts.datastore.catalogue import Field
from accounts.datastore.domain.telling import choice
from marketplace.kernel import speaking
from marketplace.kernel.forms import ChoiceField, DateField, DomainForm, NumberField, YesNoField
from marketplace.kernel.money import CURRENCIES

VALUE = "value"
FEW = 9  # choices that stand in rows; more of them in a list
LONG = 300  # characters from which a text gets lines
ADDRESS = {
    "streetAddress": gettext_lazy("Street and number"),
    "extendedAddress": gettext_lazy("Flat, floor or building"),
    "postalCode": gettext_lazy("Postcode"),
    "addressLocality": gettext_lazy("Town"),
    "addressRegion": gettext_lazy("Region"),
    "addressCountry": gettext_lazy("Country"),
}
POINT = {"lat": gettext_lazy("Latitude"), "lon": gettext_lazy("Longitude")}
NEEDED = frozenset({"streetAddress", *POINT})
USUAL = ("GBP", "EUR", "USD", "CHF")


class FactForm(DomainForm):
    """The value of one field; `version` is the one that the person read, empty for the first."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, known: Field, current: Any = None, version: int | None = None, **kwargs: Any
    ) -> None:
        self.known = known
        super().__init__(*args, initial={"version": version, **_typed(known.datatype, current)}, **kwargs)
        self.fields |= _fields(known)
        self.order_fields([name for name in self.fields if name != "version"])

    def value(self) -> Any:
        """As the data store keeps it."""
        given = {name: self.cleaned_data[name] for name in self.fields if name.startswith(VALUE)}
        parts = {name.partition("-")[2]: said for name, said in given.items()}
        match kind_of(self.known.datatype):
            case "address":
                return {"@type": "PostalAddress"} | {name: said for name, said in parts.items() if said}
            case "point":
                return {name: float(said) for name, said in parts.items()}
            case "money":
                return {"amount": f"{parts['amount']:f}", "currency": parts["currency"]}
            case "integer":
                return int(given[VALUE])
            case "number":
                return _plain(given[VALUE])
            case "date":
                return given[VALUE].isoformat()
        return given[VALUE]


class ThingForm(DomainForm):
    """A thing under a name of its owner's."""

    label = forms.CharField(
        label=gettext_lazy("What do you call it?"), help_text=gettext_lazy("Only you see this name."), max_length=120
    )


def kind_of(datatype: Mapping[str, Any]) -> str:
    """What a person is asked for."""
    if "anyOf" in datatype:
        return "address"
    properties = datatype.get("properties", {})
    if properties:
        return "money" if "currency" in properties else "point"
    if "enum" in datatype:
        return "choice"
    formats = {"date": "date", "birth-date": "date", "country": "country", "email": "email", "phone": "phone"}
    return formats.get(datatype.get("format", ""), str(datatype["type"]))


def _fields(known: Field) -> dict[str, forms.Field]:
    label = _(known.label)  # what it is for stands above the form
    kind = kind_of(known.datatype)
    if kind == "address":
        return {f"{VALUE}-{name}": _part(name, said) for name, said in ADDRESS.items()}
    if kind == "point":
        return {f"{VALUE}-{name}": NumberField(label=said, decimals=6) for name, said in POINT.items()}
    if kind == "money":
        usual = [(code, code) for code in USUAL] + [(code, code) for code in sorted(set(CURRENCIES) - set(USUAL))]
        amount = NumberField(label=label, decimals=2, least=0)
        return {f"{VALUE}-amount": amount, f"{VALUE}-currency": forms.ChoiceField(label=_("Currency"), choices=usual)}
    return {VALUE: _single(kind, known, label=label)}


def _part(name: str, label: Any) -> forms.Field:
    if name == "addressCountry":
        return forms.ChoiceField(label=label, choices=_countries(), required=False)
    return forms.CharField(label=label, max_length=300, required=name in NEEDED)


def _single(kind: str, known: Field, **said: Any) -> forms.Field:
    datatype = known.datatype
    match kind:
        case "choice":
            choices = [(name, choice(name)) for name in datatype["enum"]]
            return (ChoiceField if len(choices) <= FEW else forms.ChoiceField)(choices=choices, **said)
        case "array":
            choices = [(name, choice(name)) for name in datatype["items"]["enum"]]
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **said)
        case "boolean":
            return YesNoField(**said)
        case "integer" | "number":
            unit = unit_of(known.unit)
            least, most = (datatype.get(name) for name in ("minimum", "maximum"))
            bounds = {"most": Decimal(str(most))} if most is not None else {}
            decimals = 0 if kind == "integer" else 3
            return NumberField(unit=unit, decimals=decimals, least=least, **bounds, **said)
        case "date":
            return DateField(**said)
        case "country":
            return forms.ChoiceField(choices=_countries(), **said)
    return _text(kind, int(datatype.get("maxLength", 200)), **said)


def _text(kind: str, longest: int, **said: Any) -> forms.Field:
    kinds = {"email": forms.EmailInput(), "phone": forms.TextInput(attrs={"type": "tel"})}
    widget = kinds.get(kind, forms.Textarea(attrs={"rows": 4}) if longest >= LONG else forms.TextInput())
    return forms.CharField(max_length=longest, widget=widget, **said)


def unit_of(unit: str | None) -> str:
    """The unit as the page writes it."""
    return pgettext("unit", unit) if unit else ""


def _countries() -> list[tuple[str, str]]:
    return [("", _("Choose a country")), *speaking.countries(places.country_names())]


def _typed(datatype: Mapping[str, Any], value: Any) -> dict[str, Any]:
    """A value as the fields of its form begin with it."""
    if value is None:
        return {}
    kind = kind_of(datatype)
    if kind == "address":
        parts = {"streetAddress": value} if isinstance(value, str) else value
        return {f"{VALUE}-{name}": parts.get(name, "") for name in ADDRESS}
    if kind == "point":
        return {f"{VALUE}-{name}": Decimal(str(value[name])) for name in POINT}
    if kind == "money":
        return {f"{VALUE}-amount": Decimal(value["amount"]), f"{VALUE}-currency": value["currency"]}
    if kind == "date":
        return {VALUE: date.fromisoformat(value)}
    return {VALUE: Decimal(str(value)) if kind in ("integer", "number") else value}


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)
