"""What a person keeps here, on pages: shown, added, corrected, removed, and who has it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.datastore import catalogue
from accounts.datastore.domain import keeping
from accounts.datastore.domain.owning import owner_for_person
from accounts.datastore.domain.recalling import history
from accounts.datastore.models import FieldValue, Item
from accounts.models import Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person
from marketplace.kernel.clock import database_now
from rfps.disclosure.domain import reading
from tests.browsing import entered, text
from tests.factories import datastore, disclosure, people

NOBODYS = "00000000-0000-4000-8000-000000000000"
ADDRESS = {"value-streetAddress": "14 Leith Walk", "value-postalCode": "EH6 5DT", "value-addressLocality": "Edinburgh"}
# What is typed for a field of each kind, what is kept of it, what is read back.
TYPED: list[tuple[str, dict[str, Any], Any, str]] = [
    ("identity.full_name", {"value": "Morag Sutherland-Quill"}, "Morag Sutherland-Quill", "Morag Sutherland-Quill"),
    ("identity.birth_date", {"value": "1984-03-31"}, "1984-03-31", "31 March 1984"),
    ("contact.email", {"value": "morag@quill.example"}, "morag@quill.example", "morag@quill.example"),
    ("energy.kwh_per_year", {"value": "3,412"}, 3412, "3,412 kWh"),
    ("home.floor_area_m2", {"value": "71,5"}, 71.5, "71.5 m²"),
    ("home.dwelling_type", {"value": "semi_detached"}, "semi_detached", "semi-detached house"),
    ("home.lift", {"value": "no"}, False, "no"),
    ("home.country", {"value": "GB"}, "GB", "United Kingdom"),
    ("home.build_year", {"value": "1984"}, 1984, "1984"),
    ("household.pets", {"value": ["dog", "cat"]}, ["dog", "cat"], "dog, cat"),
    ("home.point", {"value-lat": "55.95", "value-lon": "-3.19"}, {"lat": 55.95, "lon": -3.19}, "55.95, -3.19"),
    (
        "home.address",
        {**ADDRESS, "value-addressCountry": "GB"},
        {"@type": "PostalAddress", "streetAddress": "14 Leith Walk", "postalCode": "EH6 5DT",
         "addressLocality": "Edinburgh", "addressCountry": "GB"},
        "14 Leith Walk, EH6 5DT, Edinburgh, United Kingdom",
    ),
    ("plans.note", {"value": "שלום 🙂"}, "שלום 🙂", "שלום 🙂"),
]  # fmt: skip


@pytest.fixture
def browser(customer: User) -> Client:
    return entered(customer)


def token_of(page: str) -> str:
    found = re.search(r'name="once" value="([^"]+)"', page)
    assert found
    return found[1]


def press(client: Client, path: str, **fields: Any) -> Any:
    page = text(client, path)
    version = re.search(r'name="version" value="(\d+)"', page)
    kept = {"version": version[1]} if version else {}
    return client.post(path, {"once": token_of(page), **kept, **fields})


@pytest.mark.parametrize(("field", "typed", "kept", "said"), TYPED, ids=lambda value: str(value)[:24])
def test_a_fact_of_each_kind_is_kept_and_read_back(
    browser: Client, customer: User, field: str, typed: dict[str, Any], kept: Any, said: str
) -> None:
    answer = press(browser, f"/keep/{field}/", **typed)
    assert answer.status_code == 302, answer.content.decode()
    assert keeping.read(FieldValue.objects.select_related("owner__key", "item").get()) == kept
    assert said in text(browser, f"/keep/{field}/")
    assert said in text(browser, "/keep/")
    assert press(browser, f"/keep/{field}/", **typed).status_code == 302


def test_each_part_of_an_address_has_its_name(browser: Client) -> None:
    page = text(browser, "/keep/home.address/")
    for said in ("Street and number", "Postcode", "Town", "Country"):
        assert re.search(rf"<label[^>]*>{said}</label>", page), said


def test_a_fact_names_the_widest_circle_that_sees_it(browser: Client, customer: User) -> None:
    datastore.value(customer, "home.address", "14 Leith Walk, Edinburgh")
    disclosure.request(customer, fields={"home.address": "S2"})
    disclosure.request(customer, fields={"home.address": "S3"})
    page = text(browser, "/keep/home.address/")
    assert page.index("Who sees this: companies you shortlist") < page.index("What it says now")


def test_every_field_has_a_form(browser: Client) -> None:
    for field in catalogue.all_fields():
        assert "Keep it" in text(browser, f"/keep/{field.key}/"), field.key


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("identity.full_name", {"value": ""}, "This field is required."),
        ("identity.full_name", {"value": "x" * 201}, "at most 200"),
        ("identity.birth_date", {"value": "2090-01-01"}, "Give a date in the past"),
        ("contact.email", {"value": "nobody"}, "Give an e-mail address"),
        ("energy.kwh_per_year", {"value": "a lot"}, "Write a number"),
        ("energy.kwh_per_year", {"value": "-1"}, "At least "),
        ("home.address", {"value-streetAddress": ""}, "This field is required."),
        ("home.postcode", {"value": "<script>"}, "Give a postcode"),
        ("home.dwelling_type", {"value": "castle"}, "castle"),
        ("household.pets", {"value": []}, "This field is required."),
    ],
)
def test_what_cannot_be_kept_is_said_beside_its_field(
    browser: Client, field: str, typed: dict[str, Any], said: str
) -> None:
    answer = press(browser, f"/keep/{field}/", **typed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not FieldValue.objects.exists()


def test_two_tabs_do_not_overwrite_each_other(browser: Client, customer: User) -> None:
    datastore.value(customer, "energy.kwh_per_year", 3000)
    path = "/keep/energy.kwh_per_year/"
    first, second = text(browser, path), text(browser, path)
    assert browser.post(path, {"once": token_of(first), "version": "1", "value": "3100"}).status_code == 302
    late = browser.post(path, {"once": token_of(second), "version": "1", "value": "3200"})
    assert late.status_code == 409
    assert "changed a moment ago" in late.content.decode()
    assert [one.value for one in history("energy.kwh_per_year", actor=actor_of_person(customer))] == [3100, 3000]


def test_a_button_pressed_twice_keeps_one_version(browser: Client) -> None:
    path = "/keep/energy.kwh_per_year/"
    token = token_of(text(browser, path))
    for _again in range(2):
        assert browser.post(path, {"once": token, "value": "3100"}).status_code == 302
    assert FieldValue.objects.count() == 1


def test_removing_says_what_follows_and_keeps_the_history(browser: Client, customer: User) -> None:
    datastore.value(customer, "energy.kwh_per_year", 3412)
    assert "no company can read it here" in text(browser, "/keep/energy.kwh_per_year/withdraw/")
    press(browser, "/keep/energy.kwh_per_year/withdraw/")
    page = text(browser, "/keep/energy.kwh_per_year/")
    assert "removed " in page
    assert "3,412 kWh" in page
    assert "3,412" not in text(browser, "/keep/")
    assert browser.get("/keep/energy.kwh_per_year/withdraw/").status_code == 302


def test_a_stale_value_is_marked(browser: Client, customer: User) -> None:
    datastore.value(customer, "identity.full_name", "Morag")
    assert "may be out of date" not in text(browser, "/keep/")
    long_ago = database_now() - timedelta(days=2000)
    owner, actor = owner_for_person(customer), actor_of_person(customer)
    keeping.add(owner, actor=actor, field="household.size", value=2, observed_at=long_ago)
    assert "may be out of date" in text(browser, "/keep/")


def test_things_have_facts_of_their_own(browser: Client, customer: User, partner: User) -> None:
    assert press(browser, "/keep/things/add/vehicle/", label="The old Golf").status_code == 302
    item = Item.objects.get()
    path = f"/keep/mobility.vehicle_make/?item={item.public_id}"
    press(browser, path, value="Volkswagen")
    page = text(browser, "/keep/")
    assert "The old Golf" in page
    assert "Volkswagen" in page
    assert entered(partner).get(path).status_code == 404
    assert browser.get(f"/keep/home.postcode/?item={item.public_id}").status_code == 404
    assert "1 fact about it is removed" in text(browser, f"/keep/things/{item.public_id}/remove/")
    press(browser, f"/keep/things/{item.public_id}/remove/")
    assert "The old Golf" not in text(browser, "/keep/")


@pytest.mark.parametrize(
    "path",
    [
        "things/add/castle/",
        f"things/{NOBODYS}/remove/",
        "no.such_field/",
        "home.postcode/?item=x",
        f"companies/{NOBODYS}/",
    ],
)
def test_what_is_not_there(browser: Client, path: str) -> None:
    assert browser.get(f"/keep/{path}").status_code == 404


def test_the_household_shares_facts_of_the_home_only(customer: User, partner: User) -> None:
    datastore.value(customer, "home.postcode", "EH6 5DT")
    datastore.value(customer, "identity.full_name", "Morag Sutherland-Quill")
    page = text(entered(partner), "/keep/")
    assert "EH6 5DT" in page
    assert "Morag" not in page
    assert "Morag" not in text(entered(partner), "/keep/identity.full_name/")
    press(entered(partner), "/keep/home.postcode/", value="EH1 1AA")
    assert "EH1 1AA" in text(entered(customer), "/keep/home.postcode/")


@pytest.fixture
def read(customer: User, supplier: Organisation) -> Organisation:
    """The company has accepted the conditions of a request and read two facts."""
    datastore.value(customer, "energy.kwh_per_year", 3412)
    datastore.value(customer, "identity.birth_date", "1984-03-31")
    opportunity = disclosure.opportunity(disclosure.request(customer), supplier)
    reading.disclosed(opportunity, actor=actor_of_organisation(supplier))
    return supplier


def test_who_has_what(browser: Client, read: Organisation, rival: Organisation) -> None:
    assert "1 company may read it" in text(browser, "/keep/")
    fact = text(browser, "/keep/energy.kwh_per_year/")
    assert "Northlight Energy" in fact
    assert "roughly, to make an offer" in fact
    assert "read once" in fact
    listed = text(browser, "/keep/companies/")
    assert "Northlight Energy" in listed
    one = text(browser, f"/keep/companies/{read.public_id}/")
    assert "Date of birth" in one
    assert "Full name" not in one
    assert browser.get(f"/keep/companies/{rival.public_id}/").status_code == 404
    ledger = text(browser, "/keep/ledger/")
    assert ledger.count("Northlight Energy") == 2
    assert "Electricity for a flat" in ledger
    assert "3,412" not in ledger


def test_nobody_else_sees_who_has_what(read: Organisation) -> None:
    for user in (people.person(), read.memberships.get().user):
        theirs = entered(user)
        assert "Northlight" not in text(theirs, "/keep/companies/")
        assert "Northlight" not in text(theirs, "/keep/ledger/")
        assert theirs.get(f"/keep/companies/{read.public_id}/").status_code == 404


def test_empty_pages_teach(browser: Client) -> None:
    assert "your answers are kept here" in text(browser, "/keep/")
    assert "No company may read anything about you" in text(browser, "/keep/companies/")
    assert "Nobody has read anything yet." in text(browser, "/keep/ledger/")


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"),
    [("", 9), ("energy.kwh_per_year/", 8), ("ledger/", 4), ("companies/", 6), ("companies/{}/", 6)],
)
def test_queries(
    browser: Client,
    customer: User,
    path: str,
    queries: int,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    datastore.value(customer, "energy.kwh_per_year", 3412)
    for number in range(count):
        datastore.item(customer, label=f"Car {number}")
        company = people.organisation()
        opportunity = disclosure.opportunity(disclosure.request(customer), company)
        reading.disclosed(opportunity, actor=actor_of_organisation(company))
    with django_assert_num_queries(queries):
        assert browser.get(f"/keep/{path.format(company.public_id)}").status_code == 200
