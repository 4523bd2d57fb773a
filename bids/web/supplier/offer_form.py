"""An offer as a form: its fields are named like the pointers of its body, so that every fault finds its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bids.domain.composing import MAX_CHARGES, MAX_DAYS, MAX_PERIODS, Content
from bids.states import Firmness, Recurs
from bids.web.supplier.answers import answer_field, percent, rate, to_body, to_field
from marketplace.kernel.forms import ChoiceField, DateField, DomainForm, MoneyField, NumberField
from rfps.models import RfpVersion

FIRMNESS = [(Firmness.FIRM, gettext_lazy("firm")), (Firmness.ESTIMATE, gettext_lazy("an estimate, from–to"))]
INCLUDED = [("yes", gettext_lazy("included in every price here")), ("no", gettext_lazy("comes on top"))]
RECURS = [
    (Recurs.ONCE, gettext_lazy("once")),
    (Recurs.MONTH, gettext_lazy("each month")),
    (Recurs.QUARTER, gettext_lazy("each quarter")),
    (Recurs.YEAR, gettext_lazy("each year")),
]
CHARGE = ("label", "amount", "recurs", "periods", "from_period", "conditional")


class OfferForm(DomainForm):
    """Everything an offer can say. `rows` counts its charges, so that one can be added without a script."""

    rows = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MAX_CHARGES)
    version = forms.IntegerField(widget=forms.HiddenInput)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)  # of the offer that was opened
    title = forms.CharField(
        label=gettext_lazy("Name of this offer"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Short, as it stands above its column: “12 months, fixed”."),
    )
    firmness = ChoiceField(label=gettext_lazy("The price is"), choices=FIRMNESS)
    vat_rate = NumberField(label=gettext_lazy("VAT"), unit="%", least=0, most=100, decimals=4, required=False)
    vat_included = ChoiceField(
        label=gettext_lazy("VAT is"),
        choices=INCLUDED,
        error_messages={"required": gettext_lazy("Say whether VAT is in your prices.")},
    )
    valid_until = DateField(label=gettext_lazy("The offer holds until"), required=False)
    reference = forms.CharField(label=gettext_lazy("Your own reference"), max_length=100, required=False)
    note = forms.CharField(
        label=gettext_lazy("Note to the customer"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, asked: RfpVersion, content: Content, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.checked = False  # nothing keeps it from being sent
        self.asked, self.currency, self.content = asked, asked.currency, content
        self.lines, self.requirements = list(asked.lines.all()), list(asked.requirements.all())
        given = _count(self.data.get("rows", "")) if self.is_bound else None
        self.charges = min(MAX_CHARGES, len(content.get("charges") or []) if given is None else given)
        self._add_sums()
        for at, line in enumerate(self.lines):
            self._add_line(at, line.quantity)
        for at in range(self.charges):
            self._add_charge(at)
        for at, row in enumerate(self.requirements):
            self.fields[f"answers-{at}-value"] = answer_field(row)
            for name, label in (("evidence", _("Evidence")), ("deviation", _("What you offer instead"))):
                self.fields[f"answers-{at}-{name}"] = forms.CharField(label=label, max_length=2000, required=False)
        self.initial = {**self.initial, **_initial(self)}

    def _add_sums(self) -> None:
        for name, label in (("estimate-low", _("From")), ("estimate-high", _("To")), ("delivery", _("Delivery"))):
            self.fields[name] = MoneyField(label=label, currency=self.currency, least=0, required=False)

    def _add_line(self, at: int, quantity: Decimal) -> None:
        unit = MoneyField(label=_("Unit price"), currency=self.currency, decimals=6, least=0, required=False)
        self.fields[f"lines-{at}-unit_price"] = unit
        self.fields[f"lines-{at}-quantity"] = NumberField(label=_("Quantity"), least=0, required=False)
        days = NumberField(label=_("Ready in, days"), decimals=0, least=0, most=MAX_DAYS, required=False)
        self.fields[f"lines-{at}-lead_time_days"] = days
        self.fields[f"lines-{at}-not_offered"] = forms.BooleanField(label=_("Not offered"), required=False)

    def _add_charge(self, at: int) -> None:
        self.fields[f"charges-{at}-label"] = forms.CharField(label=_("What for"), max_length=120, required=False)
        amount = MoneyField(label=_("Amount"), currency=self.currency, required=False)
        self.fields[f"charges-{at}-amount"] = amount
        self.fields[f"charges-{at}-recurs"] = forms.ChoiceField(label=_("How often"), choices=RECURS, required=False)
        for name, label in (("periods", _("How many payments")), ("from_period", _("From payment no."))):
            self.fields[f"charges-{at}-{name}"] = NumberField(
                label=label, decimals=0, least=1, most=MAX_PERIODS, required=False
            )
        bonus = forms.BooleanField(label=_("A bonus with a condition; it is shown and not counted"), required=False)
        self.fields[f"charges-{at}-conditional"] = bonus

    def body(self) -> dict[str, Any]:
        """The body of the offer as far as it could be read; a row that says nothing is no row."""
        data: Mapping[str, Any] = self.cleaned_data
        estimate = data.get("firmness") == Firmness.ESTIMATE
        found: dict[str, Any] = {name: data.get(name) or "" for name in ("title", "reference", "note")}
        found |= {"version": data.get("version"), "currency": self.currency, "firmness": data.get("firmness")}
        found["estimate"] = _given({end: data.get(f"estimate-{end}") for end in ("low", "high")}) if estimate else None
        found |= {"vat_rate": rate(data.get("vat_rate")) or "0", "vat_included": data.get("vat_included") != "no"}
        found |= {"delivery": to_body(data.get("delivery")) or "0", "valid_until": to_body(data.get("valid_until"))}
        found["lines"] = self._lines(data, estimate=estimate)
        found["charges"] = [self._charge(data, at) for at in self.said_charges()]
        found["answers"] = [self._answer(data, at) for at in range(len(self.requirements))]
        return found

    def said_charges(self) -> list[int]:
        """The rows of charges in which something was written; the body counts these alone."""
        names = ("label", "amount")
        return [at for at in range(self.charges) if any(self.data.get(f"charges-{at}-{name}") for name in names)]

    def _lines(self, data: Mapping[str, Any], *, estimate: bool) -> list[dict[str, Any]]:
        rows = [
            {
                "line": str(line.public_id),
                "unit_price": to_body(data.get(f"lines-{at}-unit_price")),
                "quantity": to_body(data.get(f"lines-{at}-quantity")),
                "lead_time_days": _whole(data.get(f"lines-{at}-lead_time_days")),
                "offered": not data.get(f"lines-{at}-not_offered"),
            }
            for at, line in enumerate(self.lines)
        ]
        said = any(row["unit_price"] is not None or not row["offered"] for row in rows)
        return rows if said or not estimate else []  # an estimate may be one range for everything

    def _charge(self, data: Mapping[str, Any], at: int) -> dict[str, Any]:
        found = {name: data.get(f"charges-{at}-{name}") for name in CHARGE}
        found |= {"amount": to_body(found["amount"]), "periods": _whole(found["periods"])}
        once = found["recurs"] in ("", Recurs.ONCE)
        found |= {"recurs": found["recurs"] or Recurs.ONCE.value, "from_period": _whole(found["from_period"]) or 1}
        return found | ({"periods": None, "from_period": 1} if once else {})

    def _answer(self, data: Mapping[str, Any], at: int) -> dict[str, Any]:
        return {
            "requirement": str(self.requirements[at].public_id),
            "value": to_body(data.get(f"answers-{at}-value")),
            "evidence": data.get(f"answers-{at}-evidence") or "",
            "deviation": data.get(f"answers-{at}-deviation") or None,
        }

    def field_of(self, pointer: str) -> str | None:
        steps = pointer.split("/")
        if steps[1:2] == ["charges"] and len(steps) > 2 and steps[2].isdigit():
            said = self.said_charges()
            steps[2] = str(said[int(steps[2])]) if int(steps[2]) < len(said) else steps[2]
        return super().field_of("/".join(steps))

    def require_vat(self) -> None:
        """Whether VAT is in it is said, never assumed, before anything goes out."""
        if self.cleaned_data.get("vat_rate") is None and not self.has_error("vat_rate"):
            message = _("Say how much VAT there is; write 0 if you charge none.")
            self.add_error("vat_rate", forms.ValidationError(message, code="required"))


def moved(data: QueryDict) -> QueryDict:
    """What was sent, with one more row of charges or one less, as its button says."""
    word, count = data.get("do", ""), _count(data.get("rows", "")) or 0
    changed = data.copy()
    if word == "add":
        changed["rows"] = str(min(count + 1, MAX_CHARGES))
    elif word.startswith("remove-") and (gone := _count(word.removeprefix("remove-"))) is not None and gone < count:
        for at in range(gone, count):
            for name in CHARGE:
                changed.setlist(f"charges-{at}-{name}", data.getlist(f"charges-{at + 1}-{name}"))
        changed["rows"] = str(count - 1)
    return changed


def _count(text: str) -> int | None:
    """A number of rows as the form writes it; None of anything else."""
    return int(text) if re.fullmatch(r"[0-9]{1,3}", text) else None


def _given(ends: Mapping[str, Decimal | None]) -> dict[str, str] | None:
    return {name: format(end, "f") for name, end in ends.items() if end is not None} or None


def _whole(value: Decimal | None) -> int | None:
    return None if value is None else int(value)


def _decimal(text: Any) -> Decimal | None:
    return None if text in (None, "") else Decimal(str(text))


def _initial(form: OfferForm) -> dict[str, Any]:
    """What the fields show of a content."""
    content, estimate = form.content, form.content.get("estimate") or {}
    found: dict[str, Any] = {name: content.get(name) for name in ("title", "reference", "note", "valid_until")}
    found |= {"rows": form.charges, "firmness": content.get("firmness", Firmness.FIRM), "version": form.asked.number}
    found |= {f"estimate-{end}": _decimal(estimate.get(end)) for end in ("low", "high")}
    if content.get("vat_rate") is not None:
        found |= {"vat_rate": percent(content["vat_rate"]), "vat_included": "yes" if content["vat_included"] else "no"}
    delivery = _decimal(content.get("delivery"))
    found["delivery"] = delivery or None
    lines = {row["line"]: row for row in content.get("lines") or []}
    for at, line in enumerate(form.lines):
        row = lines.get(str(line.public_id), {})
        found |= {
            f"lines-{at}-{name}": _decimal(row.get(name)) for name in ("unit_price", "quantity", "lead_time_days")
        }
        found[f"lines-{at}-not_offered"] = row.get("offered", True) is False
    for at, row in enumerate((content.get("charges") or [])[: form.charges]):
        found |= {f"charges-{at}-{name}": row[name] for name in ("label", "recurs", "conditional")}
        found |= {f"charges-{at}-{name}": _decimal(row[name]) for name in ("amount", "periods", "from_period")}
    answers = {row["requirement"]: row for row in content.get("answers") or []}
    for at, asked in enumerate(form.requirements):
        row = answers.get(str(asked.public_id), {})
        found[f"answers-{at}-value"] = to_field(asked, row.get("value"))
        found |= {f"answers-{at}-{name}": row.get(name) or "" for name in ("evidence", "deviation")}
    return found
