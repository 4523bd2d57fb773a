"""Answers against what was asked."""

from __future__ import annotations

from typing import Any

import pytest

from bids.domain.meeting import meets
from rfps.models import Requirement


@pytest.mark.parametrize(
    ("answer", "constraint", "value", "met"),
    [
        ("yes_no", {"equals": True}, True, True),
        ("yes_no", {"equals": True}, False, False),
        ("yes_no", {"equals": False}, False, True),
        ("yes_no", {}, True, True),
        ("yes_no", {}, False, False),
        ("number", {"max": 30}, 30, True),
        ("number", {"max": 30}, 30.5, False),
        ("number", {"min": 1, "max": 5}, 0, False),
        ("number", {"equals": 0.1}, 0.1, True),
        ("number", {}, 99, True),
        ("choice", {"in": ["a", "b"]}, "b", True),
        ("choice", {"in": ["a", "b"]}, "c", False),
        ("choice", {"equals": "a"}, "b", False),
        ("date", {"max": "2030-01-31"}, "2030-01-31", True),
        ("date", {"max": "2030-01-31"}, "2030-02-01", False),
        ("date", {"min": "2030-01-31"}, "2029-12-31", False),
        ("text", {}, "We do.", True),
        ("document", {}, "offer.pdf", True),
        *((kind, {}, None, False) for kind in ("yes_no", "number", "choice", "date", "text", "document")),
    ],
)
def test_an_answer_within_its_constraint_meets_it(
    answer: str, constraint: dict[str, Any], value: Any, met: bool
) -> None:
    assert meets(Requirement(answer=answer, constraint=constraint), value) is met


@pytest.mark.parametrize(
    ("answer", "constraint", "value", "met"),
    [
        ("text", {}, "We do.", False),
        ("number", {}, 4, False),
        ("number", {"max": 5}, 4, True),
        ("yes_no", {}, True, True),
    ],
)
def test_a_stated_deviation_counts_where_no_constraint_can_judge(
    answer: str, constraint: dict[str, Any], value: Any, met: bool
) -> None:
    assert meets(Requirement(answer=answer, constraint=constraint), value, "not quite") is met
