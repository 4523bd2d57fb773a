"""From rows and contents to the plain values that the arithmetic takes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from bids.domain.composing import Content
from bids.domain.totalling import Fee, Line, Offer, Price
from bids.domain.writing import charge, decimal, price
from marketplace.kernel.clock import database_now
from rfps.models import Rfp, RfpVersion


def lines_of(asked: RfpVersion) -> list[Line]:
    """The priced rows of a request's version, in order."""
    return [Line(str(line.public_id), line.title, line.quantity, line.unit) for line in asked.lines.all()]


def offer_of(content: Content) -> Offer:
    """What a content costs; `total` is a sum that the customer typed in."""
    return Offer(
        prices={row["line"]: Price(**price(row)) for row in content.get("lines") or []},
        fees=[Fee(**charge(row)) for row in content.get("charges") or []],
        delivery=decimal(content.get("delivery")) or Decimal(0),
        vat_rate=decimal(content.get("vat_rate")) or Decimal(0),
        vat_included=content.get("vat_included", True),
        estimate_high=decimal((content.get("estimate") or {}).get("high")),
        fixed_total=decimal(content.get("total")),
    )


def today(rfp: Rfp) -> date:
    """The day it is where the request is, by the database's clock."""
    return database_now().astimezone(ZoneInfo(rfp.time_zone)).date()


def wanted_validity(rfp: Rfp) -> date:
    """The day until which the request asks offers to hold."""
    assert rfp.closes_at is not None
    assert rfp.current is not None
    return rfp.closes_at.astimezone(ZoneInfo(rfp.time_zone)).date() + timedelta(days=rfp.current.valid_for_days)
