"""The share of weightings under which a bid is first."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bids.domain.weighing import GRAIN, SAMPLES, candidates, first_shares, weightings

scores = st.fractions(0, 1, max_denominator=50)


def rows(*texts: str) -> tuple[tuple[Fraction, ...], ...]:
    return tuple(tuple(Fraction(value) for value in text.split()) for text in texts)


def test_two_criteria_are_exact() -> None:
    assert first_shares(rows("1 0", "0 1")) == (Fraction(1, 2), Fraction(1, 2))
    assert first_shares(rows("1 0", "0.5 0.75")) == (Fraction(2, 5), Fraction(3, 5))  # w + 0 = 0.75 - 0.25 w: 0.6
    assert first_shares(rows("1 0", "0.4 0.4", "0 1")) == (Fraction(1, 2), 0, Fraction(1, 2))


def test_nobody_none_and_one_criterion() -> None:
    assert first_shares(()) == ()
    assert first_shares(rows("")) == (1,)
    assert first_shares(rows("0.3", "0.7", "0.7")) == (0, 1, 0)


def test_three_symmetric_bids_share_the_simplex() -> None:
    shares = first_shares(rows("1 0 0", "0 1 0", "0 0 1"))
    assert sum(shares) == 1
    assert all(abs(share - Fraction(1, 3)) < Fraction(2, 100) for share in shares)


def test_a_known_region_of_three_criteria() -> None:
    # first where w1 > 1/2: a corner triangle with sides of one half, a quarter of the simplex
    shares = first_shares(rows("1 0 0", "0.5 0.5 0.5"))
    assert abs(shares[0] - Fraction(1, 4)) < Fraction(2, 100)


@pytest.mark.parametrize("criteria", [2, 3, 12])
def test_weightings_are_uniform_whole_and_reproducible(criteria: int) -> None:
    drawn = weightings(criteria)
    assert len(drawn) == SAMPLES >= 10_000
    assert {sum(weights) for weights in drawn} == {GRAIN}
    means = [sum(weights[at] for weights in drawn) / len(drawn) / GRAIN for at in range(criteria)]
    assert all(abs(mean - 1 / criteria) < 0.01 for mean in means)
    weightings.cache_clear()
    assert weightings(criteria) == drawn


@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.tuples(*[scores] * n), min_size=1, max_size=6)))
def test_dominated_and_repeated_bids_are_never_first(found: list[tuple[Fraction, ...]]) -> None:
    shares = first_shares(tuple(found))
    assert sum(shares) == 1
    for at, row in enumerate(found):
        beaten = any(all(a <= b for a, b in zip(row, other, strict=True)) and row != other for other in found)
        if beaten or row in found[:at]:
            assert shares[at] == 0


def test_candidates_keep_the_first_of_equals() -> None:
    assert candidates([(1, 1), (2, 0), (1, 1), (0, 0)]) == [0, 1]


def test_two_hundred_bids_fit_their_slots() -> None:
    found = tuple(tuple(Fraction((at * step) % 97, 96) for step in (7, 11, 13)) for at in range(200))
    assert sum(first_shares(found)) == 1
    assert first_shares((*rows("1 1 1"), *found))[0] == 1
