"""Comparing scored bids: ranks, the front of price against the rest, and suspiciously low prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from bids.domain.rounding import add

BELOW_MEAN = Fraction(40, 100)
BELOW_NEXT = Fraction(30, 100)
ENOUGH_BIDS = 3


@dataclass(frozen=True, slots=True)
class Contender:
    """One bid in the race. `price` is None while some line has none; `rest` are the points of all else."""

    key: str
    score: Fraction
    eligible: bool
    first_submitted_at: datetime
    price: Fraction | None
    rest: Fraction


def ranks(contenders: Sequence[Contender]) -> dict[str, int]:
    """1, 2, 3 … of the eligible ones by unrounded score; of equals the one submitted first stands before."""
    fit = [contender for contender in contenders if contender.eligible]
    fit.sort(key=lambda contender: (-contender.score, contender.first_submitted_at, contender.key))
    return {contender.key: place for place, contender in enumerate(fit, 1)}


def front(contenders: Sequence[Contender]) -> set[str]:
    """The eligible bids that no other beats in price without losing in the rest, or the other way round (Pareto)."""
    fit = [(c.price, -c.rest, c.key) for c in contenders if c.eligible and c.price is not None]
    kept: set[str] = set()
    best: tuple[Fraction, Fraction] | None = None  # (−rest, price) of the last one kept
    for price, lost, key in sorted(fit):
        if best is None or lost < best[0] or (lost, price) == best:
            kept.add(key)
            best = (lost, price)
    return kept


def too_low(prices: Mapping[str, Fraction]) -> set[str]:
    """Keys at least 40 % below the mean of the others, or at least 30 % below the next; from three bids on."""
    if len(prices) < ENOUGH_BIDS:
        return set()
    everything = add(prices.values())
    lowest, following = sorted(prices.items(), key=lambda item: item[1])[:2]
    found = {
        key for key, price in prices.items() if _below(price, (everything - price) / (len(prices) - 1), BELOW_MEAN)
    }
    if _below(lowest[1], following[1], BELOW_NEXT):
        found.add(lowest[0])
    return found


def _below(price: Fraction, reference: Fraction, share: Fraction) -> bool:
    return reference > 0 and price <= reference * (1 - share)
