"""What a request asks and shows, in the words of the page that a supplier reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.datastore import catalogue as fields
from accounts.datastore.domain import telling
from bids.domain.wording import COUNTED
from marketplace.kernel import speaking
from rfps import catalogue
from rfps.domain.saying import named
from rfps.states import Level, Sealing


@dataclass(frozen=True, slots=True)
class Part:
    """One priced row."""

    title: str
    quantity: str
    spec: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """One requirement, with what an answer has to be."""

    text: str
    must: bool
    limit: str
    evidence: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as every supplier that fits may know it."""

    title: str
    need: str
    category: str
    area: str
    budget: str
    horizon: str
    parts: tuple[Part, ...]
    wanted: tuple[Wanted, ...]
    closes_at: datetime
    decides_by: datetime
    terms: str
    options: int
    sealed: bool


@dataclass(frozen=True, slots=True)
class Fact:
    """Something of the customer's, as this supplier may see it today."""

    name: str
    value: str


def asked(body: Mapping[str, Any]) -> Asked:
    """The announced body of a request, or of an example of one."""
    months = body.get("horizon_months")
    return Asked(
        title=body["title"],
        need=body["need"],
        category=label_of(body["category"]),
        area=area(body.get("area") or {}),
        budget=budget(body.get("budget")),
        horizon=measured(months, "month") if months else "",
        parts=tuple(part(row["title"], row["quantity"], row["unit"], row["spec"]) for row in body["lines"]),
        wanted=tuple(
            Wanted(row["text"], row["level"] == Level.MUST, limit(row), bool(row["evidence"]))
            for row in body["requirements"]
        ),
        closes_at=datetime.fromisoformat(body["closes_at"]),
        decides_by=datetime.fromisoformat(body["decides_by"]),
        terms=body["terms"]["id"],
        options=body["options"],
        sealed=body["sealing"] == Sealing.SEALED,
    )


def label_of(category: str) -> str:
    """The category's name, with the one above it."""
    if not catalogue.exists(category):
        return category
    return " · ".join(_(node.label) for node in catalogue.ancestors(category)[-2:])


def area(shown: Mapping[str, Any]) -> str:
    """Where it is, as coarse as it was announced."""
    return _("anywhere: the place does not matter") if shown.get("remote") else str(shown.get("label") or "")


def budget(shown: Mapping[str, Any] | None) -> str:
    """The budget as the customer shows it; empty while hidden."""
    if not shown:
        return ""
    if "amount" in shown:
        said = speaking.money(Decimal(shown["amount"]), shown["currency"])
    else:
        ends = {name: speaking.money(Decimal(shown[name]), shown["currency"]) for name in ("from", "to")}
        said = _("%(from)s to %(to)s") % ends
    return _("%(budget)s, not more") % {"budget": said} if shown["binding"] else said


def limit(row: Mapping[str, Any]) -> str:
    """What an answer has to be, empty where any will do."""
    unit = row.get("unit") or ""
    said = {
        "min": _("at least %(value)s"),
        "max": _("at most %(value)s"),
        "in": _("one of: %(value)s"),
        "equals": "%(value)s",
    }
    rule = row.get("constraint") or {}
    return ", ".join(said[name] % {"value": answer(value, unit)} for name, value in rule.items() if name in said)


def answer(value: Any, unit: str = "") -> str:
    """An answer, or a bound of one: yes, 30 day, 1 May 2030."""
    if isinstance(value, bool):
        return pgettext("answer", "yes") if value else pgettext("answer", "no")
    if isinstance(value, int | float | Decimal):
        return measured(value, unit)
    if isinstance(value, list):
        return ", ".join(answer(each, unit) for each in value)
    return "–" if value in (None, "") else str(value)


def part(title: str, quantity: Any, unit: str, spec: str) -> Part:
    """A priced row in words."""
    return Part(named(title, unit), measured(quantity, unit), spec)


def measured(amount: Any, unit: str) -> str:
    """A quantity with its unit, in the language of the page."""
    exact = Decimal(str(amount))
    said = speaking.number(exact)
    if unit in COUNTED:
        return COUNTED[unit](int(exact) if exact == exact.to_integral_value() else 2) % {"number": said}
    return f"{said}\u00a0{pgettext('unit', unit)}" if unit else said


def fact(row: Mapping[str, Any]) -> Fact:
    """A disclosed value with its name."""
    return Fact(_(fields.field(row["field"]).label), telling.shown(row["field"], row["value"]))
