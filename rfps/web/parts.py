"""The small forms behind each *Change*: one part of a request each."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.datastore.domain import telling
from marketplace.kernel.forms import ChoiceField, DateField, DomainForm, MoneyField, NumberField
from rfps.domain import saying
from rfps.domain.checking import as_instant, moment
from rfps.domain.composing import Body
from rfps.domain.drafting import Content
from rfps.domain.judging import ANCHORED, PRICED
from rfps.domain.starting import CLOSES
from rfps.models import Rfp
from rfps.states import CriterionKind
from rfps.web.forms import countries


class Part(DomainForm):
    """A part of the body: filled from it, and back into it."""

    title: ClassVar[Any]
    lead: ClassVar[Any] = ""

    def __init__(self, *args: Any, content: Content, zone: str, **kwargs: Any) -> None:
        self.content, self.zone = content, ZoneInfo(zone)
        super().__init__(*args, **kwargs)
        for name, value in self.filled(content.body).items():
            self.initial.setdefault(name, value)

    def filled(self, body: Body) -> dict[str, Any]:
        """The fields' values as the body has them."""
        return {name: body[name] for name in self.fields if name in body}

    def body(self) -> dict[str, Any]:
        """The members to replace."""
        return {name: value if value != "" else None for name, value in self.cleaned_data.items()}


class Words(Part):
    title = gettext_lazy("What you wrote")
    lead = gettext_lazy("Every company that fits reads this. Leave out your name, your address and how to reach you.")
    sees = {"need": "S0"}

    need = forms.CharField(
        label=gettext_lazy("What you need"), max_length=20_000, required=False, widget=forms.Textarea
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Its own name, so that the heading of the form and the heading of the request stay apart.
        self.fields["title"] = forms.CharField(label=_("In short"), max_length=200, initial=self.content.body["title"])
        self.fields["title"].sees = "S0"  # type: ignore[attr-defined]
        self.order_fields(["title", "need"])


class Place(Part):
    title = gettext_lazy("Where it is needed")
    lead = gettext_lazy("Companies that fit see the area, about 30 km wide, and never the postcode.")
    pointers = {"/area": "country", "/area/postcode": "postcode", "/currency": "country"}

    country = forms.ChoiceField(label=gettext_lazy("Country"))
    postcode = forms.CharField(
        label=gettext_lazy("Postcode"),
        help_text=gettext_lazy("Empty: the whole country."),
        max_length=12,
        required=False,
    )
    remote = forms.BooleanField(label=gettext_lazy("The place does not matter"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = countries()  # type: ignore[attr-defined]

    def filled(self, body: Body) -> dict[str, Any]:
        return dict(body["area"] or {})

    def body(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given["remote"]:
            return {"area": {"remote": True}}
        return {"area": {name: given[name] for name in ("country", "postcode") if given[name]}}


class Budget(Part):
    title = gettext_lazy("Budget")
    lead = gettext_lazy(
        "A budget that companies know draws prices towards it; hidden, it only helps you to judge offers."
    )
    pointers = {"/budget/amount": "amount", "/budget/disclosure": "disclosure", "/budget": "amount"}

    disclosure = ChoiceField(
        label=gettext_lazy("Who sees it"),
        choices=[
            ("hidden", gettext_lazy("Nobody but you")),
            ("band", gettext_lazy("Companies that fit, roughly")),
            ("exact", gettext_lazy("Companies that fit, to the last digit")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currency = self.content.body["currency"] or "GBP"
        self.fields["amount"] = MoneyField(
            label=_("At most"), currency=currency, least=0, required=False, help_text=_("Empty: no budget.")
        )
        self.order_fields(["amount", "disclosure"])

    def filled(self, body: Body) -> dict[str, Any]:
        budget = body["budget"] or {"disclosure": "hidden"}
        amount = {"amount": Decimal(budget["amount"])} if "amount" in budget else {}
        return {"disclosure": budget["disclosure"], **amount}

    def body(self) -> dict[str, Any]:
        given, before = self.cleaned_data, self.content.body["budget"] or {}
        if given["amount"] is None:
            return {"budget": None}
        currency = self.content.body["currency"] or "GBP"
        kept = {"currency": currency, "binding": before.get("binding", False)}
        return {"budget": kept | {"amount": f"{given['amount']:f}", "disclosure": given["disclosure"]}}


class Dates(Part):
    title = gettext_lazy("Dates")
    lead = gettext_lazy("Until when companies can make offers, and when you want to have chosen; both at 18:00.")
    pointers = {"/closes_at": "closes_on", "/decides_by": "decides_on"}

    closes_on = DateField(label=gettext_lazy("Offers until"))
    decides_on = DateField(
        label=gettext_lazy("You choose by"),
        required=False,
        help_text=gettext_lazy("Empty: as long after it as is usual."),
    )

    def filled(self, body: Body) -> dict[str, Any]:
        pairs = (("closes_on", body["closes_at"]), ("decides_on", body["decides_by"]))
        return {name: moment(at).astimezone(self.zone).date() for name, at in pairs if at}

    def body(self) -> dict[str, Any]:
        pairs = (("closes_at", "closes_on"), ("decides_by", "decides_on"))
        return {name: self._at(self.cleaned_data[field]) for name, field in pairs}

    def _at(self, day: Any) -> str | None:
        return as_instant(datetime.combine(day, CLOSES, tzinfo=self.zone)) if day else None


class Rules(Part):
    title = gettext_lazy("How offers are made")
    lead = gettext_lazy("We filled this in for what you need; it rarely has to change.")

    sealing = ChoiceField(
        label=gettext_lazy("When offers can be read"),
        choices=[
            ("sealed", gettext_lazy("Closed until the date: nobody sees another’s price, not even you")),
            ("open", gettext_lazy("As they come: you read each at once, companies see only their own")),
        ],
    )
    places = NumberField(label=gettext_lazy("Companies that can make an offer, at most"), decimals=0, least=1, most=50)
    options = NumberField(label=gettext_lazy("Variants that each can offer, at most"), decimals=0, least=1, most=5)
    blind = forms.BooleanField(label=gettext_lazy("Hide the companies’ names from me until I choose"), required=False)

    def body(self) -> dict[str, Any]:
        return self.cleaned_data | {name: int(self.cleaned_data[name]) for name in ("places", "options")}


class Counting(Part):
    title = gettext_lazy("What counts")
    lead = gettext_lazy(
        "Points by weight. Between the two ends points fall evenly. You can try other weights when offers are in."
    )
    pointers = {"/criteria/*/*": "{1}-{0}", "/criteria/*": "weight-{0}", "/criteria": "weight-0"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for at, row in enumerate(self.content.body["criteria"]):
            name = saying.counted(row, self.content.body)
            self.fields[f"weight-{at}"] = NumberField(
                label=_("%(what)s: weight") % {"what": name}, decimals=0, least=0, most=1000
            )
            if row["kind"] in ANCHORED and row["kind"] != CriterionKind.DATE:
                self._ends(at, row)

    def _ends(self, at: int, row: Body) -> None:
        body = self.content.body
        priced = row["kind"] in PRICED
        unit = body["currency"] if priced else telling.units(saying.unit_of(row, body))
        what = saying.counted(row, body)
        for end, label in (("best", _("%(what)s: full points at")), ("worst", _("%(what)s: no points at"))):
            self.fields[f"{end}-{at}"] = NumberField(
                label=label % {"what": what}, decimals=2, unit=unit or "", least=0 if priced else None, required=False
            )

    def filled(self, body: Body) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for at, row in enumerate(body["criteria"]):
            found[f"weight-{at}"] = Decimal(str(row["weight"]))
            ends = [end for end in ("best", "worst") if row.get(end) and row["kind"] != CriterionKind.DATE]
            found |= {f"{end}-{at}": Decimal(row[end]) for end in ends}
        return found

    def body(self) -> dict[str, Any]:
        return {"criteria": [self._row(at, row) for at, row in enumerate(self.content.body["criteria"])]}

    def _row(self, at: int, row: Body) -> Body:
        given = {**row, "weight": int(self.cleaned_data[f"weight-{at}"])}
        for end in ("best", "worst"):
            if f"{end}-{at}" in self.fields:
                value = self.cleaned_data[f"{end}-{at}"]
                given[end] = None if value is None else f"{value:f}"
        return {name: value for name, value in given.items() if value is not None}


PARTS: dict[str, type[Part]] = {
    "words": Words,
    "place": Place,
    "budget": Budget,
    "dates": Dates,
    "rules": Rules,
    "counting": Counting,
}
OWNERS = {
    "title": "words", "need": "words", "area": "place", "currency": "place", "budget": "budget", "criteria": "counting",
    "closes_at": "dates", "decides_by": "dates",
}  # fmt: skip
LISTS = {"lines": "parts", "requirements": "wanted"}


def way_to(rfp: Rfp, pointer: str) -> str:
    """The form in which a fault is put right."""
    member, *row = (pointer.split("/")[1:] or [""])[:2]
    if member not in LISTS:
        return reverse("compose-change", args=[rfp.public_id, OWNERS.get(member, "rules")])
    if row:
        return reverse("compose-row", args=[rfp.public_id, LISTS[member], int(row[0])])
    return reverse("compose-rows", args=[rfp.public_id, LISTS[member]])
