"""One price becomes a bid whose total is that price, and never lets a part look free."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given as given_
from hypothesis import strategies as st

from accounts.models import User
from bids.domain import condensing
from bids.domain.checking import gaps
from bids.domain.condensing import _unit_price
from bids.domain.loading import lines_of, offer_of
from bids.domain.rounding import money
from bids.domain.totalling import total
from bids.states import Flag
from rfps.models import Rfp, RfpVersion
from tests.factories import bids

TODAY = date(2026, 6, 1)
TWO = [*bids.LINES, {"title": "Meter", "quantity": Decimal(1), "unit": "piece"}]
VAT = {"vat_rate": "0.20", "vat_included": True}


@pytest.fixture
def one(customer: User) -> RfpVersion:
    return current(bids.request(customer))


@pytest.fixture
def two(customer: User) -> RfpVersion:
    return current(bids.request(customer, lines=TWO))


def current(rfp: Rfp) -> RfpVersion:
    assert rfp.current is not None
    return rfp.current


def body(asked: RfpVersion, **changes: Any) -> dict[str, Any]:
    return {"terms": "PDC-INTENT", **VAT, "answers": bids.body(asked.rfp)["answers"], **changes}


def costs(asked: RfpVersion, **changes: Any) -> tuple[str, list[Flag], bool]:
    sent, faults = condensing.read(body(asked, **changes), asked, today=TODAY)
    content = condensing.content_of(sent, asked)
    assert [*faults, *gaps(content, asked, today=TODAY)] == []
    found = total(offer_of(content), lines_of(asked), horizon_months=asked.horizon_months)
    return money(found.amount, asked.currency), list(found.flags), found.complete


def faults(asked: RfpVersion, **changes: Any) -> list[tuple[str, str]]:
    sent = {name: value for name, value in body(asked, **changes).items() if value is not None}
    return [(fault.pointer, fault.code) for fault in condensing.read(sent, asked, today=TODAY)[1]]


def test_one_part_has_a_firm_price(one: RfpVersion) -> None:
    assert costs(one, total="936.00") == ("936.00", [], True)
    assert costs(one, total="936.00", vat_included=False) == ("1123.20", [], True)


def test_several_parts_have_one_sum_marked_as_an_estimate(two: RfpVersion) -> None:
    assert costs(two, total="936.00") == ("936.00", [Flag.ESTIMATE], True)
    content = condensing.content_of(condensing.read(body(two, total="936.00"), two, today=TODAY)[0], two)
    assert "lines" not in content
    assert content["estimate"] == {"low": "936.00", "high": "936.00"}
    found = total(offer_of(content), lines_of(two), horizon_months=12)
    assert found.lines() == {}


def test_from_to_counts_its_high_end(one: RfpVersion, two: RfpVersion) -> None:
    for asked in (one, two):
        assert costs(asked, low="900.00", high="1100.00") == ("1100.00", [Flag.ESTIMATE], True)


@given_(st.decimals("0", "1000000", places=2), st.decimals("0.000001", "100000", places=6), st.booleans())
def test_a_price_of_one_costs_the_total_again(price: Decimal, quantity: Decimal, pence: bool) -> None:
    currency = "GBP" if pence else "JPY"
    price = price if pence else round(price)
    each = _unit_price(Decimal(price), quantity, currency)
    if each is not None:
        assert money(Fraction(each * quantity), currency) == money(Fraction(Decimal(price)), currency)


def test_a_quantity_that_cannot_be_divided_by_is_one_sum(customer: User) -> None:
    asked = current(bids.request(customer, lines=[{**bids.LINES[0], "quantity": Decimal(300_000)}]))
    assert costs(asked, total="0.07") == ("0.07", [Flag.ESTIMATE], True)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, [("/total", "required")]),
        ({"total": "1.00", "low": "1.00", "high": "2.00"}, [("/total", "two_prices")]),
        ({"low": "1.00"}, [("/high", "required")]),
        ({"high": "1.00"}, [("/low", "required")]),
        ({"low": "3.00", "high": "2.00"}, [("/low", "empty_range")]),
        ({"total": "-1.00"}, [("/total", "out_of_range")]),
        ({"total": "1.001"}, [("/total", "too_many_decimals")]),
        ({"total": "1.00", "vat_rate": None}, [("/vat_rate", "required")]),
        ({"total": "1.00", "vat_included": None}, [("/vat_included", "required")]),
        ({"total": "1.00", "vat_rate": "20"}, [("/vat_rate", "out_of_range")]),
        ({"total": "1.00", "earliest": "2026-05-31"}, [("/earliest", "in_the_past")]),
        ({"total": "1.00", "lead_time_days": -1}, [("/lead_time_days", "out_of_range")]),
        ({"total": "1.00", "note": "x" * 301}, [("/note", "too_long")]),
        ({"total": "1.00", "terms": None}, [("/terms", "required")]),
        ({"total": "1.00", "charges": []}, [("/charges", "unknown_field")]),
    ],
)  # fmt: skip
def test_every_fault_points_at_what_was_filled_in(one: RfpVersion, changes: Any, found: Any) -> None:
    assert faults(one, **changes) == found


def test_a_request_without_parts_takes_no_price(customer: User) -> None:
    asked = current(bids.request(customer, lines=[]))
    assert faults(asked, total="1.00") == [("/total", "no_price")]
    assert costs(asked, vat_rate=None, vat_included=None)[0] == "0.00"


def test_day_and_days_stand_before_the_sentence(two: RfpVersion) -> None:
    sent = condensing.read(
        body(two, total="1.00", earliest="2026-12-03", lead_time_days=1, note="Ok."), two, today=TODAY
    )
    note = condensing.content_of(sent[0], two)["note"]
    assert note == "Earliest: 3 December 2026. Ready 1 day after your choice. Ok."


def test_a_silent_must_and_a_missed_one_have_their_places(customer: User) -> None:
    asked = current(
        bids.request(customer, requirements=[*bids.REQUIREMENTS, {**bids.REQUIREMENTS[0], "text": "Insured"}])
    )
    first, _second, last = bids.ids(asked.rfp, "requirements")
    sent, _none = condensing.read(
        body(asked, total="1.00", answers=[{"requirement": last, "value": False}]), asked, today=TODAY
    )
    content = condensing.content_of(sent, asked)
    found = condensing.pointed(gaps(content, asked, today=TODAY), sent)
    assert [(fault.pointer, fault.code) for fault in found] == [
        ("/answers/1/value", "must_unanswered"),
        ("/answers/0/value", "must_failed_without_deviation"),
    ]
    assert content["answers"][1] == {"requirement": first, "value": None}


def test_a_binding_budget_is_told_beside_the_price(customer: User) -> None:
    shown = {"announced": {"budget": {"amount": "500.00"}}, "budget_binding": True}
    asked = current(bids.request(customer, version=shown))
    for changes, pointer in (({"total": "936.00"}, "/total"), ({"low": "1.00", "high": "936.00"}, "/high")):
        sent, _none = condensing.read(body(asked, **changes), asked, today=TODAY)
        found = condensing.pointed(gaps(condensing.content_of(sent, asked), asked, today=TODAY), sent)
        assert [(fault.pointer, fault.code) for fault in found] == [(pointer, "over_budget")]
