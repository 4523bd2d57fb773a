"""An offer before it is sent: what it would cost the customer, and everything that keeps it from being sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bids.domain.checking import gaps
from bids.domain.composing import Content, compose
from bids.domain.loading import lines_of, offer_of
from bids.domain.rounding import money
from bids.domain.totalling import Total, total
from bids.domain.writing import content_of
from bids.models import BidVersion
from bids.states import Firmness
from marketplace.kernel.errors import Fault
from rfps.models import RfpVersion


@dataclass(frozen=True, slots=True)
class Summand:
    """One term of a total; what is not counted is shown all the same."""

    label: str
    amount: Decimal
    counted: bool
    note: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What the customer will see: VAT included, over the request's comparison period."""

    amount: Decimal
    currency: str
    months: int | None
    summands: Sequence[Summand]
    missing: Sequence[str]
    low: Decimal | None  # of an estimate; it counts by its high end


def faults_of(body: Any, asked: RfpVersion, *, options: int, today: date) -> list[Fault]:
    """Everything that would be refused if the body were sent now."""
    content, faults = compose(body, asked, options=options)
    return [*faults, *gaps(content, asked, today=today)]


def cost_of_body(body: Any, asked: RfpVersion) -> Cost:
    """The total of what can be read of a body; what cannot is left out."""
    content, _faults = compose(body, asked)
    for name in ("lines", "charges"):
        content[name] = [row for row in content.get(name) or [] if row and _readable(name, row)]
    if content.get("firmness") != Firmness.ESTIMATE:
        content.pop("estimate", None)
    return _cost(content, asked)


def cost_of(version: BidVersion) -> Cost:
    """The total of a version."""
    return _cost(content_of(version), version.rfp_version)


def _readable(name: str, row: Content) -> bool:
    return row.get("amount") is not None if name == "charges" else row.get("line") is not None


def _cost(content: Content, asked: RfpVersion) -> Cost:
    for row in content["charges"]:
        row["label"] = row.get("label") or ""
        for member, default in (("recurs", "once"), ("from_period", 1), ("conditional", False)):
            row[member] = row.get(member) or default
    found = total(offer_of(content), lines_of(asked), horizon_months=asked.horizon_months)
    low = (content.get("estimate") or {}).get("low")
    return Cost(
        amount=_money(found.amount, asked.currency),
        currency=asked.currency,
        months=asked.horizon_months,
        summands=[
            Summand(term.label, _money(term.amount, asked.currency), term.counted, term.note) for term in found.terms
        ],
        missing=_missing(found, asked),
        low=_money(Fraction(low) * _factor(content), asked.currency) if low else None,
    )


def _factor(content: Content) -> Fraction:
    if content.get("vat_included", True):
        return Fraction(1)
    return 1 + Fraction(content.get("vat_rate") or 0)


def _missing(found: Total, asked: RfpVersion) -> list[str]:
    return [line.title for line in asked.lines.all() if str(line.public_id) in found.missing]


def _money(amount: Fraction, currency: str) -> Decimal:
    return Decimal(money(amount, currency))
