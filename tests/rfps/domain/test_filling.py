"""Four members are enough: templates and kept values fill the rest."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.datastore.domain import keeping
from accounts.datastore.domain.owning import owner_for_person
from accounts.models import User
from accounts.policies import actor_of_person
from marketplace.kernel.errors import Invalid
from rfps import templates
from rfps.domain import composing, drafting, filling, publishing
from rfps.domain.filling import complete, home_area
from rfps.models import Rfp
from rfps.states import Phase
from tests.factories import rfps as make

pytestmark = pytest.mark.django_db

FULL = ["energy/electricity", "telecom/phone", "home/kitchen", "events/photography", "mobility/used-car"]


def least(category: str, **more: Any) -> dict[str, Any]:
    return {"kind": "rfp", "title": "What we need", "category": category, "closes_at": make.soon(), **more}


def keep(customer: User, **values: Any) -> None:
    owner, actor = owner_for_person(customer), actor_of_person(customer)
    for name, value in values.items():
        keeping.add(owner, actor=actor, field=name.replace("__", "."), value=value)


def written(customer: User, **body: Any) -> Rfp:
    return drafting.draft(actor=actor_of_person(customer), body=body)


@pytest.mark.parametrize("category", [one.category for one in templates.all_templates()] + ["home", "events/catering"])
def test_four_members_and_a_postcode_kept_make_a_request(category: str, customer: User) -> None:
    keep(customer, home__postcode="EH1 1AA")
    rfp = written(customer, **least(category))
    assert publishing.gaps(rfp) == []
    assert publishing.publish(rfp, actor=actor_of_person(customer)).phase == Phase.OPEN


def test_the_templates_in_full_are_among_them() -> None:
    assert set(FULL) <= {one.category for one in templates.all_templates()}


def test_without_any_place_the_area_and_the_currency_are_missing(customer: User) -> None:
    rfp = written(customer, **least("energy/electricity"))
    pointers = {fault.pointer for fault in publishing.gaps(rfp)}
    assert {"/area", "/currency"} <= pointers


def test_what_is_kept_makes_the_quantity_without_telling_it(customer: User) -> None:
    keep(customer, home__postcode="EH1 1AA", energy__kwh_per_year=3412)
    body = drafting.content_of(written(customer, **least("energy/electricity"))).body
    assert body["lines"][0]["quantity"] == "3400"
    assert "estimate" not in body["lines"][0]["spec"]


def test_what_the_person_says_stands(customer: User) -> None:
    said = make.body()
    body = drafting.content_of(written(customer, **said)).body
    assert {name: body[name] for name in said} == said


def test_the_templates_criteria_drop_the_rows_that_the_person_replaced() -> None:
    given, _ = composing.check(least("energy/electricity", requirements=[{"text": "Green", "answer": "yes_no"}]))
    body = complete(given, {"home.postcode": "EH1 1AA"})
    assert all("requirement" not in row for row in body["criteria"])
    assert body["criteria"][0]["kind"] == "total_price"
    assert composing.check_whole(body) == []


def test_questions_carry_no_prices() -> None:
    given, _ = composing.check({**least("energy/electricity"), "kind": "rfi"})
    body = complete(given, {})
    assert body["lines"] == []
    assert composing.check_whole(body) == []


def test_the_decision_is_due_two_weeks_after_the_deadline_unless_said() -> None:
    given, _ = composing.check({"closes_at": "2030-01-31T17:00:00Z"})
    assert complete(given, {})["decides_by"] == "2030-02-14T17:00:00Z"


@pytest.mark.parametrize(
    ("values", "area"),
    [
        ({"home.postcode": "EH1 1AA"}, {"country": "GB", "postcode": "EH1 1AA"}),
        ({"home.postcode": "1000", "home.country": "BE"}, {"country": "BE", "postcode": "1000"}),
        ({"home.postcode": "1000"}, None),
        ({"home.postcode": "10115", "home.country": "DE"}, None),
        ({"home.country": "GB"}, None),
        ({}, None),
    ],
)
def test_the_area_is_home_only_where_that_is_known(values: dict[str, str], area: dict[str, str] | None) -> None:
    assert home_area(values) == area


@pytest.mark.parametrize("category", FULL)
def test_answers_to_the_templates_questions_change_what_is_asked(category: str) -> None:
    template = templates.for_category(category)
    for question in template.questions:
        for choice in question.choices:
            given, faults = composing.check(least(category, answers={question.key: choice.value}))
            body = complete(given, {"home.postcode": "EH1 1AA"})
            assert (faults, composing.check_whole(body)) == ([], [])


ASKED = [(one.category, question) for one in templates.all_templates() for question in one.questions if question.answer]


@pytest.mark.parametrize(("category", "question"), ASKED, ids=lambda part: getattr(part, "key", part))
def test_an_answer_of_another_type_is_refused(category: str, question: Any) -> None:
    wrong = {"number": True, "date": "soon", "yes_no": "yes", "choice": 7, "text": 3}[question.answer]
    given, _ = composing.check(least(category, answers={question.key: wrong}))
    assert [fault.pointer for fault in composing.check_answers(given)] == [f"/answers/{question.key}"]


@pytest.mark.parametrize(("category", "question"), ASKED, ids=lambda part: getattr(part, "key", part))
@pytest.mark.parametrize("number", [0, 0.01, 1_000_000])
def test_no_number_breaks_a_template(number: float, category: str, question: Any) -> None:
    if question.answer == "number":
        given, _ = composing.check(least(category, answers={question.key: number}))
        assert composing.check_answers(given) == []
    body = complete({**least(category), "answers": {question.key: number}}, {"home.postcode": "EH1 1AA"})
    assert composing.check_whole(body) == []


def test_a_question_that_the_template_does_not_ask_is_unknown(customer: User) -> None:
    with pytest.raises(Invalid) as error:
        written(customer, category="energy/electricity", answers={"ask.unheard_of": 1})
    assert [(fault.pointer, fault.code) for fault in error.value.faults] == [
        ("/answers/ask.unheard_of", "unknown_question")
    ]


@pytest.mark.parametrize("template", templates.all_templates(), ids=lambda one: one.category)
def test_all_that_a_template_reads_is_looked_up(template: templates.Template) -> None:
    assert template.keys <= filling.keys_of([{"category": template.category}])
