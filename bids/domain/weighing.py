"""How robust is the winner: the share of all weightings under which each bid would be first."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from math import lcm
from operator import le, mul
from struct import Struct

SAMPLES = 10_000
SEED = 20_011
GRAIN = 2**14  # weights are whole numbers that sum to this
SCALE = 2**17  # scores are whole numbers from 0 to this
CLOSED_FORM = 2  # criteria
SLOT = 32  # bits: GRAIN · SCALE < 2**32 stays inside

Row = tuple[Fraction, ...]


@lru_cache(maxsize=16)
def weightings(criteria: int, samples: int = SAMPLES) -> tuple[tuple[int, ...], ...]:
    """Weights uniform on the simplex (Dirichlet(1, …, 1)): the gaps between sorted uniform cuts; always the same."""
    dice = random.Random(SEED)  # noqa: S311 - a simulation, reproducible on purpose
    drawn = []
    for _sample in range(samples):
        cuts = sorted(dice.randrange(GRAIN + 1) for _cut in range(criteria - 1))
        drawn.append(tuple(high - low for low, high in zip([0, *cuts], [*cuts, GRAIN], strict=True)))
    return tuple(drawn)


@lru_cache(maxsize=256)
def first_shares(rows: tuple[Row, ...]) -> tuple[Fraction, ...]:
    """For each row of criterion scores the share of weightings under which its weighted sum is the highest.

    The rank-1 acceptability index of SMAA-2 (Lahdelma & Salminen, Operations Research 49(3), 2001) with no preference
    information: by a fixed-seed simulation, exactly for one or two criteria. Rows come in the order that breaks ties.
    """
    if not rows:
        return ()
    scale = lcm(*(value.denominator for row in rows for value in row))
    whole = [tuple(value.numerator * (scale // value.denominator) for value in row) for row in rows]
    chosen = candidates(whole)
    if len(rows[0]) > CLOSED_FORM:
        wins = _simulated([tuple(value * SCALE // scale for value in row) for row in whole], chosen)
    elif len(rows[0]) == CLOSED_FORM:
        wins = _on_top(whole, chosen)
    else:
        wins = {chosen[0]: Fraction(1)}
    return tuple(wins.get(index, Fraction(0)) for index in range(len(rows)))


def candidates(rows: Sequence[tuple[int, ...]]) -> list[int]:
    """Rows that no earlier equal and no better row makes hopeless: a dominated one is first under no weighting."""
    order = sorted(range(len(rows)), key=lambda index: (-sum(rows[index]), index))
    kept: list[int] = []
    for index in order:
        row = rows[index]
        if not any(all(map(le, row, rows[other])) for other in kept):
            kept.append(index)
    return sorted(kept)


def _on_top(rows: Sequence[tuple[int, ...]], chosen: Sequence[int]) -> dict[int, Fraction]:
    """Two criteria, weight w on the first: each row is a line over w from 0 to 1, its share the piece on top."""
    wins: dict[int, Fraction] = {}
    at, top = Fraction(0), max(chosen, key=lambda index: (rows[index][1], rows[index][0]))
    while at < 1:
        crossings = [(_crossing(rows[top], rows[other]), -rows[other][0], other) for other in chosen]
        until, _steepest, follower = min((c for c in crossings if at <= c[0] <= 1), default=(Fraction(1), 0, top))
        wins[top] = wins.get(top, Fraction(0)) + until - at
        at, top = (Fraction(1), top) if follower == top else (until, follower)
    return wins


def _crossing(top: tuple[int, ...], other: tuple[int, ...]) -> Fraction:
    """The weight from which on `other` is above `top`; 2 when it never is."""
    gain = (other[0] - other[1]) - (top[0] - top[1])
    return Fraction(top[1] - other[1], gain) if gain > 0 else Fraction(2)


def _simulated(rows: Sequence[tuple[int, ...]], chosen: Sequence[int]) -> dict[int, Fraction]:
    """One multiplication of big integers weighs all rows at once: each row has its own 32 bits of the number."""
    packed = [
        sum(rows[index][criterion] << (SLOT * place) for place, index in enumerate(chosen))
        for criterion in range(len(rows[0]))
    ]
    counts = [0] * len(chosen)
    size, unpack = SLOT // 8 * len(chosen), Struct(f"<{len(chosen)}I").unpack
    drawn = weightings(len(packed))
    for weights in drawn:
        weighted = sum(map(mul, weights, packed))
        sums = unpack(weighted.to_bytes(size, "little"))
        counts[sums.index(max(sums))] += 1
    return {index: Fraction(count, len(drawn)) for index, count in zip(chosen, counts, strict=True)}
