"""Ladders: what each stage shows, and that a later stage never shows less."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.datastore import catalogue, ladders, places
from accounts.datastore.ladders import Band, Setting, project

ON = date(2026, 3, 30)
GB = Setting(on=ON, country="GB")


def rungs(ladder: str, value: Any, setting: Setting = GB) -> list[Any]:
    return [project(ladder, value, stage, setting) for stage in ladders.STAGES]


def test_name() -> None:
    assert rungs("name", "ada Lovelace") == [None, None, {"initial": "A"}, "ada Lovelace"]


@pytest.mark.parametrize("ladder", ladders.CLOSED)
def test_closed_ladders_show_nothing_before_the_award(ladder: str) -> None:
    assert rungs(ladder, "x") == [None, None, None, "x"]


def test_nothing_is_shown_after_the_end() -> None:
    assert [project(ladder, "x", "S4", GB) for ladder in ladders.LADDERS] == [None] * len(ladders.LADDERS)


def test_birth_date() -> None:
    shown = [None, {"age_from": 40, "age_to": 49}, {"age_from": 40, "age_to": 44}, "1984-03-31"]
    assert rungs("birth_date", "1984-03-31") == shown


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        ("1984-03-31", "2026-03-30", 41),
        ("1984-03-31", "2026-03-31", 42),
        ("2008-02-29", "2026-02-28", 17),
        ("2008-02-29", "2026-03-01", 18),
    ],
)
def test_age_counts_full_years(born: str, on: str, years: int) -> None:
    assert ladders.age_on(date.fromisoformat(born), date.fromisoformat(on)) == years


def test_age_questions_are_a_closed_list() -> None:
    assert ladders.is_at_least(date(2008, 3, 30), 18, ON)
    assert not ladders.is_at_least(date(2008, 3, 31), 18, ON)
    with pytest.raises(ValueError, match="no question about the age of 42"):
        ladders.is_at_least(date(1984, 3, 31), 42, ON)


EDINBURGH = [
    {"country": "GB", "region": "Scotland"},
    {"country": "GB", "area": "EH"},
    {"country": "GB", "district": "EH1"},
]


def test_postcode() -> None:
    assert rungs("postcode", "eh1 1aa") == [*EDINBURGH, "eh1 1aa"]


def test_postcode_of_another_country() -> None:
    assert rungs("postcode", "10115", Setting(on=ON, country="DE")) == [
        {"country": "DE", "region": None},
        {"country": "DE", "area": "10"},
        {"country": "DE", "district": "101"},
        "10115",
    ]


def test_postcode_without_a_country_shows_only_what_is_certain() -> None:
    anywhere = Setting(on=ON)
    assert rungs("postcode", "EH1 1AA", anywhere) == [*EDINBURGH, "EH1 1AA"]
    assert rungs("postcode", "10115", anywhere) == [None, None, None, "10115"]


@pytest.mark.parametrize(
    "address",
    [
        "12 High Street, Edinburgh EH1 1AA",
        {"streetAddress": "12 High Street", "postalCode": "EH1 1AA", "addressCountry": "GB"},
    ],
)
def test_address_shows_no_street_before_the_award(address: Any) -> None:
    assert rungs("address", address) == [*EDINBURGH, address]


def test_address_without_postcode_shows_nothing_before_the_award() -> None:
    assert rungs("address", "The Old Mill, Glen Clova")[:3] == [None, None, None]
    assert rungs("address", {"streetAddress": "The Old Mill"})[1:3] == [None, None]


def test_point() -> None:
    exact = {"lat": 55.9533, "lon": -3.1883}
    assert rungs("point", exact) == [
        None,
        {"lat": 55.935, "lon": -3.21285, "grid_km": 10},
        {"lat": 55.9575, "lon": -3.18876, "grid_km": 1},
        exact,
    ]


def test_income() -> None:
    income = {"amount": "42000.00", "currency": "GBP"}
    assert rungs("income", income) == [
        None,
        {"from": 40000, "to": 59999, "currency": "GBP"},
        {"from": 40000, "to": 49999, "currency": "GBP"},
        income,
    ]


def test_income_has_five_then_ten_bands_and_open_ends() -> None:
    rich = rungs("income", {"amount": "900000.00", "currency": "EUR"})
    assert rich[1] == {"from": 100000, "to": None, "currency": "EUR"}
    assert rich[2] == {"from": 150000, "to": None, "currency": "EUR"}
    assert len(ladders.INCOME_STARTS) == 10


@pytest.mark.parametrize(
    ("value", "band", "shown"),
    [
        (3412, Band(), {"from": 3000, "to": 3999}),
        (99999, Band(), {"from": 90000, "to": 99999}),
        (7, Band(), {"from": 0, "to": 9}),
        (0, Band(), {"from": 0, "to": 9}),
        (42.7, Band(), {"from": 40, "to": 49}),
        (Decimal("3412.5"), Band(), {"from": 3000, "to": 3999}),
        (1987, Band(width=20), {"from": 1980, "to": 1999}),
        (2, Band(starts=(1, 3, 5)), {"from": 1, "to": 2}),
        (9, Band(starts=(1, 3, 5)), {"from": 5, "to": None}),
        (0, Band(starts=(1, 3, 5)), {"from": None, "to": 0}),
    ],
)
def test_numbers_become_bands(value: Any, band: Band, shown: dict[str, Any]) -> None:
    assert rungs("band", value, Setting(on=ON, band=band)) == [None, shown, value, value]


def test_money_becomes_a_band_with_its_currency() -> None:
    price = {"amount": "936.00", "currency": "GBP"}
    assert rungs("band", price) == [None, {"from": 900, "to": 999, "currency": "GBP"}, price, price]


def test_choices_become_groups_or_stay() -> None:
    grouped = Setting(on=ON, band=Band(groups={"house": ("terraced", "detached"), "flat": ("flat",)}))
    assert rungs("band", "detached", grouped) == [None, {"group": "house"}, "detached", "detached"]
    assert rungs("band", "smart") == [None, "smart", "smart", "smart"]
    assert rungs("band", True) == [None, True, True, True]


def test_date_narrows_from_month_to_day() -> None:
    assert rungs("date", "2026-02-03") == [
        {"from": "2026-02-01", "to": "2026-02-28", "precision": "month"},
        {"from": "2026-02-02", "to": "2026-02-08", "precision": "week"},
        "2026-02-03",
        "2026-02-03",
    ]


def test_week_stays_inside_its_month() -> None:
    assert rungs("date", "2026-03-31")[1] == {"from": "2026-03-30", "to": "2026-03-31", "precision": "week"}


def test_text_waits_for_approval() -> None:
    assert rungs("text", "A small flat.") == [None, None, None, "A small flat."]
    approved = Setting(on=ON, text_approved=True)
    assert rungs("text", "A small flat.", approved) == [None, *["A small flat."] * 3]


def test_unknown_ladder() -> None:
    with pytest.raises(KeyError):
        project("steep", 1, "S1", GB)


def spread(shown: Any) -> tuple[float, float]:
    """The span of values that a projection of an ordered value leaves open."""
    if shown is None:
        return (float("-inf"), float("inf"))
    if isinstance(shown, dict) and "from" in shown:
        low, high = (None if end is None else number(end) for end in (shown["from"], shown["to"]))
        return (float("-inf") if low is None else low, float("inf") if high is None else high + 1)
    if isinstance(shown, dict) and "age_from" in shown:
        return (shown["age_from"], shown["age_to"] + 1)
    return (number(shown), number(shown))


def number(value: Any) -> float:
    if isinstance(value, dict):
        return float(value["amount"])
    return date.fromisoformat(value).toordinal() if isinstance(value, str) else float(value)


def assert_narrows(shown: list[Any]) -> None:
    spans = [spread(one) for one in shown]
    assert all(wide[0] <= tight[0] and tight[1] <= wide[1] for wide, tight in pairwise(spans))


bands = st.one_of(
    st.just(Band()),
    st.integers(1, 500).map(lambda width: Band(width=width)),
    st.lists(st.integers(-50, 5000), min_size=1, max_size=8, unique=True).map(lambda s: Band(starts=tuple(sorted(s)))),
)


@given(st.integers(-1000, 10**9) | st.floats(0, 10**9), bands)
def test_a_number_never_widens(value: float, band: Band) -> None:
    assert_narrows(rungs("band", value, Setting(on=ON, band=band)))


@given(st.decimals(0, 10**9, places=2), st.sampled_from(["GBP", "EUR", "JPY", "HUF"]))
def test_an_income_never_widens(amount: Decimal, currency: str) -> None:
    assert_narrows(rungs("income", {"amount": str(amount), "currency": currency}))


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_date_never_widens(day: date) -> None:
    assert_narrows(rungs("date", day.isoformat()))


@given(st.dates(date(1900, 1, 1), ON), st.integers(0, 3650))
def test_an_age_never_widens(born: date, later: int) -> None:
    on = ON + timedelta(days=later)
    shown = rungs("birth_date", born.isoformat(), Setting(on=on))
    age = ladders.age_on(born, on)
    assert_narrows([*shown[:3], age])


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_point_never_widens(lat: float, lon: float) -> None:
    _, tens, ones, exact = rungs("point", {"lat": lat, "lon": lon})
    assert places.centre(places.GRID_10_KM, ones["lat"], ones["lon"]) == (tens["lat"], tens["lon"])
    assert places.centre(places.GRID_1_KM, exact["lat"], exact["lon"]) == (ones["lat"], ones["lon"])


@given(st.from_regex(r"[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}", fullmatch=True))
def test_a_british_postcode_never_widens(code: str) -> None:
    _, area, district, exact = rungs("postcode", code)
    assert exact.replace(" ", "").startswith(district["district"])
    assert district["district"].startswith(area["area"])


@given(st.from_regex(r"[0-9]{4,7}", fullmatch=True), st.sampled_from(["DE", "FR", "NO", "IN"]))
def test_a_postcode_elsewhere_never_widens(code: str, country: str) -> None:
    _, area, district, exact = rungs("postcode", code, Setting(on=ON, country=country))
    assert exact.startswith(district["district"])
    assert district["district"].startswith(area["area"])
    assert len(area["area"]) < len(district["district"]) < len(exact)


@given(st.sampled_from([one for one in catalogue.all_fields() if "enum" in one.datatype]), st.data())
def test_a_choice_once_shown_stays_shown(one: catalogue.Field, data: st.DataObject) -> None:
    value = data.draw(st.sampled_from(one.datatype["enum"]))
    shown = [catalogue.project(one.key, value, stage) for stage in ladders.STAGES]
    hidden = [part is None for part in shown]
    assert hidden == sorted(hidden, reverse=True)
    assert shown[-1] == value
