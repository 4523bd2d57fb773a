"""Rows of a draft one by one: what counts, what was confirmed and what the template filled in go along."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from accounts.policies import actor_of_person
from marketplace.kernel.errors import Conflict, Invalid, NotAllowed
from rfps.domain import arranging, drafting
from rfps.domain.arranging import ASKED, PARTS
from rfps.models import Rfp
from tests.factories import people
from tests.factories import rfps as make

pytestmark = pytest.mark.django_db
CHOICE = {"text": "Roof", "answer": "choice", "choices": ["Tile", "Slate"], "level": "should"}
SCORED = {"kind": "choice", "requirement": 2, "weight": 10, "scores": {"Tile": 1, "Slate": 0.5}}


@pytest.fixture
def rfp(customer: User) -> Rfp:
    """Two parts, two questions; the second question counts."""
    return make.draft(customer)


def given(rfp: Rfp) -> dict[str, Any]:
    return drafting.given_of(make.again(rfp))


def known(rfp: Rfp, customer: User) -> dict[str, Any]:
    return {"actor": actor_of_person(customer), "revision": make.again(rfp).revision}


def test_a_part_is_added_at_the_end(rfp: Rfp, customer: User) -> None:
    arranging.put(rfp, PARTS, None, {"title": "Visit", "quantity": "2"}, **known(rfp, customer))
    assert [row["title"] for row in given(rfp)["lines"]] == ["Electricity", "Meter", "Visit"]


def test_what_counts_follows_its_row(rfp: Rfp, customer: User) -> None:
    arranging.move(rfp, ASKED, 1, 0, **known(rfp, customer))
    after = given(rfp)
    assert [row["text"] for row in after["requirements"]] == ["Notice period", "100 % renewable"]
    assert [row.get("requirement") for row in after["criteria"]] == [None, 0, None]


def test_what_counted_by_a_row_goes_with_it(rfp: Rfp, customer: User) -> None:
    arranging.drop(rfp, ASKED, 0, **known(rfp, customer))
    assert [row.get("requirement") for row in given(rfp)["criteria"]] == [None, 0, None]
    arranging.drop(rfp, ASKED, 0, **known(rfp, customer))
    assert [row["kind"] for row in given(rfp)["criteria"]] == ["total_price", "rating"]


def test_past_the_ends_is_at_the_end(rfp: Rfp, customer: User) -> None:
    arranging.move(rfp, PARTS, 0, 9, **known(rfp, customer))
    arranging.move(rfp, PARTS, 0, -9, **known(rfp, customer))
    assert [row["title"] for row in given(rfp)["lines"]] == ["Meter", "Electricity"]


def test_a_question_that_counts_keeps_its_kind_of_answer(rfp: Rfp, customer: User) -> None:
    with pytest.raises(Invalid) as refused:
        arranging.put(rfp, ASKED, 1, {"text": "Notice", "answer": "text"}, **known(rfp, customer))
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/requirements/1/answer", "counts")]
    arranging.put(rfp, ASKED, 0, {"text": "Which source?", "answer": "text"}, **known(rfp, customer))


def test_new_choices_get_a_score_and_old_ones_lose_it(customer: User) -> None:
    body = make.body()
    rows, criteria = [*body["requirements"], CHOICE], [*body["criteria"], SCORED]
    rfp = make.draft(customer, requirements=rows, criteria=criteria)
    arranging.put(rfp, ASKED, 2, {**CHOICE, "choices": ["Slate", "Thatch"]}, **known(rfp, customer))
    assert given(rfp)["criteria"][3]["scores"] == {"Slate": 0.5, "Thatch": 0}


def test_what_was_meant_so_follows_its_text_and_is_asked_anew_of_another(rfp: Rfp, customer: User) -> None:
    drafting.change(rfp, actor=actor_of_person(customer), body={"confirmed": ["/need", "/lines/0/title"]})
    arranging.move(rfp, PARTS, 0, 1, **known(rfp, customer))
    assert given(rfp)["confirmed"] == ["/need", "/lines/1/title"]
    arranging.put(rfp, PARTS, 1, {"title": "Write to me"}, **known(rfp, customer))
    assert given(rfp)["confirmed"] == ["/need"]


@pytest.mark.parametrize("name", [PARTS, ASKED])
def test_rows_of_the_template_become_ones_own_and_what_counts_stays(customer: User, name: str) -> None:
    body = {"category": "energy/electricity", "title": "Power", "area": {"country": "GB"}, "currency": "GBP"}
    rfp = drafting.draft(actor=actor_of_person(customer), body=body)
    before = drafting.content_of(rfp).body
    arranging.move(rfp, name, 0, 0, **known(rfp, customer))
    after = drafting.content_of(make.again(rfp)).body
    assert (after[name], after["criteria"]) == (before[name], before["criteria"])


@pytest.mark.parametrize("name", [PARTS, ASKED])
def test_two_tabs_are_told_and_unknown_rows_too(rfp: Rfp, customer: User, name: str) -> None:
    old = known(rfp, customer)
    arranging.drop(rfp, name, 0, **old)
    with pytest.raises(Conflict):
        arranging.drop(rfp, name, 0, **old)
    with pytest.raises(Invalid):
        arranging.drop(rfp, name, 7, **known(rfp, customer))


def test_a_hundred_and_no_more(customer: User) -> None:
    rfp = make.draft(customer, lines=[{"title": f"Part {n}"} for n in range(100)])
    with pytest.raises(Invalid):
        arranging.put(rfp, PARTS, None, {"title": "One more"}, **known(rfp, customer))


def test_nobody_else_arranges(rfp: Rfp) -> None:
    stranger = people.person()
    with pytest.raises(NotAllowed):
        arranging.drop(rfp, PARTS, 0, actor=actor_of_person(stranger), revision=rfp.revision)
