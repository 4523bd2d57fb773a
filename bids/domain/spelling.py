"""The arithmetic of a score as people of the active language write numbers; REST keeps the plain ones."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from bids.domain import wording
from rfps.states import CriterionKind

Shape = dict[str, Any]
POINT = re.compile(r"(?<=\d)\.(?=\d)")


def spelled(why: Shape) -> Shape:
    """What explaining.explained gives, with every number, day and answer as its page says it."""
    total, score = why["total"], why["score"]
    return {
        **why,
        "total": {
            **_figures(total, "sum", "exact", "shown"),
            "terms": [_figures(one, "shown") for one in total["terms"]],
        },
        "criteria": [_part(part) for part in why["criteria"]],
        "score": _figures(score, "sum", "exact", "shown"),
    }


def figures(text: str) -> str:
    """Numbers in a sum, with the sign before decimals that the language has."""
    return POINT.sub(wording.decimal_sign(), text)


def _part(part: Shape) -> Shape:
    read = {name: _value(part[name], part["kind"]) for name in ("value", "best", "worst")}
    contribution = _figures(part["contribution"], "exact", "shown")
    return {**_figures(part, "share", "step", "score"), **read, "contribution": contribution}


def _figures(shape: Shape, *names: str) -> Shape:
    return {**shape, **{name: figures(shape[name]) for name in names if shape[name] is not None}}


def _value(value: Any, kind: str) -> Any:
    if value is None or kind == CriterionKind.CHOICE:
        return value
    if isinstance(value, bool):
        return wording.answer(value, kind)
    return wording.day(date.fromisoformat(str(value))) if kind == CriterionKind.DATE else figures(str(value))
