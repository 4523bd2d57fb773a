"""What a company wants to hear about, as a form."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.datastore.places import PLACED, country_names, locate
from marketplace.kernel import speaking
from marketplace.kernel.forms import ChoiceField, DomainForm, NumberField
from marketplace.kernel.money import CURRENCIES
from rfps.catalogue import all_categories
from rfps.delivery.domain.wishing import MAX_NAME, RADIUS_KM, Wish
from rfps.delivery.states import AreaKind
from rfps.states import RfpKind

AREAS = {
    AreaKind.ANYWHERE: gettext_lazy("Anywhere"),
    AreaKind.COUNTRY: gettext_lazy("In one country"),
    AreaKind.RADIUS: gettext_lazy("Around a place"),
    AreaKind.REMOTE: gettext_lazy("Only what is done from afar"),
}
KINDS = {
    RfpKind.RFP: gettext_lazy("Requests for offers"),
    RfpKind.RFI: gettext_lazy("Questions of people who are not buying yet"),
}
MAILS = {
    "instant": gettext_lazy("At once, with a link to a quick offer"),
    "digest": gettext_lazy("Once a day, all in one"),
    "none": gettext_lazy("No mail"),
}
FIRST = ("GBP", "EUR", "CHF", "USD")
LISTS = ("keywords", "excluded_keywords", "capabilities")


def _countries() -> list[tuple[str, str]]:
    return sorted(speaking.countries(country_names()), key=lambda each: each[0] not in PLACED)


class Lines(forms.CharField):
    """A list, one entry a line or between commas."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 2}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        return [part.strip() for line in text.splitlines() for part in line.split(",") if part.strip()]


class WishForm(DomainForm):
    """Categories, area, words, budget, and how the news comes."""

    pointers = {
        "/categories/*": "categories",
        "/area": "area_kind",
        "/area/country": "country",
        "/area/lat": "postcode",
        "/area/lon": "postcode",
        "/area/radius_km": "radius_km",
        "/budget/min": "budget_min",
        "/budget/max": "budget_max",
        "/budget/currency": "budget_currency",
        "/channels/mail": "mail",
        **{f"/{name}/*": name for name in (*LISTS, "kinds")},
    }

    name = forms.CharField(
        label=gettext_lazy("Name"), help_text=gettext_lazy("For yourself."), required=False, max_length=MAX_NAME
    )
    categories = forms.MultipleChoiceField(
        label=gettext_lazy("What"), choices=[(each.id, each.label) for each in all_categories()]
    )
    area_kind = ChoiceField(label=gettext_lazy("Where"), choices=list(AREAS.items()), initial=AreaKind.ANYWHERE)
    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=lazy(_countries, list)(), initial="GB")
    postcode = forms.CharField(label=gettext_lazy("Postcode"), required=False, max_length=16)
    radius_km = NumberField(
        label=gettext_lazy("How far from there"), unit="km", decimals=0, least=RADIUS_KM[0], most=RADIUS_KM[1],
        required=False, initial=Decimal(50),
    )  # fmt: skip
    keywords = Lines(
        label=gettext_lazy("Only with one of these words"),
        help_text=gettext_lazy("One a line, up to three words each. Empty: any."),
    )
    excluded_keywords = Lines(label=gettext_lazy("Never with one of these words"))
    budget_min = NumberField(label=gettext_lazy("Worth at least"), decimals=2, least=0, required=False)
    budget_max = NumberField(label=gettext_lazy("Worth at most"), decimals=2, least=0, required=False)
    budget_currency = forms.ChoiceField(
        label=gettext_lazy("Currency"),
        choices=[(each, each) for each in (*FIRST, *sorted(set(CURRENCIES) - set(FIRST)))],
    )
    capabilities = Lines(
        label=gettext_lazy("What you can also do"),
        help_text=gettext_lazy("For example: installation. Requests that ask for it come only to those who say so."),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds"), choices=list(KINDS.items()), widget=forms.CheckboxSelectMultiple
    )
    mail = ChoiceField(label=gettext_lazy("By mail"), choices=list(MAILS.items()))

    def __init__(self, *args: Any, before: Wish, **kwargs: Any) -> None:
        self.before = before
        initial = {name: getattr(before, name) for name in self.base_fields if hasattr(before, name)}
        for name in ("radius_km", "budget_min", "budget_max"):
            initial[name] = Decimal(str(initial[name])) if initial[name] is not None else None
        initial["radius_km"] = initial["radius_km"] or Decimal(50)
        initial["country"], initial["budget_currency"] = before.country or "GB", before.budget_currency or "GBP"
        super().__init__(*args, initial=initial, **kwargs)

    def clean(self) -> dict[str, Any]:
        """The point that the postcode stands for; without one, the point there was."""
        given = super().clean() or self.cleaned_data
        if given.get("area_kind") != AreaKind.RADIUS:
            return given
        self.point = (self.before.lat, self.before.lon)
        if code := given.get("postcode"):
            place = locate(given.get("country", ""), code)
            if place is None:
                self.add_error("postcode", _("We do not know this postcode in this country."))
            else:
                self.point = (place.lat, place.lon)
        return given

    def wish(self, body: dict[str, Any]) -> Wish:
        """What the form says, over what it does not speak of."""
        plain = ("name", "categories", "area_kind", "kinds", "mail", "budget_min", "budget_max", *LISTS)
        priced = body["budget_min"] is not None or body["budget_max"] is not None
        said = {name: body[name] for name in plain}
        said["budget_currency"] = body["budget_currency"] if priced else ""
        said |= {"country": "", "lat": None, "lon": None, "radius_km": None}
        if body["area_kind"] == AreaKind.COUNTRY:
            said["country"] = body["country"]
        if body["area_kind"] == AreaKind.RADIUS:
            far = body["radius_km"]
            said |= {"lat": self.point[0], "lon": self.point[1], "radius_km": None if far is None else float(far)}
        return replace(self.before, **said)
