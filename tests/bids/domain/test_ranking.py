"""Ranks, the front and suspiciously low prices."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bids.domain.ranking import Contender, front, ranks, too_low

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def contender(
    key: str, score: str = "50", *, price: int | None = 100, rest: int = 0, eligible: bool = True, minutes: int = 0
) -> Contender:
    at = NOON + timedelta(minutes=minutes)
    return Contender(key, Fraction(score), eligible, at, None if price is None else Fraction(price), Fraction(rest))


def test_the_unrounded_score_decides_and_a_failed_must_has_no_rank() -> None:
    bids = [contender("a", "61.001"), contender("b", "61.004"), contender("c", "99", eligible=False)]
    assert ranks(bids) == {"b": 1, "a": 2}


def test_of_equals_the_earlier_one_stands_before() -> None:
    assert ranks([contender("late", minutes=5), contender("early", minutes=1)]) == {"early": 1, "late": 2}


def test_the_front_is_price_against_the_rest() -> None:
    bids = [
        contender("cheap", price=100, rest=10),
        contender("good", price=200, rest=40),
        contender("dearer and worse", price=210, rest=30),
        contender("same as cheap", price=100, rest=10),
        contender("as cheap, worse", price=100, rest=5),
        contender("as good, dearer", price=220, rest=40),
        contender("fails", price=1, rest=99, eligible=False),
        contender("no price", price=None, rest=99),
    ]
    assert front(bids) == {"cheap", "same as cheap", "good"}


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_the_front_is_what_the_definition_says(pairs: list[tuple[int, int]]) -> None:
    bids = [contender(str(at), price=price, rest=rest) for at, (price, rest) in enumerate(pairs)]
    by_definition = {
        str(at)
        for at, (price, rest) in enumerate(pairs)
        if not any(p <= price and r >= rest and (p, r) != (price, rest) for p, r in pairs)
    }
    assert front(bids) == by_definition


@pytest.mark.parametrize(
    ("prices", "flagged"),
    [
        ([60, 100, 100], {"0"}),  # 40 % below the mean of the others
        ([61, 80, 120], set()),
        ([70, 100, 90], set()),
        ([70, 100, 101], {"0"}),  # 30 % below the next
        ([59, 70, 200], {"0", "1"}),
        ([10, 100], set()),  # two bids say nothing
        ([0, 0, 0], set()),
        ([50, 50, 200, 200], {"0", "1"}),
    ],
)
def test_a_suspiciously_low_price(prices: list[int], flagged: set[str]) -> None:
    assert too_low({str(at): Fraction(price) for at, price in enumerate(prices)}) == flagged
