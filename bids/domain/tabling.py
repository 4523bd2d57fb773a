"""The comparison as the page shows it: columns in order, grouped rows, the lead, and the numbers that re-rank it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from math import lcm
from typing import Any

from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bids.domain import rowing, telling, wording
from bids.domain.comparing import Comparison, Result, calculate
from bids.domain.gathering import BID, facts_of, gather
from bids.domain.rounding import add, rounded
from bids.domain.rowing import Cell, Group, Row
from bids.models import Contract
from bids.states import ContractStatus, EntryKind, Flag
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import require
from rfps.models import Rfp

COLOURS = 6
MOST_SHOWN = 30  # columns at once, unless the customer picks
NEVER = datetime.max.replace(tzinfo=UTC)
KEPT = (ContractStatus.CONFIRMED, ContractStatus.IN_PROGRESS, ContractStatus.DELIVERED, ContractStatus.ACCEPTED)


class Order(models.TextChoices):
    """How the columns may be sorted."""

    BEST = "best", gettext_lazy("Best first")
    PRICE = "price", gettext_lazy("Cheapest first")
    CAME = "came", gettext_lazy("First come first")
    NAME = "name", gettext_lazy("By name")


@dataclass(frozen=True, slots=True)
class Segment:
    """One criterion's piece of a bar: where it begins and ends and how long it is, of 100."""

    title: str
    start: str
    end: str
    length: str
    colour: int


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a column."""

    key: str
    name: str
    title: str
    kind: str  # bid | current | own_entry
    rank: int | None
    points: str
    bar: tuple[Segment, ...]
    why_not: str
    outside: str  # the same in a few words
    eligible: bool
    shortlisted: bool
    hidden: bool
    note: str
    closed: bool = False  # it cannot be chosen: it failed a must, was declined or is over

    @property
    def column(self) -> str:
        """What kind of column the page draws."""
        if self.kind != BID:
            return "now"
        return "out" if not self.eligible else "first" if self.rank == 1 else "ranked"


@dataclass(frozen=True, slots=True)
class Weight:
    """One slider."""

    id: str
    title: str
    weight: str
    share: str
    most: int
    step: str
    colour: int


@dataclass(frozen=True, slots=True)
class Table:
    """Everything on the page. `left_out`: columns that there are, but not shown."""

    comparison: Comparison
    heads: tuple[Head, ...]
    groups: tuple[Group, ...]
    told: tuple[str, ...]
    weights: tuple[Weight, ...]
    numbers: dict[str, Any]
    everyone: tuple[Head, ...]

    @property
    def bids(self) -> int:
        return sum(result.column.is_bid for result in self.comparison.results)

    def result(self, key: str) -> Result:
        """What was calculated of one column."""
        return next(result for result in self.comparison.results if result.column.key == key)

    @property
    def body(self) -> list[tuple[Group, list[tuple[Row, list[tuple[Cell, Head]]]]]]:
        """Each group with its rows, each row with its cells, each cell with the head of its column."""
        return [
            (group, [(row, list(zip(row.cells, self.heads, strict=True))) for row in group.rows])
            for group in self.groups
        ]

    @property
    def left_out(self) -> int:
        return len(self.everyone) - len(self.heads)


def table(
    rfp: Rfp,
    *,
    actor: Actor,
    order: str = Order.BEST,
    picked: Collection[str] = (),
    weights: Mapping[str, str] | None = None,
) -> Table | None:
    """The table of a request's offers; None while they are sealed.

    `picked`: show only the columns with these ids. `weights` replace the customer's for this look.
    """
    facts = facts_of(rfp, actor)
    require(facts is not None)
    if rfp.current is None or facts is None or not facts.unsealed:
        return None
    comparison = calculate(gather(rfp, actor=actor, weights=weights, facts=facts))
    return laid_out(comparison, records=_records(comparison.results), order=order, picked=picked)


def laid_out(
    comparison: Comparison,
    *,
    records: dict[str, tuple[int, int]],
    order: str = Order.BEST,
    picked: Collection[str] = (),
) -> Table:
    """The same from what was calculated."""
    everyone = arranged(comparison.results, order)
    shown = [r for r in everyone if r.column.key in picked] or [r for r in everyone if not r.column.hidden][:MOST_SHOWN]
    drawn = {result.column.key for result in shown}
    heads = {key: head(result, comparison, drawn=key in drawn) for result in everyone for key in [result.column.key]}
    return Table(
        comparison=comparison,
        heads=tuple(heads[result.column.key] for result in shown),
        groups=groups(comparison, shown, records),
        told=tuple(telling.sentences(comparison)),
        weights=sliders(comparison),
        numbers=numbers(comparison),
        everyone=tuple(heads.values()),
    )


def groups(comparison: Comparison, shown: Sequence[Result], records: dict[str, tuple[int, int]]) -> tuple[Group, ...]:
    """The rows, group by group; an empty group is left out."""
    found = (
        rowing.totals(comparison, shown),
        rowing.prices(comparison, shown),
        rowing.asked(comparison, shown),
        rowing.terms(shown),
        rowing.company(shown, records),
    )
    return tuple(group for group in found if group.rows)


def order_of(name: str) -> Order:
    """The order of this name; the best first for any other."""
    return Order(name) if name in Order.values else Order.BEST


def arranged(results: Sequence[Result], order: str) -> list[Result]:
    """In the ranking, then the customer's own columns, then what is outside it; in each by the wanted order."""

    def place(result: Result) -> int:
        if result.column.is_bid:
            return 0 if result.eligible else 3
        return 1 if result.column.source == EntryKind.CURRENT else 2

    def wanted(result: Result) -> Any:
        if order == Order.PRICE:
            return (not result.total.complete, result.total.amount)
        if order == Order.CAME:
            return result.column.first_submitted_at or NEVER
        if order == Order.NAME:
            return (result.column.supplier["name"] or "").casefold()
        return (result.rank or 0, -result.score.amount)

    return sorted(results, key=lambda result: (place(result), wanted(result), result.column.key))


def head(result: Result, comparison: Comparison, *, drawn: bool = True) -> Head:
    """The top of one column; its bar only where it is drawn."""
    column = result.column
    own = {EntryKind.CURRENT.value: _("What you have"), EntryKind.OWN_ENTRY.value: _("An offer from elsewhere")}
    name = column.supplier["name"] or own.get(column.source, column.title)
    why_not = why_outside(result, comparison)
    return Head(
        key=column.key,
        name=own[EntryKind.CURRENT] if column.source == EntryKind.CURRENT else name,
        title=_subtitle(result),
        kind=column.source,
        rank=result.rank,
        points=wording.points(result.score.amount),
        bar=bar(result) if drawn else (),
        why_not=why_not,
        outside=_("said no") if column.declined else _("misses a must-have") if why_not else "",
        eligible=result.eligible,
        shortlisted=column.shortlisted,
        hidden=column.hidden,
        note=column.note,
        closed=bool(why_not) or Flag.EXPIRED in result.flags,
    )


def _subtitle(result: Result) -> str:
    column = result.column
    if column.source != EntryKind.CURRENT:
        return column.title
    ends = column.content.get("contract_ends_on")
    until = _("until %(day)s") % {"day": wording.day(datetime.fromisoformat(ends).date())} if ends else ""
    return ", ".join(part for part in (column.supplier["name"], until) if part) or column.title


def why_outside(result: Result, comparison: Comparison) -> str:
    """Why a column is not in the ranking; empty when it is."""
    if result.column.declined:
        return _("was chosen and said no")
    if result.failed_musts:
        texts = {str(row.public_id): row.text for row in comparison.board.requirements}
        return _("misses a must-have: %(what)s") % {"what": "; ".join(texts[key] for key in result.failed_musts)}
    return ""


def bar(result: Result) -> tuple[Segment, ...]:
    """The contributions one after the other."""
    found, start = [], Fraction(0)
    for number, part in enumerate(result.score.parts):
        end = start + part.contribution
        colour = number % COLOURS + 1
        found.append(
            Segment(part.measure.title, rounded(start, 2), rounded(end, 2), rounded(part.contribution, 2), colour)
        )
        start = end
    return tuple(found)


def sliders(comparison: Comparison) -> tuple[Weight, ...]:
    """The sliders; a step as fine as the finest weight, so that none is moved by being shown."""
    measures = comparison.board.measures
    everything = add(measure.weight for measure in measures)
    most = max([100, *(-(-measure.weight // 1) for measure in measures)])
    finest = max((wording.decimals_of(measure.weight) for measure in measures), default=0)
    return tuple(
        Weight(
            id=measure.id,
            title=measure.title,
            weight=rounded(measure.weight, finest),
            share=rounded(100 * measure.weight / everything if everything else Fraction(0), 0),
            most=int(most),
            step=rounded(Fraction(1, 10**finest), finest),
            colour=number % COLOURS + 1,
        )
        for number, measure in enumerate(measures)
    )


def numbers(comparison: Comparison) -> dict[str, Any]:
    """What re-ranking needs, in whole numbers: scores over one denominator, columns in the order that breaks ties."""
    results = sorted(
        comparison.results, key=lambda result: (result.column.first_submitted_at or NEVER, result.column.key)
    )
    one = lcm(*(part.score.denominator for result in results for part in result.score.parts))
    columns = [
        {
            "key": result.column.key,
            "ranked": result.eligible and result.column.is_bid,
            "scores": [str(part.score.numerator * (one // part.score.denominator)) for part in result.score.parts],
        }
        for result in results
    ]
    return {"one": str(one), "weights": [measure.id for measure in comparison.board.measures], "columns": columns}


def _records(results: Sequence[Result]) -> dict[str, tuple[int, int]]:
    """How often each company whose name is shown was chosen, and how often it kept its word."""
    known = {supplier for result in results if (supplier := result.column.supplier["id"])}
    settled = Contract.objects.filter(organisation__public_id__in=known).exclude(status=ContractStatus.CHOSEN)
    rows = settled.values("organisation__public_id").annotate(
        n=Count("pk"), kept=Count("pk", filter=Q(status__in=KEPT))
    )
    return {str(row["organisation__public_id"]): (row["n"], row["kept"]) for row in rows}
