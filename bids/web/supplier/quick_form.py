"""The one page of a quick offer as a form."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bids.domain.condensing import MAX_NOTE
from bids.domain.offering import Quick
from bids.web.supplier.answers import answer_field, percent, rate, to_body, to_field
from marketplace.kernel.forms import ChoiceField, DateField, DomainForm, MoneyField, NumberField

INCLUDED = [("yes", gettext_lazy("included")), ("no", gettext_lazy("comes on top"))]
PRICES = ("total", "low", "high")


class QuickForm(DomainForm):
    """Price, earliest date, must-haves, VAT, one sentence; filled from the last offer."""

    pointers: ClassVar[dict[str, str]] = {"/terms": "", "/version": ""}

    version = forms.IntegerField(widget=forms.HiddenInput)
    earliest = DateField(label=gettext_lazy("Earliest day"), required=False)
    note = forms.CharField(
        label=gettext_lazy("One sentence to the customer"),
        max_length=MAX_NOTE,
        required=False,
        help_text=gettext_lazy("No phone number, address or link; the customer chooses here."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, quick: Quick, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.quick = quick
        self.fields["version"].initial = quick.announced["version"]
        self.fields["earliest"].optional = self.fields["note"].optional = True  # type: ignore[attr-defined]
        for at, row in enumerate(quick.musts):
            filled = quick.filled.get(str(row.public_id), {})
            self.fields[f"answers-{at}-value"] = answer_field(row)
            self.initial[f"answers-{at}-value"] = to_field(row, filled.get("value"))
            self.fields[f"answers-{at}-deviation"] = forms.CharField(
                label=_("What you offer instead"), max_length=2000, required=False
            )
            self.initial[f"answers-{at}-deviation"] = filled.get("deviation") or ""
        if quick.priced:
            self._ask_price(quick.announced["currency"])

    def _ask_price(self, currency: str) -> None:
        labels = (_("Your price for everything"), _("From"), _("To"))
        for name, label in zip(PRICES, labels, strict=True):
            self.fields[name] = MoneyField(label=label, currency=currency, least=0, required=False)
        self.fields["vat_rate"] = NumberField(label=_("VAT"), unit="%", least=0, most=100, decimals=4, required=False)
        self.fields["vat_included"] = ChoiceField(label=_("VAT is"), choices=INCLUDED, required=False)
        if self.quick.vat:
            self.initial["vat_rate"] = percent(self.quick.vat[0])
            self.initial["vat_included"] = "yes" if self.quick.vat[1] else "no"

    def musts(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Each must-have with where one says how it is missed."""
        return [(self[f"answers-{at}-value"], self[f"answers-{at}-deviation"]) for at in range(len(self.quick.musts))]

    def body(self, data: dict[str, Any]) -> dict[str, Any]:
        """The body of a quick offer, as far as it could be read; sending it accepts the conditions it names."""
        found: dict[str, Any] = {"terms": self.quick.announced["terms"]["id"], "version": data.get("version")}
        found |= {name: to_body(data[name]) for name in (*PRICES, "earliest") if data.get(name) is not None}
        if self.quick.priced:
            included = {"yes": True, "no": False}.get(data.get("vat_included", ""))
            found |= {"vat_rate": rate(data.get("vat_rate")), "vat_included": included}
        found["answers"] = [
            {
                "requirement": str(row.public_id),
                "value": to_body(data.get(f"answers-{at}-value")),
                "deviation": data.get(f"answers-{at}-deviation") or None,
            }
            for at, row in enumerate(self.quick.musts)
        ]
        return found | {"note": data.get("note", "")}
