"""The content of a bid as its supplier writes it: checked member by member, every fault at once.

Lenient on what is missing (a draft may be half done), strict on what is wrong. The clean content has the form of the
API's body, decimals as text; `writing` turns it into rows and back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from bids.states import Firmness, Recurs
from marketplace.kernel.money import minor_unit
from rfps.domain import checking
from rfps.domain.checking import Check, Faults, fault
from rfps.models import Requirement, RfpVersion
from rfps.states import AnswerKind

Content = dict[str, Any]

MAX_CHARGES, MAX_ROWS, MAX_PERIODS, MAX_DAYS = 50, 200, 600, 3650
NOT_NEGATIVE = Decimal(0)


def compose(body: Any, version: RfpVersion, *, options: int = 5) -> tuple[Content, Faults]:
    """The members that were given, clean, and everything wrong with them, for an answer to `version`."""
    faults: Faults = []
    found = checking.table(members(version.currency, options))(body, "", faults) or {}
    content = {name: value for name, value in found.items() if value is not None}
    _check_estimate(content, faults)
    check_rows(content, version, faults)
    return content, faults


def check_rows(content: Content, version: RfpVersion, faults: Faults) -> None:
    """Lines and answers against the request's rows, each at most once; charges against what may lower a price."""
    lines = {str(line.public_id) for line in version.lines.all()}
    _check_known(content, "lines", "line", lines, faults)
    asked = {str(requirement.public_id): requirement for requirement in version.requirements.all()}
    _check_known(content, "answers", "requirement", set(asked), faults)
    _check_answers(content, asked, faults)
    _check_charges(content, faults)


def members(currency: str, options: int) -> Mapping[str, Check]:
    """What a body may hold. `rfp` and `version` say what it answers, `submit` what to do with it."""
    amount = checking.decimal(minor_unit(currency), low=NOT_NEGATIVE)
    return {
        "rfp": checking.identifier,
        "version": checking.whole(1, 10_000),
        "option": checking.whole(1, options),
        "submit": checking.flag,
        **priced(currency),
        "firmness": _firmness(amount),
        "estimate": checking.table({"low": amount, "high": amount}, required=["high"]),
        "answers": checking.rows(checking.table(ANSWER, required=["requirement"]), MAX_ROWS),
        "valid_until": checking.day,
        "reference": checking.text(100),
        "note": checking.text(5000),
    }


def priced(currency: str) -> dict[str, Check]:
    """The members that make up a price; the customer's own columns have them too."""
    amount = checking.decimal(minor_unit(currency), low=NOT_NEGATIVE)
    signed = checking.decimal(minor_unit(currency))
    charge = checking.table({**CHARGE, "amount": signed}, required=["label", "amount"])
    return {
        "title": checking.text(200),
        "currency": _currency(currency),
        "vat_rate": checking.decimal(6, low=NOT_NEGATIVE, high=Decimal(1)),
        "vat_included": checking.flag,
        "lines": checking.rows(checking.table(LINE, required=["line"]), MAX_ROWS),
        "charges": checking.rows(charge, MAX_CHARGES),
        "delivery": amount,
    }


def _currency(wanted: str) -> Check:
    def check(value: Any, pointer: str, faults: Faults) -> str | None:
        code: str | None = checking.currency(value, pointer, faults)
        if code is not None and code != wanted:
            message = _("Everything in this request is in %(currency)s.") % {"currency": wanted}
            fault(faults, pointer, "wrong_currency", message)
            return None
        return code

    return check


def _firmness(amount: Check) -> Check:
    """ "firm", "estimate", or the estimate itself: {"low", "high"}."""

    def check(value: Any, pointer: str, faults: Faults) -> Any:
        if isinstance(value, dict):
            return checking.table({"low": amount, "high": amount}, required=["high"])(value, pointer, faults)
        return checking.one_of(Firmness.values)(value, pointer, faults)

    return check


def _check_estimate(content: Content, faults: Faults) -> None:
    firmness = content.get("firmness")
    if isinstance(firmness, dict):
        content |= {"firmness": Firmness.ESTIMATE.value, "estimate": firmness}
    estimate = content.get("estimate") or {}
    if estimate and content.get("firmness", Firmness.FIRM) == Firmness.FIRM:
        fault(faults, "/estimate", "not_an_estimate", _("A firm offer has no range."))
    low, high = estimate.get("low"), estimate.get("high")
    if low is not None and high is not None and Decimal(low) > Decimal(high):
        fault(faults, "/estimate/low", "empty_range", _("The low end is above the high end."))


def _check_known(content: Content, member: str, key: str, known: set[str], faults: Faults) -> None:
    rows = content.get(member) or []
    counts = Counter(row[key] for row in rows if row and row.get(key))
    for position, row in enumerate(rows):
        which = row.get(key) if row else None
        if which is None:
            continue
        if which not in known:
            fault(faults, f"/{member}/{position}/{key}", f"unknown_{key}", _("This is not in the request."))
        elif counts[which] > 1:
            fault(faults, f"/{member}/{position}/{key}", "duplicate", _("This stands here twice."))


def _check_answers(content: Content, asked: Mapping[str, Requirement], faults: Faults) -> None:
    for position, row in enumerate(content.get("answers") or []):
        requirement = asked.get(row.get("requirement") or "") if row else None
        if requirement is not None and "value" in row:
            row["value"] = answer(requirement)(row["value"], f"/answers/{position}/value", faults)


def answer(requirement: Requirement) -> Check:
    """The form of an answer to one requirement."""
    if requirement.answer == AnswerKind.CHOICE:
        return checking.one_of(requirement.choices)
    return ANSWERS[AnswerKind(requirement.answer)]


def _check_charges(content: Content, faults: Faults) -> None:
    """Only a bonus with a condition may lower the price: it is shown, and not counted."""
    for position, row in enumerate(content.get("charges") or []):
        if row and row.get("amount") and Decimal(row["amount"]) < 0 and not row.get("conditional"):
            message = _("Only a conditional bonus may be negative.")
            fault(faults, f"/charges/{position}/amount", "negative", message)


LINE: Mapping[str, Check] = {
    "line": checking.identifier,
    "unit_price": checking.decimal(6, low=NOT_NEGATIVE),
    "quantity": checking.decimal(6, low=NOT_NEGATIVE),
    "lead_time_days": checking.whole(0, MAX_DAYS),
    "offered": checking.flag,
}
CHARGE: Mapping[str, Check] = {
    "label": checking.text(120, blank=False),
    "recurs": checking.one_of(Recurs.values),
    "periods": checking.whole(1, MAX_PERIODS),
    "from_period": checking.whole(1, MAX_PERIODS),
    "conditional": checking.flag,
}
ANSWER: Mapping[str, Check] = {
    "requirement": checking.identifier,
    "value": checking.anything,  # read again by the requirement
    "evidence": checking.text(5000),
    "deviation": checking.text(2000),
}
ANSWERS: Mapping[AnswerKind, Check] = {
    AnswerKind.YES_NO: checking.flag,
    AnswerKind.NUMBER: checking.number(),
    AnswerKind.DATE: checking.day,
    AnswerKind.TEXT: checking.text(5000),
    AnswerKind.DOCUMENT: checking.text(200),
}
