"""The whole arithmetic of one score, exact enough to be done again by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from bids.domain.comparing import FORMULA, Result, as_number, calculate, shown_value
from bids.domain.gathering import Board, gather
from bids.domain.rounding import money, rounded
from bids.domain.scoring import Part, Scale, number, scales
from bids.policies import is_sealed
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Conflict, require
from rfps.models import Rfp
from rfps.policies import can_look

Shape = dict[str, Any]


def explain(rfp: Rfp, *, actor: Actor, key: str) -> Shape | None:
    """How the column with this id got its total, score and rank; None when there is none. Conflict `sealed`."""
    require(can_look(actor, rfp))
    if rfp.current is None or is_sealed(rfp):
        raise Conflict(_("The offers are still closed."), code="sealed")
    board = gather(rfp, actor=actor)
    found = [result for result in calculate(board).results if result.column.key == key]
    return explained(board, found[0]) if found else None


def explained(board: Board, result: Result) -> Shape:
    """The arithmetic of one column of a board."""
    currency = board.rfp.currency
    counted = [term.amount for term in result.total.terms if term.counted]
    return {
        "bid": result.column.key,
        "formula": FORMULA,
        "currency": currency,
        "horizon_months": board.asked.horizon_months,
        "total": {
            "terms": _terms(result, currency),
            "sum": " + ".join(precisely(amount) for amount in counted) or "0",
            "exact": precisely(result.total.amount),
            "shown": money(result.total.amount, currency),
        },
        "weights": precisely(sum((measure.weight for measure in board.measures), Fraction(0))),
        "criteria": [
            _part(part, scale, currency) for part, scale in zip(result.score.parts, scales(board.measures), strict=True)
        ],
        "score": {
            "sum": " + ".join(precisely(part.contribution) for part in result.score.parts) or "0",
            "exact": precisely(result.score.amount),
            "shown": rounded(result.score.amount, 2),
        },
        "eligible": result.eligible,
        "failed_musts": result.failed_musts,
        "rank": result.rank,
        "flags": result.flags,
    }


def _terms(result: Result, currency: str) -> list[Shape]:
    return [
        {
            "label": term.label,
            "kind": term.kind.value,
            "counted": term.counted,
            "months": term.months,
            "unit_price": None if term.each is None else precisely(term.each),
            "exact": precisely(term.amount),
            "shown": money(term.amount, currency),
            "note": term.note or None,
        }
        for term in result.total.terms
    ]


def _part(part: Part, scale: Scale, currency: str) -> Shape:
    x = number(part.measure.kind, part.value) if part.value is not None else None
    step = None
    if x is not None and scale.best is not None and scale.worst is not None and scale.best != scale.worst:
        best, worst, measured = precisely(scale.best), precisely(scale.worst), precisely(x)
        raw = (x - scale.worst) / (scale.best - scale.worst)
        step = f"({measured} − {worst}) / ({best} − {worst}) = {precisely(raw)}"
    return {
        "criterion": part.measure.id,
        "title": part.measure.title,
        "kind": part.measure.kind,
        "weight": as_number(part.measure.weight),
        "share": precisely(scale.share),
        "value": shown_value(part, currency),
        "best": part.measure.best or None,
        "worst": part.measure.worst or None,
        "formula": "s = clamp((x − worst)/(best − worst), 0, 1)" if step else None,
        "step": step,
        "score": precisely(part.score),
        "contribution": {"exact": precisely(part.contribution), "shown": rounded(part.contribution, 2)},
        "flag": part.flag.value if part.flag else None,
    }


def precisely(value: Fraction) -> str:
    """As a decimal when that is exact, otherwise as the fraction: "58.96", "50/3"."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return str(value)
    decimals = next(count for count in range(10_000) if 10**count % value.denominator == 0)
    return rounded(value, decimals)
