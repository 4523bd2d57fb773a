"""The first sentence of a comparison: who leads, by what, and how firmly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from bids.domain import wording
from bids.domain.comparing import Comparison, Result
from bids.domain.rounding import rounded
from bids.domain.rowing import current
from bids.domain.scoring import Part
from rfps.states import CriterionKind

PRICES = frozenset({CriterionKind.TOTAL_PRICE, CriterionKind.LINE_PRICE})
BETTER_TO_SAY = 2  # criteria that fit into "to weigh a against b"


@dataclass(frozen=True, slots=True)
class Difference:
    """A criterion other than price in which the leader and the next differ most, and what each says."""

    title: str
    leader: str
    other: str


@dataclass(frozen=True, slots=True)
class Lead:
    """Who leads. Amounts are exact; `saving` and `dearer` are None where there is nothing to compare with."""

    leader: Result
    other: Result | None
    saving: Fraction | None  # what the customer has now costs more by so much
    dearer: Fraction | None  # the leader costs more than the next by so much
    difference: Difference | None
    share: Fraction  # of all weightings in which the leader stays first
    counts: tuple[str, ...]  # what has a weight


def lead(comparison: Comparison) -> Lead | None:
    """None when no offer is in the ranking."""
    ranked = sorted((r for r in comparison.results if r.rank is not None), key=lambda result: result.rank or 0)
    if not ranked:
        return None
    first, other = ranked[0], ranked[1] if len(ranked) > 1 else None
    return Lead(
        leader=first,
        other=other,
        saving=_between(first, current(comparison.results)),
        dearer=None if other is None else _negated(_between(first, other)),
        difference=_difference(comparison, first, other) if other else None,
        share=first.first_rank_share or Fraction(0),
        counts=tuple(measure.title for measure in comparison.board.measures if measure.weight),
    )


def _between(first: Result, other: Result | None) -> Fraction | None:
    if other is None or not (first.total.complete and other.total.complete):
        return None
    return other.total.amount - first.total.amount


def _negated(value: Fraction | None) -> Fraction | None:
    return None if value is None else -value


def _difference(comparison: Comparison, first: Result, other: Result) -> Difference | None:
    pairs = [
        (abs(mine.contribution - theirs.contribution), mine, theirs)
        for mine, theirs in zip(first.score.parts, other.score.parts, strict=True)
        if mine.measure.kind not in PRICES
    ]
    gap, mine, theirs = max(pairs, key=lambda pair: pair[0], default=(Fraction(0), None, None))
    if not gap or mine is None or theirs is None:
        return None
    said, against = _said(comparison, mine), _said(comparison, theirs)
    return Difference(mine.measure.title, said, against) if said and against else None


def _said(comparison: Comparison, part: Part) -> str:
    if part.measure.kind == CriterionKind.RATING:
        return _("%(number)s of 5") % {"number": wording.number(part.value)} if part.value is not None else ""
    asked = {str(row.public_id): row for row in comparison.board.requirements}.get(part.measure.requirement)
    if asked is not None:
        return wording.answer(part.value, asked.answer, asked.unit)
    return wording.answer(part.value, "duration", "day") if part.measure.kind == CriterionKind.DURATION else ""


def sentences(comparison: Comparison) -> list[str]:
    """The lead in words, the first one to be shown bold."""
    found = lead(comparison)
    if found is None:
        return [_nobody(comparison)]
    names = names_of([result for result in (found.leader, found.other) if result])
    said = [_head(found, names), _cost(comparison, found)]
    if found.other is not None:
        said += [_against(comparison, found, names), _firmly(found, names)]
    return [sentence for sentence in said if sentence]


def _nobody(comparison: Comparison) -> str:
    if any(result.column.is_bid for result in comparison.results):
        return _("No offer has everything that you must have. What each one misses stands in its column.")
    return _("No offer came in.")


def _head(found: Lead, names: dict[str, str]) -> str:
    given = {"name": names[found.leader.column.key], "points": rounded(found.leader.score.amount, 0)}
    if found.other is None:
        return _("%(name)s has %(points)s of 100 points:") % given
    return _("%(name)s leads with %(points)s of 100 points:") % given


def _cost(comparison: Comparison, found: Lead) -> str:
    currency, horizon = comparison.board.rfp.currency, comparison.board.asked.horizon_months
    total = wording.about(found.leader.total.amount, currency)
    cost = {"total": total, "period": wording.period(horizon)}
    if not found.saving:
        return _("%(total)s %(period)s.") % cost
    cost["saving"] = wording.about(abs(found.saving), currency)
    if found.saving > 0:
        return _("%(total)s %(period)s, %(saving)s less than you pay now.") % cost
    return _("%(total)s %(period)s, %(saving)s more than you pay now.") % cost


def _against(comparison: Comparison, found: Lead, names: dict[str, str]) -> str:
    assert found.other is not None
    given = {"other": names[found.other.column.key], "sum": ""}
    if found.dearer:
        given["sum"] = wording.about(abs(found.dearer), comparison.board.rfp.currency)
    said = _cheaper(found.dearer, given)
    if found.difference is None:
        return said
    given |= {"title": found.difference.title, "one": found.difference.leader, "two": found.difference.other}
    return f"{said} " + _("%(title)s: %(one)s, with %(other)s %(two)s.") % given


def _cheaper(dearer: Fraction | None, given: dict[str, str]) -> str:
    if dearer is None:
        return _("%(other)s comes next.") % given
    if dearer > 0:
        return _("%(other)s costs %(sum)s less.") % given
    return (_("%(other)s costs %(sum)s more.") if dearer else _("%(other)s costs the same.")) % given


def _firmly(found: Lead, names: dict[str, str]) -> str:
    given = {"name": names[found.leader.column.key], "share": rounded(100 * found.share, 0)}
    if len(found.counts) == BETTER_TO_SAY:
        given |= {"one": found.counts[0], "two": found.counts[1]}
        return _("%(name)s stays first in %(share)s of 100 ways to weigh %(one)s against %(two)s.") % given
    return _("%(name)s stays first in %(share)s of 100 ways to weigh what counts.") % given


def names_of(results: Sequence[Result]) -> dict[str, str]:
    """What to call each column in a sentence: its company, with the offer's title where the company has several."""
    companies = [result.column.supplier["name"] or result.column.title for result in results]
    named = {}
    for result, company in zip(results, companies, strict=True):
        twice = companies.count(company) > 1 and result.column.title
        named[result.column.key] = f"{company} ({result.column.title})" if twice else company
    return named
