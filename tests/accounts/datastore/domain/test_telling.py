"""Facts in words, exact and as a stage shows them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils.translation import override

from accounts.datastore import catalogue
from accounts.datastore.domain.telling import tell, tell_shown

CASES: list[tuple[str, Any, dict[str, str]]] = [
    ("identity.full_name", "Morag Quill", {"S2": "begins with M", "S3": "Morag Quill"}),
    ("identity.birth_date", "1984-03-31", {"S1": "40 to 49 years old", "S3": "31 March 1984"}),
    ("energy.kwh_per_year", 3412, {"S1": "3,000 to 3,999\u00a0kWh", "S3": "3,412\u00a0kWh"}),
    ("home.dwelling_type", "semi_detached", {"S1": "house", "S3": "semi detached"}),
    ("home.postcode", "EH6 5DT", {"S1": "EH", "S2": "EH6", "S3": "EH6 5DT"}),
    ("home.point", {"lat": 55.95, "lon": -3.19}, {"S1": "a square of 10 km", "S3": "55.95, -3.19"}),
    ("plans.move_on", "2030-02-14", {"S0": "1 February 2030 to 28 February 2030", "S3": "14 February 2030"}),
    ("household.size", 7, {"S1": "5 or more"}),
]


@pytest.mark.parametrize(("key", "value", "said"), CASES, ids=[case[0] for case in CASES])
def test_each_stage_in_words(key: str, value: Any, said: dict[str, str]) -> None:
    field = catalogue.field(key)
    for stage, words in said.items():
        shown = catalogue.project(key, value, stage, on=date(2026, 1, 1), country="GB")
        assert tell_shown(field, shown) == words


def test_money_and_yes_and_no() -> None:
    money = next(field for field in catalogue.all_fields() if "amount" in field.datatype.get("properties", {}))
    assert tell(money, {"amount": "1158.00", "currency": "GBP"}) == "£1,158"
    assert tell(catalogue.field("home.lift"), True) == "yes"
    assert tell(catalogue.field("household.pets"), ["small_animal", "dog"]) == "small animal, dog"


def test_numbers_and_days_follow_the_language() -> None:
    with override("de"):
        assert tell(catalogue.field("energy.kwh_per_year"), 3412) == "3.412\u00a0kWh"
        assert tell(catalogue.field("plans.move_on"), "2030-02-14") == "14. Februar 2030"


def test_years_are_one_or_many() -> None:
    field = catalogue.field("mobility.no_claims_years")
    assert [tell(field, years) for years in (0, 1, 7)] == ["0 years", "1 year", "7 years"]
