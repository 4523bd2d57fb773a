"""A request with offers that differ as real ones do, for pages that compare them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Organisation, User
from accounts.policies import actor_of_person
from bids.domain.entering import enter, keep_current
from bids.domain.evaluating import evaluate
from bids.models import Bid
from rfps.models import Rfp
from tests.factories import bids, people

Row = dict[str, Any]
LINES: list[Row] = [{"title": "Electricity, kWh", "quantity": Decimal(3400), "unit": "kWh"}]
REQUIREMENTS: list[Row] = [
    {"text": "100 % renewable", "level": "must", "answer": "yes_no", "constraint": {"equals": True}},
    {"text": "Notice period", "level": "should", "answer": "number", "unit": "day", "constraint": {"max": 30}},
    {"text": "Earliest start", "level": "should", "answer": "date"},
    {"text": "How to reach somebody", "level": "should", "answer": "text"},
]
CRITERIA: list[Row] = [
    {"kind": "total_price", "title": "Price for the year", "weight": 60, "best": "600.00", "worst": "1400.00"},
    {"kind": "number", "title": "Notice period", "requirement": 1, "weight": 25, "best": "0", "worst": "90"},
    {"kind": "rating", "title": "Your own trust", "weight": 15},
]
NAMES = "Northlight,Tidewater,Fenwick Co-op,Kestrel Green,Larkfield Energy,Brightside,Harbour Power,Moorland".split(",")
# title, price of a kWh, standing charge a month, notice in days, start, how to reach, bonus
SIX: list[tuple[str, str | None, str, Any, str, str, str]] = [
    ("12 months, fixed", "0.2400", "10.00", 30, "2031-01-15", "Phone, 8 to 20", ""),
    ("12 months, fixed", "0.2100", "10.00", 90, "2031-01-20", "Mail, within a day", "40.00"),
    ("No fixed term", "0.2960", "12.60", 1, "2031-01-02", "An office in Leith", ""),
    ("24 months, fixed", "0.2300", "10.00", 90, "2031-02-01", "Phone, 8 to 20", ""),
    ("Half-hourly", "0.2215", "13.20", None, "2031-01-09", "Chat", "25.00"),
    ("12 months, grey", "0.1997", "10.00", 28, "2031-01-15", "Mail", "60.00"),
]


def compared(
    customer: User, count: int = 6, *, own: bool = True, criteria: Sequence[Row] = CRITERIA, **facts: Any
) -> tuple[Rfp, list[Bid]]:
    """A request whose offers are open, with `count` of them; every sixth misses a must."""
    rfp = bids.request(
        customer, closes_in=-timedelta(hours=1), lines=LINES, requirements=REQUIREMENTS, criteria=criteria, **facts
    )
    made = [_bid(rfp, at) for at in range(count)]
    if own:
        actor = actor_of_person(customer)
        keep_current(
            rfp,
            actor=actor,
            body={"total": "1150.00", "supplier": "Harrow Power", "contract_ends_on": "2031-01-31",
                  "answers": [{"requirement": bids.ids(rfp, "requirements")[1], "value": 60}]},
        )  # fmt: skip
        enter(rfp, actor=actor, body={"total": "980.00", "supplier": "A neighbour's tip"})
        assert rfp.current is not None
        trust = str(rfp.current.criteria.filter(kind="rating")[0].public_id)
        ratings = [
            {"bid": str(bid.public_id), "criterion": trust, "value": 3 + at % 3 / 2} for at, bid in enumerate(made)
        ]
        evaluate(
            rfp,
            actor=actor,
            body={"ratings": ratings, "notes": [{"bid": str(made[0].public_id), "text": "Called back at once."}]},
        )
    return rfp, made


def company(at: int) -> Organisation:
    """The supplier of the offer at this position, made once."""
    name = NAMES[at % len(NAMES)] + (f" {at // len(NAMES) + 1}" if at >= len(NAMES) else "")
    found = Organisation.objects.filter(name=name).first()
    return found or people.organisation(people.person(), name=name)


def _bid(rfp: Rfp, at: int) -> Bid:
    title, price, standing, notice, start, reach, bonus = SIX[at % len(SIX)]
    charges: list[Row] = [{"label": "Standing charge", "amount": Decimal(standing), "recurs": "month", "periods": 12}]
    if bonus:
        charges.append({"label": "Bonus after 12 months", "amount": -Decimal(bonus), "conditional": True})
    assert price is not None
    return bids.bid(
        rfp,
        company(at),
        prices=[str(Decimal(price) + Decimal(at // len(SIX)) / 1000)],
        answers=[at % len(SIX) != 5, notice, start, reach],
        charges=charges,
        title=title,
        valid_until_on=date(2099, 1, 31 - at % 28),
        at=datetime.now(UTC) - timedelta(days=2, minutes=-at),
    )
