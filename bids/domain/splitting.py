"""The cheapest split of the lines over several bids, and what it saves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

EXHAUSTIVE = 8  # up to this many bids every combination is tried


@dataclass(frozen=True, slots=True)
class Candidate:
    """A bid that could get some lines: their prices, and what is due whatever it gets (charges, delivery)."""

    key: str
    prices: Mapping[str, Fraction]
    fixed: Fraction


@dataclass(frozen=True, slots=True)
class Split:
    """Who would get which line. `saving` against the cheapest single bid is None when none covers every line."""

    total: Fraction
    saving: Fraction | None
    lines: tuple[tuple[str, str], ...]


def best_split(lines: Sequence[str], candidates: Sequence[Candidate], *, extra: Fraction = Fraction(0)) -> Split | None:
    """The cheapest way to cover every line, None when there is nothing to split. `extra` is due in any case.

    Exact for up to eight bids; beyond that a descent from the cheapest bid of each line (this is facility location,
    which is NP-hard). Whole numbers over a common denominator, so no rounding.
    """
    if len(lines) < 2 or len(candidates) < 2:
        return None
    if any(all(line not in candidate.prices for candidate in candidates) for line in lines):
        return None
    scale = lcm(*(amount.denominator for c in candidates for amount in (*c.prices.values(), c.fixed)))
    prices = [{line: _whole(amount, scale) for line, amount in c.prices.items()} for c in candidates]
    fixed = [_whole(candidate.fixed, scale) for candidate in candidates]
    search = _Search(lines, prices, fixed)
    costs = {combination: search.cost(combination) for combination in search.combinations()}
    chosen = min(costs, key=lambda combination: (costs[combination], len(combination), combination))
    singles = [cost for combination, cost in costs.items() if len(combination) == 1 and cost < search.impossible]
    total = Fraction(costs[chosen], scale)
    saving = Fraction(min(singles), scale) - total if singles else None
    owners = [search.cheapest(column, chosen) for column in search.columns]
    pairs = tuple((line, candidates[index].key) for line, index in zip(lines, owners, strict=True))
    return Split(total + extra, saving, pairs)


def _whole(amount: Fraction, scale: int) -> int:
    """`amount * scale`, which is a whole number."""
    return amount.numerator * (scale // amount.denominator)


class _Search:
    """Combinations of bids as tuples of their positions, each with its cost in whole numbers."""

    def __init__(self, lines: Sequence[str], prices: Sequence[Mapping[str, int]], fixed: Sequence[int]) -> None:
        self.impossible = 1 + sum(fixed) + sum(sum(price.values()) for price in prices)
        self.columns = [[price.get(line, self.impossible) for price in prices] for line in lines]
        self.fixed = fixed

    def cheapest(self, column: Sequence[int], chosen: Iterable[int]) -> int:
        return min(chosen, key=lambda index: (column[index], index))

    def cost(self, chosen: Sequence[int]) -> int:
        total = sum(self.fixed[index] for index in chosen)
        total += sum(min(column[index] for index in chosen) for column in self.columns)
        return min(total, self.impossible)

    def combinations(self) -> list[tuple[int, ...]]:
        bids = range(len(self.fixed))
        if len(bids) <= EXHAUSTIVE:
            return [tuple(i for i in bids if number >> i & 1) for number in range(1, 1 << len(bids))]
        start = tuple(sorted({self.cheapest(column, bids) for column in self.columns}))
        return [self._descend(start), *((index,) for index in bids)]

    def _descend(self, chosen: tuple[int, ...]) -> tuple[int, ...]:
        """Leave out the bid that saves most, as long as one saves anything."""
        while len(chosen) > 1:
            lost = dict.fromkeys(chosen, 0)
            for column in self.columns:
                first, second = sorted(chosen, key=lambda index: (column[index], index))[:2]
                lost[first] += column[second] - column[first]
            spare = min(chosen, key=lambda index: (lost[index] - self.fixed[index], index))
            if lost[spare] >= self.fixed[spare]:
                break
            chosen = tuple(index for index in chosen if index != spare)
        return chosen
