"""A bid's content as rows, and back: the same members in the same form in both directions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from bids.domain.composing import Content
from bids.models import Answer, BidVersion, Charge, LinePrice
from bids.states import Firmness, Recurs
from marketplace.kernel.money import minor_unit, shown
from rfps.models import RfpVersion


def write(version: BidVersion, content: Content, asked: RfpVersion) -> BidVersion:
    """Make the rows of an unsubmitted version hold `content`, whatever they held before."""
    for name, value in columns(content, asked).items():
        setattr(version, name, value)
    version.save()
    for rows in (version.lines, version.charges, version.answers):
        rows.all().delete()
    lines = {str(line.public_id): line for line in asked.lines.all()}
    LinePrice.objects.bulk_create(
        LinePrice(version=version, line=lines[row["line"]], **price(row)) for row in content.get("lines", [])
    )
    Charge.objects.bulk_create(
        Charge(version=version, position=at, **charge(row)) for at, row in enumerate(content.get("charges", []))
    )
    requirements = {str(requirement.public_id): requirement for requirement in asked.requirements.all()}
    Answer.objects.bulk_create(
        Answer(
            version=version,
            requirement=requirements[row["requirement"]],
            value=row.get("value"),
            evidence=row.get("evidence") or "",
            deviation=row.get("deviation") or "",
        )
        for row in content.get("answers", [])
    )
    return version


def columns(content: Content, asked: RfpVersion) -> dict[str, Any]:
    """The version's own columns."""
    estimate = content.get("estimate") or {}
    valid_until = content.get("valid_until")
    return {
        "rfp_version": asked,
        "currency": asked.currency,
        "title": content.get("title", ""),
        "firmness": content.get("firmness", Firmness.FIRM),
        "estimate_low": decimal(estimate.get("low")),
        "estimate_high": decimal(estimate.get("high")),
        "vat_rate": decimal(content.get("vat_rate")) or Decimal(0),
        "vat_included": content.get("vat_included", True),
        "delivery": decimal(content.get("delivery")) or Decimal(0),
        "valid_until_on": date.fromisoformat(valid_until) if valid_until else None,
        "reference": content.get("reference", ""),
        "note": content.get("note", ""),
    }


def price(row: Mapping[str, Any]) -> dict[str, Any]:
    """One line's columns, which are a Price's members too."""
    return {
        "unit_price": decimal(row.get("unit_price")),
        "quantity": decimal(row.get("quantity")),
        "offered": row.get("offered", True),
        "lead_time_days": row.get("lead_time_days"),
    }


def charge(row: Mapping[str, Any]) -> dict[str, Any]:
    """One charge's columns."""
    return {
        "label": row["label"],
        "amount": Decimal(row["amount"]),
        "recurs": row.get("recurs", Recurs.ONCE),
        "periods": row.get("periods"),
        "from_period": row.get("from_period", 1),
        "conditional": row.get("conditional", False),
    }


def content_of(version: BidVersion) -> Content:
    """What the version holds, in the form of a body; every member is there."""
    return {
        "title": version.title,
        "firmness": version.firmness,
        "estimate": _estimate(version),
        "currency": version.currency,
        "vat_rate": plain(version.vat_rate, 2),
        "vat_included": version.vat_included,
        "lines": [_line(price, version.currency) for price in _in_order(version.lines, "line")],
        "charges": [_charge(row, version.currency) for row in version.charges.all()],
        "delivery": shown(version.delivery, version.currency),
        "answers": [_answer(row) for row in _in_order(version.answers, "requirement")],
        "valid_until": version.valid_until_on.isoformat() if version.valid_until_on else None,
        "reference": version.reference,
        "note": version.note,
    }


def carry_over(content: Content, old: RfpVersion, new: RfpVersion) -> Content:
    """The same content in terms of another version of the request: rows keep their place."""
    if old.pk == new.pk:
        return content
    lines = _same_place(old.lines, new.lines)
    asked = _same_place(old.requirements, new.requirements)
    return {
        **content,
        "lines": [{**row, "line": lines[row["line"]]} for row in content["lines"] if row["line"] in lines],
        "answers": [
            {**row, "requirement": asked[row["requirement"]]}
            for row in content["answers"]
            if row["requirement"] in asked
        ],
    }


def _same_place(old: Any, new: Any) -> dict[str, str]:
    return {str(a.public_id): str(b.public_id) for a, b in zip(old.all(), new.all(), strict=False)}


def _in_order(rows: Any, parent: str) -> list[Any]:
    return sorted(rows.all(), key=lambda row: getattr(row, parent).position)


def _estimate(version: BidVersion) -> dict[str, str] | None:
    if version.estimate_high is None:
        return None
    ends = {"low": version.estimate_low, "high": version.estimate_high}
    return {name: shown(end, version.currency) for name, end in ends.items() if end is not None}


def _line(price: LinePrice, currency: str) -> dict[str, Any]:
    return {
        "line": str(price.line.public_id),
        "unit_price": None if price.unit_price is None else plain(price.unit_price, minor_unit(currency)),
        "quantity": None if price.quantity is None else plain(price.quantity),
        "lead_time_days": price.lead_time_days,
        "offered": price.offered,
    }


def _charge(row: Charge, currency: str) -> dict[str, Any]:
    return {
        "label": row.label,
        "amount": shown(row.amount, currency),
        "recurs": row.recurs,
        "periods": row.periods,
        "from_period": row.from_period,
        "conditional": row.conditional,
    }


def _answer(row: Answer) -> dict[str, Any]:
    return {
        "requirement": str(row.requirement.public_id),
        "value": row.value,
        "evidence": row.evidence,
        "deviation": row.deviation or None,
    }


def decimal(text: str | None) -> Decimal | None:
    """A clean decimal of a content."""
    return None if text is None else Decimal(text)


def plain(value: Decimal, least: int = 0) -> str:
    """Plain digits without trailing zeros beyond `least` decimals."""
    whole, _point, part = format(value, "f").partition(".")
    part = part.rstrip("0").ljust(least, "0")
    return f"{whole}.{part}" if part else whole
