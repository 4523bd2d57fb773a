"""The catalogue of fields: complete, sound, and strict about values."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from accounts.datastore import catalogue, ladders
from accounts.datastore.catalogue import UnknownField
from marketplace.kernel.datafiles import BrokenFile

GROUPS = "identity contact home household mobility energy devices finance health preferences plans".split()
NAMED = (
    "identity.full_name identity.birth_date contact.email contact.phone home.address home.postcode "
    "household.size energy.kwh_per_year"
).split()


def codes(key: str, value: Any) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in catalogue.check_value(key, value)]


def test_has_every_group_and_enough_fields() -> None:
    assert [group.id for group in catalogue.groups()] == GROUPS
    assert {one.group for one in catalogue.all_fields()} == set(GROUPS)
    assert len(catalogue.all_fields()) >= 60


@pytest.mark.parametrize("key", NAMED)
def test_has_the_fields_that_clients_know(key: str) -> None:
    assert catalogue.field(key).key == key


def test_labels_are_unique() -> None:
    labels = [one.label for one in catalogue.all_fields()]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize(
    ("key", "half_life", "levels"),
    [
        ("home.postcode", 1365, 2),
        ("identity.birth_date", None, 2),
        ("household.size", 730, 3),
        ("energy.kwh_per_year", 365, 3),
    ],
)
def test_quality_of_electricity_rests_on_these(key: str, half_life: int | None, levels: int) -> None:
    assert (catalogue.field(key).half_life_days, catalogue.field(key).depth_levels) == (half_life, levels)


def test_terms_are_full_iris() -> None:
    prefixes = {one.dpv_iri.partition("#")[0] for one in catalogue.all_fields()}
    assert prefixes == {"https://w3id.org/dpv/pd"}
    assert all(one.schema_iri.startswith("https://schema.org/") for one in catalogue.all_fields())


def test_closed_fields_show_nothing_that_names_a_person() -> None:
    closed = [one for one in catalogue.all_fields() if one.is_closed]
    assert {one.ladder for one in closed} == {"direct", "special", "name", "address"}
    assert {one.group for one in closed if one.special_category} == {"health"}


def test_unknown_fields_are_said_to_be_unknown() -> None:
    assert not catalogue.exists("home.castle")
    with pytest.raises(UnknownField):
        catalogue.field("home.castle")
    with pytest.raises(UnknownField):
        catalogue.check_value("home.castle", 1)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("energy.kwh_per_year", 3412),
        ("energy.kwh_per_year", 3412.5),
        ("home.postcode", "EH1 1AA"),
        ("home.postcode", "10115"),
        ("home.address", "12 High Street, Edinburgh EH1 1AA"),
        ("home.address", {"@type": "PostalAddress", "streetAddress": "12 High Street", "postalCode": "EH1 1AA"}),
        ("identity.birth_date", "1984-02-29"),
        ("identity.full_name", "Ngũgĩ wa Thiong'o"),
        ("contact.email", "name@example.org"),
        ("contact.phone", "+44 131 496 0000"),
        ("finance.income_per_year", {"amount": "42000.00", "currency": "GBP"}),
        ("household.pets", ["dog", "cat"]),
        ("home.lift", False),
        ("plans.start_on", "2030-12-31"),
        ("home.country", "GB"),
        ("identity.language", "en-GB"),
    ],
)
def test_takes_a_good_value(key: str, value: Any) -> None:
    assert catalogue.check_value(key, value) == []


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("energy.kwh_per_year", "3412", [("", "type")]),
        ("energy.kwh_per_year", True, [("", "type")]),
        ("energy.kwh_per_year", 0.0001, [("", "minimum")]),
        ("energy.kwh_per_year", 10**400, [("", "maximum")]),
        ("energy.kwh_per_year", float("nan"), [("", "number")]),
        ("energy.kwh_per_year", float("inf"), [("", "number")]),
        ("energy.kwh_per_year", None, [("", "type")]),
        ("household.size", 2.5, [("", "type")]),
        ("household.size", 0, [("", "minimum")]),
        ("identity.full_name", "  ", [("", "blank")]),
        ("identity.full_name", "a\x00b", [("", "characters")]),
        ("identity.full_name", "\ud800", [("", "characters")]),
        ("identity.full_name", "a" * 201, [("", "maxLength")]),
        ("identity.birth_date", "31.03.1984", [("", "format")]),
        ("identity.birth_date", "19840331", [("", "format")]),
        ("identity.birth_date", "1983-02-29", [("", "format")]),
        ("identity.birth_date", "2150-01-01", [("", "format")]),
        ("contact.email", "name@example", [("", "format")]),
        ("contact.email", "a b@example.org", [("", "format")]),
        ("contact.phone", "call me", [("", "format")]),
        ("home.postcode", "<b>", [("", "format")]),
        ("home.address", 12, [("", "anyOf")]),
        ("home.address", {"postalCode": "EH1 1AA"}, [("/streetAddress", "required")]),
        ("home.address", {"streetAddress": "x", "floor": 3, "a/b": 1}, [("/floor", "unknown"), ("/a~1b", "unknown")]),
        ("home.address", {"streetAddress": " "}, [("/streetAddress", "blank")]),
        (
            "finance.income_per_year",
            {"amount": "1.234", "currency": "gbp"},
            [("/amount", "pattern"), ("/currency", "pattern")],
        ),
        ("finance.income_per_year", {"amount": 5}, [("/amount", "type"), ("/currency", "required")]),
        ("household.pets", ["dog", "dog"], [("", "uniqueItems")]),
        ("household.pets", ["dragon"], [("/0", "enum")]),
        ("home.lift", 1, [("", "type")]),
        ("home.country", "Scotland", [("", "format")]),
    ],
)
def test_refuses_a_bad_value_with_every_fault(key: str, value: Any, expected: list[tuple[str, str]]) -> None:
    assert sorted(codes(key, value)) == sorted(expected)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(("key", "code"), [("household.pets", "maxItems"), ("household.size", "type")])
def test_an_endless_list_is_refused_at_once(key: str, code: str) -> None:
    assert codes(key, [{"n": number} for number in range(50_000)]) == [("", code)]


def test_messages_say_what_to_do_and_never_repeat_the_value() -> None:
    (fault,) = catalogue.check_value("contact.email", "secret-words")
    assert fault.message == "Give an e-mail address, for example name@example.org."


def test_projects_yearly_use_as_a_band() -> None:
    assert catalogue.project("energy.kwh_per_year", 3412, "S1") == {"from": 3000, "to": 3999, "unit": "kWh"}


def test_projections_are_json() -> None:
    shown = catalogue.project("identity.birth_date", "1984-03-31", "S1", on=date(2026, 3, 30))
    assert json.loads(json.dumps(shown)) == {"age_from": 40, "age_to": 49}


def test_every_ladder_is_used() -> None:
    assert {one.ladder for one in catalogue.all_fields()} == set(ladders.LADDERS)


GOOD = """
[[group]]
id = "home"
label = "My home"
[[field]]
key = "home.rooms"
label = "Rooms"
help = "All of them."
group = "home"
datatype = { type = "integer" }
dpv = "pd:Household"
schema = "schema:numberOfRooms"
"""


def broken(tmp_path: Path, old: str, new: str) -> str:
    path = tmp_path / "fields.toml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(BrokenFile) as caught:
        catalogue.load(path)
    return str(caught.value)


def test_loads_a_small_file(tmp_path: Path) -> None:
    path = tmp_path / "fields.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert list(catalogue.load(path).fields) == ["home.rooms"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("home.rooms", "home.Rooms", "fields.toml: home.Rooms: a key is made of a-z, 0-9, _ and dots"),
        ("home.rooms", "house.rooms", "fields.toml: house.rooms: the key must begin with its group"),
        ('group = "home"', 'group = "flat"', "fields.toml: home.rooms: unknown group 'flat'"),
        ('help = "All of them."', "", "fields.toml: home.rooms: 'help' is missing"),
        ('"pd:Household"', '"foaf:Person"', "fields.toml: home.rooms: 'foaf:Person' is no term of a known vocabulary"),
        ("help =", 'ladder = "steep"\nhelp =', "fields.toml: home.rooms: unknown ladder 'steep'"),
        ("help =", "colour = 1\nhelp =", "fields.toml: home.rooms: unknown name 'colour'"),
        ("help =", 'item_kind = "boat"\nhelp =', "fields.toml: home.rooms: item_kind 'boat'"),
        ("help =", 'identifying = "direct"\nhelp =', "fields.toml: home.rooms: shows too much before the award"),
        ("help =", "special_category = true\nhelp =", "fields.toml: home.rooms: shows too much before the award"),
        ("help =", "band = { starts = [3, 1] }\nhelp =", "fields.toml: home.rooms: band starts must rise"),
        (
            "help =",
            'band = { groups = { few = ["1"] } }\nhelp =',
            "fields.toml: home.rooms: the groups must hold every choice exactly once",
        ),
        ('{ type = "integer" }', '{ format = "iban" }', "fields.toml: home.rooms: unknown format 'iban'"),
        ('{ type = "integer" }', '{ shape = "blob" }', "fields.toml: home.rooms: unknown shape 'blob'"),
        ("[[group]]", "[extra]\n[[group]]", "fields.toml: unknown name 'extra'"),
    ],
)
def test_refuses_a_broken_file(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert broken(tmp_path, old, new) == sentence


def test_refuses_what_is_no_schema(tmp_path: Path) -> None:
    said = broken(tmp_path, '{ type = "integer" }', '{ type = "count" }')
    assert said.startswith("fields.toml: home.rooms: not a JSON Schema")


def test_refuses_a_key_that_stands_twice(tmp_path: Path) -> None:
    again = GOOD[GOOD.index("[[field]]") :]
    assert broken(tmp_path, "[[field]]", again + "[[field]]") == "fields.toml: 'home.rooms' stands twice"
