"""Whether an answer meets what was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from rfps.models import Requirement
from rfps.states import AnswerKind

JUDGED_BY_VALUE = frozenset({AnswerKind.YES_NO, AnswerKind.NUMBER, AnswerKind.CHOICE, AnswerKind.DATE})


def meets(requirement: Requirement, value: Any, deviation: str = "") -> bool:
    """A given value within the constraint. Where no constraint can judge, a stated deviation says that it does not.

    A yes-no without a constraint asks for yes.
    """
    if value is None:
        return False
    constraint: Mapping[str, Any] = requirement.constraint or {}
    if requirement.answer == AnswerKind.YES_NO:
        return bool(value is constraint.get("equals", True))
    if not constraint or requirement.answer not in JUDGED_BY_VALUE:
        return not deviation
    return _within(value, constraint, number=requirement.answer == AnswerKind.NUMBER)


def _within(value: Any, constraint: Mapping[str, Any], *, number: bool) -> bool:
    def read(entry: Any) -> Any:
        return Decimal(str(entry)) if number else entry  # ISO dates compare as text

    x = read(value)
    fits: dict[str, Callable[[Any], bool]] = {
        "equals": lambda bound: x == read(bound),
        "min": lambda bound: x >= read(bound),
        "max": lambda bound: x <= read(bound),
        "in": lambda bound: value in bound,
    }
    return all(fits[name](bound) for name, bound in constraint.items())
