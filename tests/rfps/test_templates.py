"""Templates: sound files, believable requests, estimates that say what they are."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.datastore import catalogue as datastore
from marketplace.kernel.datafiles import BrokenFile
from rfps import blueprints, catalogue, templates
from rfps.blueprints import Template
from rfps.catalogue import UnknownCategory

FULL = "energy/electricity telecom/phone home/kitchen events/photography mobility/used-car".split()
SHORT = "mobility/bicycle home/moving electronics/laptop telecom/broadband insurance/car".split()
ELECTRICITY = templates.for_category("energy/electricity")
BODY = {
    "need",
    "lines",
    "requirements",
    "criteria",
    "fields",
    "places",
    "options",
    "sealing",
    "blind",
    "valid_for_days",
    "terms",
}


def by_title(body: dict[str, Any], part: str, title: str) -> dict[str, Any]:
    (found,) = [row for row in body[part] if title in (row.get("title"), row.get("text"))]
    return found


def price(category: str, answers: dict[str, Any], currency: str) -> dict[str, Any]:
    body = templates.for_category(category).defaults(answers, currency)
    (found,) = [row for row in body["criteria"] if row["kind"] == "total_price"]
    return {name: found[name] for name in ("best", "worst") if name in found}


def test_there_is_a_template_for_each_of_the_ten() -> None:
    assert {one.category for one in templates.all_templates()} == {*FULL, *SHORT}


@pytest.mark.parametrize("category", FULL)
def test_full_templates_ask_six_to_eight_questions(category: str) -> None:
    one = templates.for_category(category)
    assert 6 <= len(one.questions) <= 8
    assert len(one.requirements) >= 5
    assert sum(row.weight for row in one.criteria if row.kind != "total_price") + price_weight(one) == 100


def price_weight(one: Template) -> int:
    return next(row.weight for row in one.criteria if row.kind == "total_price")


def test_quality_profile_of_electricity() -> None:
    profile = {"home.postcode": 3, "identity.birth_date": 1, "household.size": 2, "energy.kwh_per_year": 4}
    assert ELECTRICITY.profile == profile


@pytest.mark.parametrize(
    ("category", "months"),
    [
        ("energy/electricity", 12),
        ("telecom/phone", 24),
        ("mobility/used-car", 48),
        ("home/kitchen", None),
        ("events/photography", None),
    ],
)
def test_comparison_periods(category: str, months: int | None) -> None:
    one = templates.for_category(category)
    assert one.horizon_months == months
    assert one.defaults({}, "GBP").get("horizon_months") == months


def test_falls_back_to_the_nearest_ancestor_then_to_the_general_one() -> None:
    assert templates.for_category("energy/electricity/night-tariff") is ELECTRICITY
    assert templates.for_category("energy/gas").category == ""
    assert templates.for_category("energy").category == ""
    with pytest.raises(UnknownCategory):
        templates.for_category("castle")


@pytest.mark.parametrize("category", [node.id for node in catalogue.all_categories()])
def test_every_category_gives_a_body(category: str) -> None:
    body = templates.for_category(category).defaults({}, "EUR")
    assert set(body) - {"horizon_months"} == BODY
    assert body["need"]
    assert body["lines"]
    assert all(Decimal(row["quantity"]) > 0 for row in body["lines"])
    assert all(row.get("requirement", 0) < max(1, len(body["requirements"])) for row in body["criteria"])


def test_names_and_addresses_wait_for_the_award() -> None:
    for one in templates.all_templates():
        stages = {row["field"]: row["stage"] for row in one.defaults({}, "GBP")["fields"]}
        early = [key for key, stage in stages.items() if stage != "S3" and datastore.field(key).is_closed]
        assert early == []
        assert {stages[key] for key in ("identity.full_name", "contact.email", "home.address")} == {"S3"}


def test_yearly_use_is_not_told_to_the_last_digit() -> None:
    body = ELECTRICITY.defaults({"energy.kwh_per_year": 3412}, "GBP")
    assert body["lines"] == [
        {
            "title": "Electricity, kWh",
            "quantity": "3400",
            "unit": "kWh",
            "spec": "Price per kWh with all levies; the standing charge belongs under charges.",
        }
    ]


@pytest.mark.parametrize(("people", "use"), [(None, 2700), (1, 1800), (2, 2700), (3, 2700), (4, 4100), (9, 4100)])
def test_i_do_not_know_becomes_an_estimate_that_says_so(people: int | None, use: int) -> None:
    answers = {} if people is None else {"household.size": people}
    line = ELECTRICITY.defaults(answers, "GBP")["lines"][0]
    assert line["quantity"] == str(use)
    assert line["spec"].endswith("The quantity is an estimate.")


def test_two_rates_make_two_lines() -> None:
    body = ELECTRICITY.defaults({"energy.meter_type": "two_rate", "energy.kwh_per_year": 5000}, "GBP")
    assert [row["quantity"] for row in body["lines"]] == ["3000", "2000"]


@pytest.mark.parametrize(("wish", "levels"), [("must", ["must"]), ("nice", ["should"]), ("no_matter", [])])
def test_a_wish_sets_the_level(wish: str, levels: list[str]) -> None:
    body = ELECTRICITY.defaults({"preferences.green_energy": wish}, "GBP")
    green = "All of the electricity is matched by renewable generation"
    assert [row["level"] for row in body["requirements"] if row["text"] == green] == levels
    assert ("Renewable" in [row["title"] for row in body["criteria"]]) == bool(levels)


def test_criteria_point_at_their_rows_whatever_is_left_out() -> None:
    body = ELECTRICITY.defaults({"preferences.green_energy": "no_matter"}, "GBP")
    notice = by_title(body, "criteria", "Notice period")
    assert body["requirements"][notice["requirement"]]["text"] == "Notice period at the end of the contract"


def test_answers_become_constraints() -> None:
    body = templates.for_category("mobility/used-car").defaults({"ask.fuel": "electric", "ask.max_km": 60000}, "GBP")
    assert by_title(body, "requirements", "What it runs on")["constraint"] == {"equals": "electric"}
    assert by_title(body, "requirements", "Gearbox")["constraint"] == {}
    assert by_title(body, "requirements", "Mileage of the car")["constraint"] == {"max": 60000}
    assert by_title(body, "requirements", "Measured health of the battery")["constraint"] == {"min": 85}


def test_constraints_keep_two_decimals() -> None:
    body = templates.for_category("telecom/phone").defaults({"devices.mobile_data_gb_per_month": 12.123456789}, "GBP")
    assert by_title(body, "requirements", "Data in a month at full speed")["constraint"] == {"min": 12.12}


def test_a_template_names_every_key_it_reads() -> None:
    keys = templates.for_category("telecom/broadband").keys
    assert {"household.size", "ask.mbps", "ask.landline", "preferences.contract_months"} <= keys
    assert all(key.startswith("ask.") or datastore.exists(key) for one in templates.all_templates() for key in one.keys)


def test_part_exchange_brings_the_fields_of_the_present_car() -> None:
    car = templates.for_category("mobility/used-car")
    plain = {row["field"] for row in car.defaults({}, "GBP")["fields"]}
    exchange = {row["field"] for row in car.defaults({"ask.part_exchange": True}, "GBP")["fields"]}
    assert {key.partition("_")[0] for key in exchange - plain} == {"mobility.vehicle"}


def test_own_words_end_the_spec() -> None:
    body = templates.for_category("telecom/phone").defaults(
        {"ask.phone": "yes", "ask.phone_wanted": "A small one."}, "GBP"
    )
    assert by_title(body, "lines", "Phone")["spec"].endswith("belong under charges. A small one.")


def test_price_anchors_come_from_what_is_paid_now() -> None:
    paid = {"energy.cost_per_year": {"amount": "1150.00", "currency": "GBP"}}
    assert price("energy/electricity", paid, "GBP") == {"best": "800.00", "worst": "1150.00"}
    monthly = {"devices.phone_cost_per_month": {"amount": "20.00", "currency": "GBP"}}
    assert price("telecom/phone", monthly, "GBP") == {"best": "340.00", "worst": "480.00"}


def test_price_anchors_come_from_the_budget_when_nothing_is_paid_yet() -> None:
    assert price("home/kitchen", {templates.BUDGET: "9000"}, "GBP") == {"best": "6300.00", "worst": "9000.00"}


@pytest.mark.parametrize(
    ("budget", "best", "worst"),
    [
        ("99999999999999", "70000000000000.00", "99999999999999.00"),
        ("0.01", "0.01", "0.02"),
        ("0", "5000.00", "18000.00"),
    ],
)
def test_price_anchors_hold_at_the_ends(budget: str, best: str, worst: str) -> None:
    assert price("home/kitchen", {templates.BUDGET: budget}, "GBP") == {"best": best, "worst": worst}


def test_price_anchors_else_are_a_rough_scale() -> None:
    assert price("energy/electricity", {"energy.kwh_per_year": 3412}, "GBP") == {"best": "700.00", "worst": "1400.00"}
    assert price("energy/electricity", {}, "JPY") == {"best": "110000", "worst": "220000"}
    paid_elsewhere = {"energy.cost_per_year": {"amount": "1150.00", "currency": "EUR"}}
    assert price("energy/electricity", paid_elsewhere, "GBP") == price("energy/electricity", {}, "GBP")


def test_no_price_anchors_in_a_currency_without_a_scale() -> None:
    assert price("energy/electricity", {}, "MGA") == {}


def test_own_rows_push_out_the_criteria_that_judge_the_templates_rows() -> None:
    body = ELECTRICITY.defaults({}, "GBP", own={"requirements", "places"})
    assert set(body) - {"horizon_months"} == BODY - {"requirements", "places"}
    assert [row["kind"] for row in body["criteria"]] == ["total_price", "rating"]


def test_a_request_for_information_has_no_prices() -> None:
    kinds = [row["kind"] for row in ELECTRICITY.defaults({}, "GBP", prices=False)["criteria"]]
    assert kinds == ["number", "yes_no", "yes_no", "rating"]


def test_the_question_of_a_key() -> None:
    found = ELECTRICITY.question("household.size")
    assert found is not None
    assert found.text == "How many people live there?"
    assert ELECTRICITY.question("home.castle") is None


def test_every_question_has_an_estimate_or_says_what_happens() -> None:
    for one in templates.all_templates():
        assert all(question.where.endswith(".") and question.estimate.note.endswith(".") for question in one.questions)


@given(st.sampled_from([*templates.all_templates(), templates.for_category("energy")]), st.data())
def test_any_valid_answers_give_a_sound_body(one: Template, data: st.DataObject) -> None:
    answers = {
        question.key: data.draw(st.sampled_from([choice.value for choice in question.choices]))
        for question in one.questions
        if question.choices and data.draw(st.booleans())
    }
    for question in one.questions:
        choices = [] if question.answer else datastore.field(question.key).datatype.get("enum", [])
        if choices and data.draw(st.booleans()):
            answers[question.key] = data.draw(st.sampled_from(choices))
    body = one.defaults(answers, data.draw(st.sampled_from(["GBP", "EUR", "JPY", "MGA"])))
    assert len([row for row in body["criteria"] if row["kind"] == "total_price"]) == 1
    for row in body["criteria"]:
        assert "best" not in row or Decimal(row["best"]) != Decimal(row["worst"])
        assert row.get("requirement", -1) < len(body["requirements"])


@given(st.decimals(Decimal("0.01"), 10**9, places=2), st.integers(1, 6))
def test_rounding_keeps_the_size(value: Decimal, digits: int) -> None:
    found = blueprints.rounded(value, digits)
    assert len(found.normalize().as_tuple().digits) <= digits
    assert abs(found - value) <= value * Decimal(5).scaleb(-digits)


def test_nothing_stays_nothing() -> None:
    assert blueprints.rounded(Decimal("0.00"), 2) == 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("general.toml", "energy-electricity.toml"):
        shutil.copy(templates.FOLDER / name, tmp_path / name)
    return tmp_path


def broken(folder: Path, old: str, new: str) -> str:
    path = folder / "energy-electricity.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BrokenFile) as caught:
        templates.load(folder)
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("energy/electricity", "energy/castle", "unknown category 'energy/castle'"),
        ('category = "energy/electricity"', 'category = ""', "a second template for ''"),
        ("places = 8", "places = 0", "places are 1 to 50, options 1 to 5"),
        ("valid_for_days = 30", "valid_for_days = 0", "every number of days must be positive"),
        ('sealing = "sealed"', 'sealing = "glued"', "sealing 'glued'"),
        (
            '"energy.meter_number", stage = "S3"',
            '"energy.meter_number", stage = "S1"',
            "energy.meter_number: may not be",
        ),
        ('"energy.meter_number", stage', '"energy.number", stage', "energy.number: no such field"),
        ('"home.postcode", stage = "S1"', '"home.postcode", stage = "S5"', "home.postcode: stage 'S5'"),
        ("weight = 3 }", "weight = -3 }", "home.postcode: a weight cannot be negative"),
        ('key = "household.size"', 'key = "household.cats"', "household.cats: no such field"),
        ("value = 2,", 'value = "two",', "household.size: 'two' cannot be the answer"),
        ("[4, 4100]", "[4, -1]", "energy.kwh_per_year: -1 cannot be the answer"),
        ("constraint = { max = 30 }", "constraint = { max = true }", "notice: the constraint max = True does not fit"),
        (
            "constraint = { max = 30 }",
            "constraint = { equals = true }",
            "notice: the constraint equals = True does not",
        ),
        ('unit = "day"', 'unit = "day"\ncolour = 1', "unknown name 'colour'"),
        ('answer = "yes_no"', 'answer = "maybe"', "green: answer 'maybe'"),
        ('level_by = "preferences.green_energy"', 'level_by = "ask.green"', "nobody answers 'ask.green'"),
        ("weight = 55", "weight = 0", "Price for the year: a weight must be positive"),
        ('requirement = "notice"', 'requirement = "fixed"', "Notice period: requirement 'fixed'"),
        ('worst = "90"', 'worst = "0"', "Notice period: anchors"),
        ('kind = "rating"', 'kind = "feeling"', "Trust: kind 'feeling'"),
        ('id = "night"', 'id = "day"', "lines: 'day' stands twice"),
        ('text = "How many people live there?"', 'text = ""', "household.size: text, where, note are needed"),
    ],
)
def test_refuses_a_broken_file(folder: Path, old: str, new: str, sentence: str) -> None:
    assert sentence in broken(folder, old, new)


def test_refuses_a_folder_without_the_general_template(folder: Path) -> None:
    (folder / "general.toml").unlink()
    with pytest.raises(BrokenFile, match="the general template is missing"):
        templates.load(folder)
