"""What a person keeps, as they read it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from accounts.datastore.domain import keeping
from accounts.datastore.domain.recalling import history, shelves
from accounts.models import Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person
from tests.factories import datastore, people

pytestmark = pytest.mark.django_db


def test_shelves_follow_the_catalogue(customer: User) -> None:
    datastore.value(customer, "energy.kwh_per_year", 3412)
    datastore.value(customer, "identity.full_name", "Morag")
    found, things = shelves(actor_of_person(customer))
    filled = {shelf.group.id: [(kept.field.key, kept.value, kept.version) for kept in shelf.kept] for shelf in found}
    assert {group: kept for group, kept in filled.items() if kept} == {
        "identity": [("identity.full_name", "Morag", 1)],
        "energy": [("energy.kwh_per_year", 3412, 1)],
    }
    assert "identity.full_name" not in {field.key for shelf in found for field in shelf.missing}
    assert "identity.birth_date" in {field.key for shelf in found for field in shelf.missing}
    assert things == []


def test_things_hold_their_own_facts(customer: User) -> None:
    cars = [datastore.item(customer, label=label) for label in ("Golf", "Polo")]
    datastore.value(customer, "mobility.vehicle_mileage_km", 9000, item=cars[0])
    _found, things = shelves(actor_of_person(customer))
    assert [(thing.label, [kept.value for kept in thing.kept]) for thing in things] == [("Golf", [9000]), ("Polo", [])]
    assert things[0].kept[0].label == "Golf"


def test_the_household_shares_its_facts_only(customer: User, partner: User) -> None:
    datastore.value(customer, "home.postcode", "EH1 1AA")
    datastore.value(customer, "identity.full_name", "Morag")
    found, _things = shelves(actor_of_person(partner))
    assert [(kept.field.key, kept.owner) for shelf in found for kept in shelf.kept] == [("home.postcode", "household")]


def test_history_is_every_version_newest_first(customer: User) -> None:
    actor = actor_of_person(customer)
    first = datastore.value(customer, "energy.kwh_per_year", 3000)
    second = keeping.correct(first, actor=actor, value=3412)
    keeping.withdraw(second, actor=actor)
    found = history("energy.kwh_per_year", actor=actor)
    assert [(one.version, one.value, one.ended_at is None, one.withdrawn_at is None) for one in found] == [
        (2, 3412, False, False),
        (1, 3000, False, True),
    ]


def test_history_is_about_exactly_one_item(customer: User) -> None:
    car = datastore.item(customer)
    datastore.value(customer, "mobility.vehicle_mileage_km", 9000, item=car)
    actor = actor_of_person(customer)
    ids = (car.public_id, None, uuid4())
    assert [len(history("mobility.vehicle_mileage_km", actor=actor, item_id=one)) for one in ids] == [1, 0, 0]


def test_history_is_nobody_elses(customer: User, supplier: Organisation) -> None:
    datastore.value(customer, "identity.full_name", "Morag")
    for actor in (actor_of_person(people.person(staff=True)), actor_of_organisation(supplier)):
        assert history("identity.full_name", actor=actor) == []
        assert [shelf.kept for shelf in shelves(actor)[0] if shelf.kept] == []


def test_it_costs_the_same_for_many(customer: User, django_assert_num_queries: Any) -> None:
    actor = actor_of_person(customer)
    for field, content in datastore.SECRETS.items():
        datastore.value(customer, field, content)
        datastore.item(customer)
        with django_assert_num_queries(2):
            shelves(actor)
    value = datastore.value(customer, "energy.kwh_per_year", 1)
    for number in (2, 3, 4):
        value = keeping.correct(value, actor=actor, value=number)
        with django_assert_num_queries(1):
            history("energy.kwh_per_year", actor=actor)
