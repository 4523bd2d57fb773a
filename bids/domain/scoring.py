"""Absolute, anchored scores: what each criterion gives a column, and the weighted sum ("eval-1")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bids.domain.rounding import add, exact
from bids.domain.totalling import Price, Total
from bids.states import Flag
from rfps.domain.judging import RATED
from rfps.states import CriterionKind

NOTHING, EVERYTHING = Fraction(0), Fraction(1)
RATING_BEST = "5"
RATING_WORST = "0"
CHEAPER_IS_BETTER = frozenset({CriterionKind.TOTAL_PRICE, CriterionKind.LINE_PRICE})


@dataclass(frozen=True, slots=True)
class Measure:
    """One criterion: how it is measured, what it weighs, and the customer's anchors."""

    id: str
    kind: str
    weight: Fraction
    title: str = ""
    best: str = ""
    worst: str = ""
    scores: Mapping[str, Any] = field(default_factory=dict)
    requirement: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """What a criterion can look at: the total, the answers and the customer's own ratings of one column."""

    total: Total
    prices: Mapping[str, Price] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)  # by requirement id
    ratings: Mapping[str, Decimal] = field(default_factory=dict)  # by criterion id


@dataclass(frozen=True, slots=True)
class Part:
    """One criterion's share of a score. `value` is what was measured, None when there is nothing to measure."""

    measure: Measure
    value: Any
    score: Fraction
    contribution: Fraction
    flag: Flag | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """100 · Σ w·s / Σ w, unrounded, with its parts."""

    parts: tuple[Part, ...]
    amount: Fraction

    def without(self, kind: str) -> Fraction:
        """The weighted points of every criterion of another kind."""
        return add(part.contribution for part in self.parts if part.measure.kind != kind)


@dataclass(frozen=True, slots=True)
class Scale:
    """A measure with what is the same for every column: its share of 100 points, and its anchors as numbers."""

    measure: Measure
    share: Fraction
    best: Fraction | None
    worst: Fraction | None


def scales(measures: Sequence[Measure]) -> list[Scale]:
    """The measures made ready for many columns."""
    weights = add(measure.weight for measure in measures)
    return [
        Scale(measure, 100 * measure.weight / weights if weights else Fraction(0), *anchors(measure))
        for measure in measures
    ]


def score(prepared: Sequence[Scale], column: Column) -> Score:
    """Judge one column. It depends on this column and the anchors alone, never on another bid."""
    parts = []
    for scale in prepared:
        value, points, flag = judge(scale, column)
        parts.append(Part(scale.measure, value, points, scale.share * points, flag))
    return Score(tuple(parts), add(part.contribution for part in parts))


def judge(scale: Scale, column: Column) -> tuple[Any, Fraction, Flag | None]:
    """(value, s, flag): s = clamp((x − worst)/(best − worst), 0, 1); a missing value gets 0 and is flagged.

    What nobody has rated yet is no answer that the bid owes.
    """
    measure = scale.measure
    value = look_up(measure, column)
    if value is None:
        return None, NOTHING, Flag.NOT_RATED if measure.kind in RATED else Flag.MISSING_ANSWER
    if measure.kind == CriterionKind.CHOICE:
        return value, _choice(measure, value), None
    x = number(measure.kind, value)
    if x is None:
        return value, NOTHING, Flag.MISSING_ANSWER
    if scale.best is None or scale.worst is None:
        return value, NOTHING, Flag.NO_ANCHORS
    cheaper = measure.kind in CHEAPER_IS_BETTER
    return value, between(x, best=scale.best, worst=scale.worst, cheaper=cheaper), None


def between(x: Fraction, *, best: Fraction, worst: Fraction, cheaper: bool = False) -> Fraction:
    """Where x lies from worst (0) to best (1). Equal anchors are a threshold: met or not."""
    span = best - worst
    if not span:
        return Fraction(int(x <= best if cheaper else x == best))
    part = (x.numerator * worst.denominator - worst.numerator * x.denominator) * span.denominator
    whole = x.denominator * worst.denominator * span.numerator  # part / whole = (x - worst) / span
    if whole < 0:
        part, whole = -part, -whole
    return NOTHING if part <= 0 else EVERYTHING if part >= whole else Fraction(part, whole)


def look_up(measure: Measure, column: Column) -> Any:
    """What the criterion measures: a Fraction for prices, the answer as given for the rest, None when missing.

    A line's price is its unit price, VAT included. A duration without a requirement is the lead
    time of its line, or the longest of all. Nobody's public record holds a rating yet.
    """
    if measure.kind == CriterionKind.TOTAL_PRICE:
        return column.total.amount if column.total.complete else None
    if measure.kind == CriterionKind.LINE_PRICE:
        term = column.total.lines().get(measure.line)
        return term.each if term else None
    if measure.kind == CriterionKind.RATING:
        return column.ratings.get(measure.id)
    if measure.kind == CriterionKind.SUPPLIER_RATING:
        return None
    if measure.kind == CriterionKind.DURATION and not measure.requirement:
        return _lead_time(measure, column)
    return column.answers.get(measure.requirement)


def _lead_time(measure: Measure, column: Column) -> int | None:
    prices = [price for line, price in column.prices.items() if price.offered and measure.line in ("", line)]
    times = [price.lead_time_days for price in prices]
    return max((time for time in times if time is not None), default=None) if None not in times else None


def _choice(measure: Measure, value: Any) -> Fraction:
    if not measure.scores:
        return Fraction(int(str(value) == measure.best))
    points = number(CriterionKind.NUMBER, measure.scores.get(str(value), 0)) or Fraction(0)
    return min(max(points, Fraction(0)), Fraction(1))


def anchors(measure: Measure) -> tuple[Fraction | None, Fraction | None]:
    """(best, worst) as numbers; ratings and yes-no have their own when the customer set none."""
    best, worst = measure.best, measure.worst
    if measure.kind in RATED:
        best, worst = best or RATING_BEST, worst or RATING_WORST
    if measure.kind == CriterionKind.YES_NO:
        best, worst = best or "true", worst or "false"
    return number(measure.kind, best), number(measure.kind, worst)


def number(kind: str, value: Any) -> Fraction | None:
    """A value or an anchor on the number line of its kind: days for dates, 0 or 1 for yes-no."""
    try:
        if kind == CriterionKind.DATE:
            return Fraction(date.fromisoformat(str(value)).toordinal())
        if kind == CriterionKind.YES_NO:
            return {"true": Fraction(1), "false": Fraction(0)}.get(str(value).lower())
        return value if isinstance(value, Fraction) else exact(value)
    except ValueError:
        return None
