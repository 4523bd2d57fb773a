"""Every fact and every projection of it can be said in words, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import override

from accounts.datastore import catalogue
from accounts.datastore.domain import telling


def choices() -> set[str]:
    found: set[str] = set()
    for field in catalogue.all_fields():
        found |= {*field.datatype.get("enum", ()), *field.datatype.get("items", {}).get("enum", ()), *field.band.groups}
    return {one for one in found if len(one) > 1}


def test_every_choice_has_its_words() -> None:
    assert choices() - set(telling.CHOICES) == set()
    with override("de"):
        assert telling.choice("two_rate") != "two rates, day and night"


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("energy.kwh_per_year", 3412, "3,412\u00a0kWh"),
        ("home.lift", True, "yes"),
        ("energy.cost_per_year", {"amount": "936.00", "currency": "GBP"}, "£936"),
        ("energy.meter_type", "standard", "one rate"),
        ("preferences.style", ["plain", "modern"], "plain, modern"),
        ("plans.start_on", "2030-02-03", "3 February 2030"),
        ("home.address", {"@type": "PostalAddress", "streetAddress": "1 A St", "postalCode": "EH1"}, "1 A St, EH1"),
    ],
)
def test_a_value_is_said_with_its_unit(key: str, value: Any, words: str) -> None:
    assert telling.exact(key, value) == words


@pytest.mark.parametrize(
    ("key", "value", "stage", "words"),
    [
        ("energy.kwh_per_year", 3412, "S1", "3,000 to 3,999\u00a0kWh"),
        ("energy.kwh_per_year", 3412, "S3", "3,412\u00a0kWh"),
        ("home.postcode", "EH6 5DT", "S0", "Scotland"),
        ("home.postcode", "EH6 5DT", "S1", "postcodes that begin with EH"),
        ("home.postcode", "EH6 5DT", "S2", "postcodes that begin with EH6"),
        ("plans.start_on", "2030-02-03", "S0", "February 2030"),
        ("plans.start_on", "2030-02-06", "S1", "4 February 2030 to 10 February 2030"),
        ("identity.full_name", "Ann Lee", "S2", "A."),
        ("finance.income_per_year", {"amount": "250000", "currency": "GBP"}, "S1", "£100,000 or more"),
    ],
)
def test_a_projection_is_said_as_coarse_as_it_is(key: str, value: Any, stage: str, words: str) -> None:
    assert telling.shown(key, catalogue.project(key, value, stage)) == words


def test_years_places_and_addresses_are_no_quantities() -> None:
    assert telling.exact("home.point", {"lat": 55.95, "lon": -3.19}) == "55.95, -3.19"
    address = {
        "@type": "PostalAddress",
        "addressCountry": "GB",
        "postalCode": "EH1 1AA",
        "streetAddress": "7 Quill Close",
    }
    assert telling.exact("home.address", address) == "7 Quill Close, EH1 1AA, United Kingdom"
    assert telling.exact("home.country", "GB") == "United Kingdom"
