"""The comparison: totals, scores, ranks and warnings of every column, in the shape of the contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from bids.domain.gathering import Board, Column, gather
from bids.domain.meeting import meets
from bids.domain.ranking import Contender, front, ranks, too_low
from bids.domain.rounding import add, exact, money, rounded
from bids.domain.scoring import Column as Judged
from bids.domain.scoring import Part, Scale, Score, scales, score
from bids.domain.splitting import Candidate, Split, best_split
from bids.domain.totalling import Total, total
from bids.domain.weighing import first_shares
from bids.policies import bid_count, is_sealed
from bids.states import BidState, EntryKind, Flag, TermKind
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import require
from rfps.models import Rfp
from rfps.policies import can_look
from rfps.states import CriterionKind, Level

FORMULA = "eval-1"
Shape = dict[str, Any]
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class Result:
    """One column with everything calculated."""

    column: Column
    total: Total
    score: Score
    failed_musts: list[str]
    flags: list[str]
    rank: int | None = None
    pareto: bool = False
    first_rank_share: Fraction | None = None

    @property
    def eligible(self) -> bool:
        return not self.failed_musts and not self.column.declined


@dataclass(frozen=True, slots=True)
class Comparison:
    """A board with its results and the best split."""

    board: Board
    results: Sequence[Result]
    split: Split | None = field(default=None)


def compare(rfp: Rfp, *, actor: Actor, weights: Mapping[str, str] | None = None) -> Shape:
    """The comparison as the API answers it; of a sealed request the number of bids alone.

    `weights` by criterion id replace the customer's for this look.
    """
    require(can_look(actor, rfp))
    if rfp.current is None or is_sealed(rfp):
        return sealed(rfp, actor=actor)
    return shape(calculate(gather(rfp, actor=actor, weights=weights)), bid_count(actor, rfp))


def sealed(rfp: Rfp, *, actor: Actor) -> Shape:
    """What a sealed request says of its bids."""
    count = bid_count(actor, rfp)
    known = {"rfp": str(rfp.public_id), "formula": FORMULA, "sealed": True, "bid_count": count}
    return {**known, "criteria": [], "bids": [], "split": None}


def calculate(board: Board) -> Comparison:
    """Total, score and rank every column of a board."""
    prepared = scales(board.measures)
    results = [_result(board, prepared, column) for column in board.columns]
    bids = [result for result in results if result.column.is_bid]
    _rank(bids)
    _flag_low(bids)
    return Comparison(board, results, _split(board, bids))


def _result(board: Board, prepared: Sequence[Scale], column: Column) -> Result:
    current = column.source == EntryKind.CURRENT
    exit_fee = None if current else board.exit_fee
    cost = total(column.offer, board.lines, horizon_months=board.asked.horizon_months, exit_fee=exit_fee)
    answers = {requirement: given.value for requirement, given in column.answers.items()}
    points = score(prepared, Judged(cost, column.offer.prices, answers, column.ratings))
    lacking = [part.flag for part in points.parts if part.flag and part.flag != Flag.NOT_RATED]
    flags = [*cost.flags, *lacking]
    passed = column.valid_until_on is not None and column.valid_until_on < board.day
    if passed and column.state != BidState.AWARDED:
        flags.append(Flag.EXPIRED)
    if column.declined:
        flags.append(Flag.DECLINED)
    names = list(dict.fromkeys(flag.value for flag in flags))
    return Result(column, cost, points, _failed_musts(board, column), names)


def _failed_musts(board: Board, column: Column) -> list[str]:
    """Of a bid also what it left unanswered; of the customer's own columns only what is known to fail."""
    failed = []
    for requirement in board.requirements:
        if requirement.level != Level.MUST:
            continue
        key = str(requirement.public_id)
        given = column.answers.get(key)
        value, deviation = (given.value, given.deviation) if given else (None, "")
        unknown = value is None and not column.is_bid
        if not unknown and not meets(requirement, value, deviation):
            failed.append(key)
    return failed


def _rank(bids: Sequence[Result]) -> None:
    contenders = [
        Contender(
            key=result.column.key,
            score=result.score.amount,
            eligible=result.eligible,
            first_submitted_at=result.column.first_submitted_at or NEVER,
            price=result.total.amount if result.total.complete else None,
            rest=result.score.without(CriterionKind.TOTAL_PRICE),
        )
        for result in bids
    ]
    places, best = ranks(contenders), front(contenders)
    fit = [result for result in bids if result.eligible]
    shares = first_shares(tuple(tuple(part.score for part in result.score.parts) for result in fit))
    for result in bids:
        result.rank = places.get(result.column.key)
        result.pareto = result.column.key in best
        result.first_rank_share = Fraction(0)
    for result, share in zip(fit, shares, strict=True):
        result.first_rank_share = share


def _flag_low(bids: Sequence[Result]) -> None:
    low = too_low({result.column.key: result.total.amount for result in bids if result.total.complete})
    for result in bids:
        if result.column.key in low:
            result.flags.append(Flag.LOW_PRICE.value)


def _split(board: Board, bids: Sequence[Result]) -> Split | None:
    """Over eligible firm bids that can be chosen; charges and delivery are due as soon as a bid gets one line."""
    candidates = []
    for result in bids:
        if result.eligible and result.column.offer.estimate_high is None and Flag.EXPIRED not in result.flags:
            counted = [term for term in result.total.terms if term.counted]
            fixed = add(t.amount for t in counted if t.kind in (TermKind.CHARGE, TermKind.DELIVERY))
            prices = {line: term.amount for line, term in result.total.lines().items()}
            candidates.append(Candidate(result.column.key, prices, fixed))
    extra = exact(board.exit_fee) if board.exit_fee else Fraction(0)
    return best_split([line.id for line in board.lines], candidates, extra=extra)


def shape(comparison: Comparison, count: int) -> Shape:
    """The contract's body."""
    board = comparison.board
    return {
        "rfp": str(board.rfp.public_id),
        "formula": FORMULA,
        "sealed": False,
        "bid_count": count,
        "currency": board.rfp.currency,
        "horizon_months": board.asked.horizon_months,
        "criteria": criteria(board, suggested_worst(comparison)),
        "bids": [column(result, board.rfp.currency) for result in comparison.results],
        "split": split(comparison.split, board.rfp.currency),
    }


def criteria(board: Board, worst: str | None) -> list[Shape]:
    """The criteria with the weights that were used."""
    return [
        {
            "id": measure.id,
            "title": measure.title,
            "kind": measure.kind,
            "weight": as_number(measure.weight),
            "published_weight": as_number(exact(row.weight)),
            "best": measure.best or None,
            "worst": measure.worst or None,
            "suggested_worst": worst if measure.kind == CriterionKind.TOTAL_PRICE else None,
            "requirement": measure.requirement or None,
            "line": measure.line or None,
        }
        for measure, row in zip(board.measures, board.criteria, strict=True)
    ]


def suggested_worst(comparison: Comparison) -> str | None:
    """What the customer pays now: the natural worst of the price scale."""
    for result in comparison.results:
        if result.column.source == EntryKind.CURRENT and result.total.complete:
            return money(result.total.amount, comparison.board.rfp.currency)
    return None


def column(result: Result, currency: str) -> Shape:
    """One column of the contract's body."""
    return {
        "bid": result.column.key,
        "source": result.column.source,
        "option": result.column.option,
        "title": result.column.title,
        "supplier": result.column.supplier,
        "state": result.column.state or None,
        "total": amount(result.total.amount, currency),
        "total_terms": terms(result.total, currency),
        "eligible": result.eligible,
        "failed_musts": result.failed_musts,
        "missing": list(result.total.missing),
        "scores": [part_shape(part, currency) for part in result.score.parts],
        "score": rounded(result.score.amount, 2),
        "rank": result.rank,
        "pareto": result.pareto,
        "first_rank_share": None if result.first_rank_share is None else rounded(result.first_rank_share, 2),
        "flags": result.flags,
        "shortlisted": result.column.shortlisted,
        "hidden": result.column.hidden,
        "note": result.column.note,
    }


def terms(cost: Total, currency: str) -> list[Shape]:
    """Every term of a total, those that are not counted too."""
    return [
        {
            "label": term.label,
            "amount": money(term.amount, currency),
            "counted": term.counted,
            "kind": term.kind.value,
            "line": term.subject or None,
            "months": term.months,
            "note": term.note or None,
        }
        for term in cost.terms
    ]


def part_shape(part: Part, currency: str) -> Shape:
    """One criterion's share of a score."""
    return {
        "criterion": part.measure.id,
        "value": shown_value(part, currency),
        "score": rounded(part.score, 4),
        "contribution": rounded(part.contribution, 2),
        "flag": part.flag.value if part.flag else None,
    }


def shown_value(part: Part, currency: str) -> Any:
    """What was measured: an answer as it was given, a total in its currency's decimals, a unit price in six."""
    if part.value is None:
        return None
    if part.measure.kind == CriterionKind.TOTAL_PRICE:
        return money(part.value, currency)
    if part.measure.kind == CriterionKind.LINE_PRICE:
        return rounded(part.value, 6)
    if part.measure.kind == CriterionKind.RATING:
        return as_number(exact(part.value))
    return part.value


def split(found: Split | None, currency: str) -> Shape | None:
    """The best split over suppliers by line, and what it saves against the cheapest single bid."""
    if found is None:
        return None
    return {
        "total": amount(found.total, currency),
        "saving": None if found.saving is None else amount(found.saving, currency),
        "lines": [{"line": line, "bid": bid} for line, bid in found.lines],
    }


def amount(value: Fraction, currency: str) -> Shape:
    """Money in the contract's shape."""
    return {"amount": money(value, currency), "currency": currency}


def as_number(value: Fraction) -> int | float:
    """A JSON number."""
    return int(value) if value.denominator == 1 else float(value)
