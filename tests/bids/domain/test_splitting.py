"""The cheapest split of lines over bids."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from bids.domain.splitting import Candidate, best_split

LINES = ["x", "y"]


def candidate(key: str, fixed: int = 0, **prices: int) -> Candidate:
    return Candidate(key, {line: Fraction(price) for line, price in prices.items()}, Fraction(fixed))


def test_each_line_goes_to_its_cheapest_bid() -> None:
    split = best_split(LINES, [candidate("a", x=10, y=90), candidate("b", x=50, y=40)], extra=Fraction(7))
    assert split is not None
    assert (split.total, split.saving, split.lines) == (57, 40, (("x", "a"), ("y", "b")))


def test_charges_can_make_one_bid_the_best_split() -> None:
    split = best_split(LINES, [candidate("a", 50, x=10, y=60), candidate("b", 50, x=50, y=40)])
    assert split is not None
    assert (split.total, split.saving, split.lines) == (120, 0, (("x", "a"), ("y", "a")))


def test_without_a_complete_bid_there_is_no_saving_to_name() -> None:
    split = best_split(LINES, [candidate("a", x=10), candidate("b", y=5)])
    assert split is not None
    assert (split.total, split.saving) == (15, None)


def test_nothing_to_split() -> None:
    assert best_split(["x"], [candidate("a", x=1), candidate("b", x=2)]) is None
    assert best_split(LINES, [candidate("a", x=1, y=2)]) is None
    assert best_split(LINES, [candidate("a", x=1), candidate("b", x=2)]) is None


@given(st.lists(st.tuples(st.integers(0, 30), *[st.integers(1, 99)] * 3), min_size=2, max_size=4))
def test_it_is_the_cheapest_of_all_assignments(bids: list[tuple[int, ...]]) -> None:
    found = [candidate(str(at), fixed, x=x, y=y, z=z) for at, (fixed, x, y, z) in enumerate(bids)]
    split = best_split(["x", "y", "z"], found)
    costs = [
        sum(bids[bid][1 + line] for line, bid in enumerate(choice)) + sum(bids[bid][0] for bid in set(choice))
        for choice in product(range(len(bids)), repeat=3)
    ]
    assert split is not None
    assert split.total == min(costs)


@given(st.lists(st.tuples(st.integers(0, 30), *[st.integers(1, 99)] * 3), min_size=9, max_size=20))
def test_many_bids_are_never_dearer_than_one(bids: list[tuple[int, ...]]) -> None:
    found = [candidate(str(at), fixed, x=x, y=y, z=z) for at, (fixed, x, y, z) in enumerate(bids)]
    split = best_split(["x", "y", "z"], found)
    assert split is not None
    assert split.saving is not None
    assert split.saving >= 0
    assert split.total + split.saving == min(sum(bid) for bid in bids)
