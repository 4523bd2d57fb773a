"""Who has what of a person's facts."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person
from marketplace.kernel.actors import SYSTEM
from rfps.delivery.models import Opportunity
from rfps.disclosure.domain import granting
from rfps.disclosure.domain.reading import disclosed
from rfps.disclosure.domain.tracing import Sight, trace
from rfps.disclosure.states import Stage
from rfps.models import Rfp
from tests.factories import datastore, disclosure, people

pytestmark = pytest.mark.django_db


@pytest.fixture
def facts(customer: User) -> None:
    datastore.value(customer, "energy.kwh_per_year", 3412)
    datastore.secrets(customer)


@pytest.fixture
def rfp(customer: User, facts: None) -> Rfp:
    return disclosure.request(customer)


@pytest.fixture
def opportunity(rfp: Rfp, supplier: Organisation) -> Opportunity:
    return disclosure.opportunity(rfp, supplier)


def read(opportunity: Opportunity) -> None:
    disclosed(opportunity, actor=actor_of_organisation(opportunity.organisation))


def seen(user: User) -> list[tuple[str | None, str, bool, int]]:
    return [(one.name, one.field, one.may_read, one.reads) for one in trace(actor_of_person(user)).sights]


def test_what_may_be_read_and_what_was(opportunity: Opportunity, customer: User) -> None:
    before = [
        ("Northlight Energy", "identity.birth_date", True, 0),
        ("Northlight Energy", "energy.kwh_per_year", True, 0),
    ]
    assert seen(customer) == before
    read(opportunity)
    read(opportunity)
    assert seen(customer) == [(*row[:3], 2) for row in before]
    sight = trace(actor_of_person(customer)).sights[0]
    assert (sight.stage, sight.version, sight.title) == ("S1", 1, "Electricity for a flat")
    assert sight.last_read_at is not None


def test_the_same_by_company_and_by_fact(opportunity: Opportunity, customer: User, rival: Organisation) -> None:
    disclosure.opportunity(opportunity.rfp, rival)
    found = trace(actor_of_person(customer))
    assert {key: len(some) for key, some in found.by_supplier.items()} == {
        opportunity.organisation.public_id: 2,
        rival.public_id: 2,
    }
    names = {one.name for one in found.by_field["energy.kwh_per_year", None]}
    assert names == {"Northlight Energy", "Tidewater Power"}


def test_what_was_read_stays_known_after_the_end(opportunity: Opportunity, customer: User) -> None:
    read(opportunity)
    granting.end(opportunity, cause="lost", actor=SYSTEM)
    assert {(one.may_read, one.reads) for one in trace(actor_of_person(customer)).sights} == {(False, 1)}


def test_a_hidden_name_stays_hidden(customer: User, facts: None, supplier: Organisation) -> None:
    plain = disclosure.opportunity(disclosure.request(customer), supplier)
    blind = disclosure.opportunity(disclosure.request(customer, blind=True), supplier)
    for each in (plain, blind):
        read(each)
    found = trace(actor_of_person(customer))
    assert {(key, some[0].name, some[0].supplier) for key, some in found.by_supplier.items()} == {
        (supplier.public_id, supplier.name, supplier.public_id),
        (blind.public_id, None, None),
    }
    granting.grant(blind, Stage.SHORTLISTED, actor=SYSTEM)
    assert set(trace(actor_of_person(customer)).by_supplier) == {supplier.public_id}


def test_live_requests_say_what_they_show(opportunity: Opportunity, customer: User) -> None:
    showing = trace(actor_of_person(customer)).showing
    assert {field: [one.stage for one in some] for field, some in showing.items()} == {
        field: [stage] for field, stage in disclosure.FIELDS.items()
    }


def test_a_member_sees_reads_of_the_home_without_the_request(
    customer: User, partner: User, supplier: Organisation
) -> None:
    datastore.value(customer, "energy.kwh_per_year", 3412)
    read(disclosure.opportunity(disclosure.request(customer), supplier))
    found: tuple[Sight, ...] = trace(actor_of_person(partner)).sights
    assert [(one.field, one.reads, one.rfp, one.title) for one in found] == [("energy.kwh_per_year", 1, None, "")]


def test_it_is_nobody_elses(opportunity: Opportunity, supplier: Organisation) -> None:
    read(opportunity)
    assert trace(actor_of_person(people.person(staff=True))).sights == ()


def test_it_costs_the_same_for_many(
    customer: User, facts: None, supplier: Organisation, rival: Organisation, django_assert_num_queries: Any
) -> None:
    for organisation in (supplier, rival, people.organisation()):
        read(disclosure.opportunity(disclosure.request(customer), organisation))
        with django_assert_num_queries(4):
            trace(actor_of_person(customer))
