"""A request in words."""

from __future__ import annotations

import pytest

from accounts.models import User
from rfps.disclosure import roster
from rfps.domain import drafting, saying
from tests.factories import rfps as make

pytestmark = pytest.mark.django_db


def test_a_body_is_said(customer: User) -> None:
    body = drafting.content_of(make.draft(customer)).body
    assert saying.place(body) == "Edinburgh and around"
    assert saying.budget(body) == "£1,000 to £2,000"
    assert [saying.part(row) for row in body["lines"]] == ["Electricity: 3,400\u00a0kWh", "Meter: 1\u00a0piece"]
    assert (saying.musts(body), saying.wishes(body)) == (["100 % renewable"], ["Notice period: at most 30 days"])
    assert [(saying.counted(row, body), saying.anchors(row, body)) for row in body["criteria"]] == [
        ("Price", "£600 or less: full points, £1,400 or more: none"),
        ("Notice period", "0 days or less: full points, 90 days or more: none"),
        ("Trust", "your own stars, when the offers are there"),
    ]
    assert saying.rules(body) == "up to 8 companies can make an offer, up to 3 variants each"
    assert saying.sealing(body).startswith("closed until then")


@pytest.mark.parametrize(
    ("area", "words"),
    [
        ({"country": "GB"}, "United Kingdom, the whole country"),
        ({"remote": True}, "anywhere; the place does not matter"),
        (None, ""),
    ],
)
def test_a_place_is_said_coarsely(customer: User, area: dict[str, object] | None, words: str) -> None:
    body = drafting.content_of(make.draft(customer)).body
    assert saying.place({**body, "area": area}) == words


@pytest.mark.parametrize(
    ("budget", "words"),
    [
        (None, "not given"),
        ({"amount": "900.00", "currency": "GBP", "disclosure": "hidden", "binding": False}, "hidden"),
        ({"amount": "900.00", "currency": "GBP", "disclosure": "exact", "binding": False}, "£900"),
    ],
)
def test_a_budget_is_said_as_it_is_shown(customer: User, budget: dict[str, object] | None, words: str) -> None:
    body = drafting.content_of(make.draft(customer)).body
    assert saying.budget({**body, "budget": budget}) == words


def test_other_criteria_are_said(customer: User) -> None:
    body = drafting.content_of(make.draft(customer)).body
    rows = {
        "yes: full points, no: none": {"kind": "yes_no", "requirement": 0},
        "a: 100 %, b: 50 %": {"kind": "choice", "scores": {"b": 0.5, "a": 1}},
        "5 or more: full points, 1 or less: none": {"kind": "number", "best": "5", "worst": "1"},
        "1 February 2030: full points, 1 May 2030: none": {"kind": "date", "best": "2030-02-01", "worst": "2030-05-01"},
        "not said yet: what is full points, what is none?": {"kind": "total_price"},
    }
    assert [saying.anchors(row, body) for row in rows.values()] == list(rows)


def test_what_keeps_companies_away_is_said() -> None:
    assert saying.exclusions({"area": 12, "budget": 0, "keywords": 1}) == [
        "the area keeps away 12",
        "words that they want or do not want keep away 1",
    ]


def test_the_conditions_that_a_person_can_choose_are_said_in_their_language() -> None:
    for agreement in map(roster.agreement, roster.proffered()):
        assert {agreement.title, agreement.summary} <= set(saying.TERMS)
