"""A quick offer's few members as the content of a real bid.

How one price becomes a bid that the comparison ("eval-1") reads honestly:

- A request with one part: the price is that part's, divided by the quantity asked for.
- Several parts, or a quantity that the price cannot be divided by to the last digit: one sum for everything, as an
  estimate whose low and high ends are that sum, with no word on any part. It counts in full, is marked as an estimate,
  takes part in no split, and earns nothing on a part's own price. A split made up by us, or parts at nought beside one
  charge, would show prices that nobody offered, or let parts look free.
- From–to: an estimate, ranked by its high end.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bids.domain.composing import ANSWER, MAX_DAYS, MAX_ROWS, NOT_NEGATIVE, Content
from bids.domain.recalling import musts
from bids.states import Firmness
from marketplace.kernel.errors import Fault
from marketplace.kernel.money import minor_unit
from rfps.domain import checking
from rfps.domain.checking import Check, Faults, fault
from rfps.models import LineItem, RfpVersion

MAX_NOTE = 300
UNIT_DIGITS = Decimal("0.000001")
PRICE = ("total", "low", "high")
VAT = ("vat_rate", "vat_included")


def read(body: Any, asked: RfpVersion, *, today: date) -> tuple[Content, Faults]:
    """The members of a quick offer, clean, and everything wrong with them."""
    faults: Faults = []
    found = checking.table(_members(asked.currency), required=["terms"])(body, "", faults) or {}
    given = {name: value for name, value in found.items() if value is not None}
    named = body if isinstance(body, dict) else {}
    if priced(asked):
        _check_price(given, named, faults)
    else:
        for name in PRICE:
            if name in given:
                fault(faults, f"/{name}", "no_price", _("This request asks for answers, not for a price."))
    if given.get("earliest") and date.fromisoformat(given["earliest"]) < today:
        fault(faults, "/earliest", "in_the_past", _("This day is over."))
    return given, faults


def content_of(given: Content, asked: RfpVersion) -> Content:
    """The body of a bid that is submitted at once, as every other door would send it."""
    content: Content = {"submit": True, "note": _note(given), "answers": _answers(given, asked)}
    content |= {name: given[name] for name in ("version", *VAT) if name in given}
    if not priced(asked):
        return content
    line = _only_line(asked)
    each = _unit_price(Decimal(given["total"]), line.quantity, asked.currency) if line and "total" in given else None
    if line is None or each is None:
        ends = {"low": given.get("total", given.get("low")), "high": given.get("total", given.get("high"))}
        return content | {"firmness": Firmness.ESTIMATE.value, "estimate": ends}
    row = {"line": str(line.public_id), "unit_price": format(each, "f")}
    return content | {"lines": [row | {"lead_time_days": given.get("lead_time_days")}]}


def pointed(faults: list[Fault], given: Content) -> list[Fault]:
    """The faults of the bid, pointing at what the person filled in."""
    price = "/total" if "total" in given else "/high"
    places = {"/estimate/high": price, "/estimate/low": "/total" if "total" in given else "/low", "": price}
    places |= {"/lines/0/unit_price": price, "/lines/0/lead_time_days": "/lead_time_days"}
    return [Fault(places.get(one.pointer, one.pointer), one.code, one.message) for one in faults]


def priced(asked: RfpVersion) -> bool:
    """Whether a price is asked for at all."""
    return bool(asked.lines.all())


def _members(currency: str) -> Mapping[str, Check]:
    amount = checking.decimal(minor_unit(currency), low=NOT_NEGATIVE)
    return {
        "terms": checking.text(64, blank=False),
        "version": checking.whole(1, 10_000),
        **dict.fromkeys(PRICE, amount),
        "vat_rate": checking.decimal(6, low=NOT_NEGATIVE, high=Decimal(1)),
        "vat_included": checking.flag,
        "earliest": checking.day,
        "lead_time_days": checking.whole(0, MAX_DAYS),
        "answers": checking.rows(checking.table(ANSWER, required=["requirement"]), MAX_ROWS),
        "note": checking.text(MAX_NOTE),
    }


def _check_price(given: Content, named: Mapping[str, Any], faults: Faults) -> None:
    """One sum, or from–to; whether VAT is in it is said, never assumed."""
    ends = [name for name in ("low", "high") if named.get(name) is not None]
    if named.get("total") is not None and ends:
        fault(faults, "/total", "two_prices", _("Give one price, or from–to, not both."))
    if named.get("total") is None and not ends:
        fault(faults, "/total", "required", _("Give a price."))
    if len(ends) == 1:
        missing = "high" if ends == ["low"] else "low"
        fault(faults, f"/{missing}", "required", _("Give both ends."))
    if "low" in given and "high" in given and Decimal(given["low"]) > Decimal(given["high"]):
        fault(faults, "/low", "empty_range", _("The low end is above the high end."))
    for name in VAT:
        if named.get(name) is None:
            fault(faults, f"/{name}", "required", _("Say how VAT is counted."))


def _only_line(asked: RfpVersion) -> LineItem | None:
    lines = list(asked.lines.all())
    return lines[0] if len(lines) == 1 else None


def _unit_price(total: Decimal, quantity: Decimal, currency: str) -> Decimal | None:
    """The price of one, if so many of them cost the total again; near enough that VAT on it moves no last digit."""
    if quantity <= 0:
        return None
    each = (total / quantity).quantize(UNIT_DIGITS, rounding=ROUND_HALF_EVEN)
    step = Decimal(1).scaleb(-minor_unit(currency))
    return each if abs(each * quantity - total) * 4 < step else None


def _answers(given: Content, asked: RfpVersion) -> list[dict[str, Any]]:
    """As given, and behind them the must-haves without a word, so that each fault has a place."""
    rows = [row for row in given.get("answers", []) if row]
    named = {row.get("requirement") for row in rows}
    silent = [str(row.public_id) for row in musts(asked) if str(row.public_id) not in named]
    return [*rows, *({"requirement": one, "value": None} for one in silent)]


def _note(given: Content) -> str:
    """The person's sentence, before it what no column of a bid holds."""
    parts = []
    if "earliest" in given:
        day = date_format(date.fromisoformat(given["earliest"]), "j F Y")
        parts.append(_("Earliest: %(day)s.") % {"day": day})
    if (days := given.get("lead_time_days")) is not None:
        text = ngettext("Ready %(days)d day after your choice.", "Ready %(days)d days after your choice.", days)
        parts.append(text % {"days": days})
    return " ".join([*parts, given.get("note", "")]).strip()
