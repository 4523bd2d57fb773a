"""The body of a request: what is right comes back in one form, what is wrong is told at once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfps.domain import composing, filling, judging
from rfps.domain.composing import check
from tests.factories import rfps as make

pytestmark = pytest.mark.django_db


def found(body: Any) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in check(body)[1]]


def contradictions(body: Any) -> list[tuple[str, str]]:
    clean, faults = check(body)
    assert faults == []
    return [(fault.pointer, fault.code) for fault in composing.check_whole(filling.complete(clean, {}))]


def test_the_body_of_the_contract_comes_back_as_it_was() -> None:
    body = make.body()
    assert check(body) == (body, [])
    assert contradictions(body) == []


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"kind": "auction"}, "/kind", "unknown_choice"),
        ({"kind": 1}, "/kind", "wrong_type"),
        ({"title": ["x"]}, "/title", "wrong_type"),
        ({"title": "x" * 201}, "/title", "too_long"),
        ({"title": "  "}, "/title", "blank"),
        ({"need": "a\x00b"}, "/need", "control_character"),
        ({"need": "x" * 20_001}, "/need", "too_long"),
        ({"category": "energy/perpetual"}, "/category", "unknown_category"),
        ({"category": {"a": 1}}, "/category", "wrong_type"),
        ({"nonsense": 1}, "/nonsense", "unknown_field"),
        ({"a/b~c": 1}, "/a~1b~0c", "unknown_field"),
        ({"owner": "everybody"}, "/owner", "unknown_choice"),
        ({"item": "7"}, "/item", "not_an_id"),
        ({"area": "Edinburgh"}, "/area", "wrong_type"),
        ({"area": {"postcode": "EH1 1AA"}}, "/area/country", "required"),
        ({"area": {"country": "GB", "postcode": "ZZ9 9ZZ"}}, "/area/postcode", "unknown_postcode"),
        ({"area": {"country": "XX"}}, "/area/country", "unknown_country"),
        ({"area": {"country": "GB", "lat": 55.9}}, "/area", "half_a_point"),
        ({"area": {"country": "GB", "lat": 91, "lon": 0}}, "/area/lat", "out_of_range"),
        ({"area": {"country": "GB", "lat": "55", "lon": 0}}, "/area/lat", "wrong_type"),
        ({"area": {"remote": False}}, "/area/remote", "wrong_type"),
        ({"area": {"remote": True, "country": "GB"}}, "/area/country", "unknown_field"),
        ({"lines": {}}, "/lines", "wrong_type"),
        ({"lines": [{"title": "x"}] * 101}, "/lines", "too_many"),
        ({"lines": [{"quantity": "1"}]}, "/lines/0/title", "required"),
        ({"lines": [{"title": "x", "quantity": "0"}]}, "/lines/0/quantity", "out_of_range"),
        ({"lines": [{"title": "x", "quantity": "-3"}]}, "/lines/0/quantity", "out_of_range"),
        ({"lines": [{"title": "x", "quantity": "NaN"}]}, "/lines/0/quantity", "not_a_number"),
        ({"lines": [{"title": "x", "quantity": "1e9"}]}, "/lines/0/quantity", "not_a_number"),
        ({"lines": [{"title": "x", "quantity": "1" * 30}]}, "/lines/0/quantity", "too_large"),
        ({"lines": [{"title": "x", "quantity": "0." + "1" * 40}]}, "/lines/0/quantity", "too_many_decimals"),
        ({"lines": [{"title": "x", "quantity": True}]}, "/lines/0/quantity", "wrong_type"),
        ({"lines": [None]}, "/lines/0", "wrong_type"),
        ({"lines": [{"title": "x", "price": "1"}]}, "/lines/0/price", "unknown_field"),
        ({"requirements": [{"text": "x"}]}, "/requirements/0/answer", "required"),
        ({"requirements": [{"text": "x", "answer": "guess"}]}, "/requirements/0/answer", "unknown_choice"),
        (
            {"requirements": [{"text": "x", "answer": "text", "level": "may"}]},
            "/requirements/0/level",
            "unknown_choice",
        ),
        ({"requirements": [{"text": "x", "answer": "choice"}]}, "/requirements/0/choices", "required"),
        (
            {"requirements": [{"text": "x", "answer": "choice", "choices": ["a", "a"]}]},
            "/requirements/0/choices",
            "duplicate",
        ),
        (
            {"requirements": [{"text": "x", "answer": "choice", "choices": ["a"], "constraint": {"in": ["b"]}}]},
            "/requirements/0/constraint",
            "unknown_choice",
        ),
        (
            {"requirements": [{"text": "x", "answer": "number", "constraint": {"min": 3, "max": 2}}]},
            "/requirements/0/constraint",
            "empty_range",
        ),
        (
            {"requirements": [{"text": "x", "answer": "yes_no", "constraint": {"max": 2}}]},
            "/requirements/0/constraint/max",
            "unknown_field",
        ),
        (
            {"requirements": [{"text": "x", "answer": "number", "constraint": {"max": "much"}}]},
            "/requirements/0/constraint/max",
            "not_a_number",
        ),
        ({"criteria": [{"kind": "total_price"}]}, "/criteria/0/weight", "required"),
        ({"criteria": [{"kind": "rating", "weight": -1}]}, "/criteria/0/weight", "out_of_range"),
        ({"criteria": [{"kind": "rating", "weight": 1e300}]}, "/criteria/0/weight", "not_a_number"),
        (
            {"criteria": [{"kind": "rating", "weight": 1, "requirement": 0}]},
            "/criteria/0/requirement",
            "not_for_this_kind",
        ),
        (
            {"criteria": [{"kind": "total_price", "weight": 1, "best": "5", "worst": "5"}]},
            "/criteria/0/worst",
            "same_anchors",
        ),
        ({"criteria": [{"kind": "rating", "weight": 1, "best": "6"}]}, "/criteria/0/best", "out_of_range"),
        ({"criteria": [{"kind": "yes_no", "weight": 1, "best": "1"}]}, "/criteria/0/best", "not_for_this_kind"),
        (
            {"criteria": [{"kind": "number", "weight": 1, "best": "5", "worst": "5.0"}]},
            "/criteria/0/worst",
            "same_anchors",
        ),
        ({"criteria": [{"kind": "total_price", "weight": 1, "best": 600}]}, "/criteria/0/best", "wrong_type"),
        (
            {"criteria": [{"kind": "total_price", "weight": 1, "best": "1.001"}]},
            "/criteria/0/best",
            "too_many_decimals",
        ),
        ({"currency": "XXQ"}, "/currency", "unknown_currency"),
        ({"currency": "EUR"}, "/budget/currency", "wrong_currency"),
        ({"budget": {"amount": 1200}}, "/budget/amount", "wrong_type"),
        ({"budget": {"amount": "-1", "currency": "GBP"}}, "/budget/amount", "out_of_range"),
        ({"budget": {"amount": "1.001", "currency": "GBP"}}, "/budget/amount", "too_many_decimals"),
        ({"budget": {"currency": "GBP"}}, "/budget/amount", "required"),
        ({"budget": {"amount": "1", "disclosure": "secret"}}, "/budget/disclosure", "unknown_choice"),
        ({"horizon_months": 0}, "/horizon_months", "out_of_range"),
        ({"horizon_months": 1.5}, "/horizon_months", "wrong_type"),
        ({"closes_at": "tomorrow"}, "/closes_at", "not_a_time"),
        ({"closes_at": "2030-01-31T17:00:00"}, "/closes_at", "not_a_time"),
        ({"closes_at": "2030-02-31T17:00:00Z"}, "/closes_at", "not_a_time"),
        ({"closes_at": "9999-12-31T23:59:59-23:59"}, "/closes_at", "not_a_time"),
        ({"closes_at": 1900000000}, "/closes_at", "not_a_time"),
        ({"sealing": "two_envelope"}, "/sealing", "unknown_choice"),
        ({"blind": "yes"}, "/blind", "wrong_type"),
        ({"places": 51}, "/places", "out_of_range"),
        ({"options": 6}, "/options", "out_of_range"),
        ({"options": True}, "/options", "wrong_type"),
        ({"capabilities": ["Two Words"]}, "/capabilities/0", "not_a_slug"),
        ({"terms": "MINE"}, "/terms", "unknown_terms"),
        ({"terms": "SD-BASE"}, "/terms", "unknown_terms"),
        ({"fields": [{"field": "home.adress", "stage": "S3"}]}, "/fields/0/field", "unknown_field_key"),
        ({"fields": [{"field": "home.address", "stage": "S4"}]}, "/fields/0/stage", "unknown_choice"),
        ({"fields": [{"field": "home.address", "stage": "S2"}]}, "/fields/0/stage", "too_early"),
        ({"fields": [{"field": "contact.email", "stage": "S1"}]}, "/fields/0/stage", "too_early"),
        ({"fields": [{"field": "household.size", "stage": "S1"}] * 2}, "/fields/1/field", "duplicate"),
        ({"confirmed": "all"}, "/confirmed", "wrong_type"),
        ({"answers": []}, "/answers", "wrong_type"),
    ],
)
def test_what_is_wrong_is_pointed_at(change: dict[str, Any], pointer: str, code: str) -> None:
    assert found({**make.body(), **change}) == [(pointer, code)]


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"criteria": [{"kind": "number", "requirement": 9, "weight": 1}]}, "/criteria/0/requirement", "unknown_row"),
        ({"criteria": [{"kind": "line_price", "line": 2, "weight": 1}]}, "/criteria/0/line", "unknown_row"),
        (
            {"criteria": [{"kind": "date", "requirement": 1, "weight": 1}]},
            "/criteria/0/requirement",
            "wrong_answer_type",
        ),
        ({"decides_by": "2026-11-01T00:00:00Z"}, "/decides_by", "before_closing"),
    ],
)
def test_what_contradicts_itself_is_pointed_at(change: dict[str, Any], pointer: str, code: str) -> None:
    assert contradictions({**make.body(), **change}) == [(pointer, code)]


def test_a_duration_may_be_the_lead_time_of_a_line() -> None:
    row = {"kind": "duration", "line": 1, "weight": 5, "best": "1", "worst": "30"}
    assert contradictions(make.body(criteria=[row])) == []
    assert list(judging.missing(row, "")) == []


def test_every_fault_is_told_at_once() -> None:
    body = make.body(kind="auction", places=0, lines=[{"title": "x", "quantity": "NaN"}], surprise=1)
    assert sorted(found(body)) == [
        ("/kind", "unknown_choice"),
        ("/lines/0/quantity", "not_a_number"),
        ("/places", "out_of_range"),
        ("/surprise", "unknown_field"),
    ]


def test_null_counts_as_not_given() -> None:
    assert check({"title": "x", "item": None, "budget": None}) == ({"title": "x"}, [])


def test_the_currency_is_the_budgets_unless_it_is_named() -> None:
    clean, faults = check({"budget": {"amount": "5", "currency": "EUR"}})
    assert (clean["currency"], faults) == ("EUR", [])


def test_a_time_is_given_back_in_utc() -> None:
    assert check({"closes_at": "2030-01-31t18:00:00+01:00"}) == ({"closes_at": "2030-01-31T17:00:00Z"}, [])


def test_a_point_may_stand_for_a_postcode() -> None:
    area = {"country": "gb", "lat": 55.953251234, "lon": -3}
    assert check({"area": area}) == ({"area": {"country": "GB", "lat": 55.953251, "lon": -3.0}}, [])


def test_a_body_that_is_no_object_is_refused() -> None:
    assert [found(body) for body in ([], "x", 3, None)] == [[("", "wrong_type")]] * 4


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(composing.MEMBERS)), JSON, max_size=6))
def test_no_body_breaks_the_check(body: dict[str, Any]) -> None:
    clean, faults = check(body)
    assert all(fault.pointer.startswith("/") for fault in faults)
    assert faults or set(clean) <= set(composing.MEMBERS)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["lines", "requirements", "criteria", "fields"]), st.data())
def test_no_row_breaks_the_check(name: str, data: st.DataObject) -> None:
    members = {"lines": composing.LINE, "requirements": composing.REQUIREMENT, "criteria": judging.CRITERION}
    keys = sorted(members.get(name, composing.FIELD))
    row = data.draw(st.dictionaries(st.sampled_from(keys), JSON | st.sampled_from(["number", "choice", "total_price"])))
    clean, faults = check({name: [row]})
    assert faults or filling.complete(clean, {})[name] == clean[name]
