"""Scores by hand: anchors, clamps, missing answers and every kind of criterion."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bids.domain.rounding import rounded
from bids.domain.scoring import Column, Measure, Scale, between, judge, scales, score
from bids.domain.totalling import Line, Offer, Price, Total, total
from bids.states import Flag

LINES = [Line("l1", "Kilowatt hours", Decimal(3400)), Line("l2", "Visit", Decimal(1))]
PRICES = {"l1": Price(Decimal("0.24"), lead_time_days=5), "l2": Price(Decimal(40), lead_time_days=9)}
TOTAL = total(Offer(prices=PRICES), LINES, horizon_months=None)  # 856
fractions = st.fractions(-1000, 1000)


def measure(kind: str, **more: Any) -> Measure:
    return Measure(more.pop("id", "c"), kind, Fraction(more.pop("weight", 1)), requirement=more.pop("on", ""), **more)


def scale(kind: str, **more: Any) -> Scale:
    return scales([measure(kind, **more)])[0]


def points(kind: str, value: Any = None, **more: Any) -> Fraction:
    return judge(scale(kind, on="r", **more), Column(TOTAL, PRICES, {"r": value}))[1]


def test_a_score_by_hand() -> None:
    measures = [
        measure("total_price", weight=60, best="600.00", worst="1400.00"),  # (856-1400)/(600-1400) = 0.68
        measure("number", weight=25, on="notice", best="0", worst="90"),  # 30 days: 2/3
        measure("rating", weight=15, id="trust"),  # 4 of 5: 0.8
    ]
    result = score(scales(measures), Column(TOTAL, answers={"notice": 30}, ratings={"trust": Decimal(4)}))
    assert [rounded(part.contribution, 2) for part in result.parts] == ["40.80", "16.67", "12.00"]
    assert rounded(result.amount, 2) == "69.47"
    assert result.without("total_price") == Fraction(50, 3) + 12


def test_weights_need_not_sum_to_a_hundred_and_none_gives_nothing() -> None:
    rating = Column(TOTAL, ratings={"a": Decimal(5), "b": Decimal(0)})
    pair = [measure("rating", id="a", weight=3), measure("rating", id="b", weight=1)]
    assert score(scales(pair), rating).amount == 75
    assert score(scales([measure("rating", id="a", weight=0)]), rating).amount == score([], rating).amount == 0


@pytest.mark.parametrize(
    ("kind", "value", "more", "expected"),
    [
        ("number", 45, {"best": "0", "worst": "90"}, Fraction(1, 2)),
        ("number", "45.0", {"best": "90", "worst": "0"}, Fraction(1, 2)),
        ("number", 200, {"best": "0", "worst": "90"}, 0),
        ("number", -5, {"best": "0", "worst": "90"}, 1),
        ("number", 30, {"best": "30", "worst": "30"}, 1),
        ("number", 31, {"best": "30", "worst": "30"}, 0),
        ("duration", 10, {"best": "5", "worst": "15"}, Fraction(1, 2)),
        ("date", "2030-01-16", {"best": "2030-01-01", "worst": "2030-01-31"}, Fraction(1, 2)),
        ("choice", "blue", {"scores": {"blue": 0.25, "red": 1}}, Fraction(1, 4)),
        ("choice", "green", {"scores": {"blue": "0.25"}}, 0),
        ("choice", "blue", {"scores": {"blue": 7}}, 1),
        ("choice", "blue", {"best": "blue"}, 1),
        ("yes_no", True, {}, 1),
        ("yes_no", False, {}, 0),
        ("yes_no", False, {"best": "false", "worst": "true"}, 1),
        ("line_price", None, {"line": "l1", "best": "0", "worst": "0.48"}, Fraction(1, 2)),
        ("total_price", None, {"best": "856", "worst": "856"}, 1),
        ("total_price", None, {"best": "855", "worst": "855"}, 0),
    ],
)
def test_every_kind_of_criterion(kind: str, value: Any, more: dict[str, Any], expected: Any) -> None:
    assert points(kind, value, **more) == expected


def test_a_duration_without_a_requirement_is_the_lead_time() -> None:
    column = Column(TOTAL, PRICES)
    longest = measure("duration", best="0", worst="10")
    assert judge(scales([longest])[0], column)[:2] == (9, Fraction(1, 10))
    assert judge(scale("duration", best="0", worst="10", line="l1"), column)[:2] == (5, Fraction(1, 2))
    unknown = Column(TOTAL, {**PRICES, "l2": Price(Decimal(1))})
    assert judge(scales([longest])[0], unknown) == (None, 0, Flag.MISSING_ANSWER)


@pytest.mark.parametrize("kind", ["number", "duration", "date", "choice", "yes_no"])
def test_a_missing_answer_is_nothing_and_flagged(kind: str) -> None:
    assert judge(scale(kind, on="r", best="1", worst="0"), Column(TOTAL)) == (None, 0, Flag.MISSING_ANSWER)


@pytest.mark.parametrize("kind", ["rating", "supplier_rating"])
def test_what_nobody_has_rated_is_nothing_and_no_missing_answer(kind: str) -> None:
    assert judge(scale(kind), Column(TOTAL)) == (None, 0, Flag.NOT_RATED)


def test_missing_anchors_are_flagged() -> None:
    assert judge(scale("number", on="r"), Column(TOTAL, answers={"r": 3})) == (3, 0, Flag.NO_ANCHORS)


def test_a_total_with_a_missing_line_earns_no_points_for_its_price() -> None:
    part: Total = total(Offer(prices={"l1": PRICES["l1"]}), LINES, horizon_months=None)
    assert judge(scale("total_price", best="0", worst="2000"), Column(part)) == (None, 0, Flag.MISSING_ANSWER)


@given(x=fractions, best=fractions, worst=fractions)
def test_s_stays_between_0_and_1_and_meets_its_anchors(x: Fraction, best: Fraction, worst: Fraction) -> None:
    assert 0 <= between(x, best=best, worst=worst) <= 1
    assert between(best, best=best, worst=worst) == 1
    assert best == worst or between(worst, best=best, worst=worst) == 0


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 5)), min_size=1, max_size=8))
def test_a_score_is_between_0_and_100_and_the_sum_of_its_parts(rows: list[tuple[int, int]]) -> None:
    measures = [measure("rating", id=str(at), weight=weight) for at, (weight, _) in enumerate(rows)]
    result = score(
        scales(measures), Column(TOTAL, ratings={str(at): Decimal(given) for at, (_, given) in enumerate(rows)})
    )
    assert 0 <= result.amount <= 100
    assert result.amount == sum(part.contribution for part in result.parts)
