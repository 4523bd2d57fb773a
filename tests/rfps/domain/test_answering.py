"""Answers go where they belong: facts to what the person keeps, the rest into the draft."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.datastore.domain import keeping
from accounts.models import User
from accounts.policies import actor_of_person
from marketplace.kernel.errors import Conflict, Invalid, NotAllowed
from rfps.domain import drafting
from rfps.domain.answering import answer, sheet
from rfps.domain.starting import start
from rfps.models import Rfp
from tests.factories import datastore, people
from tests.factories import rfps as make

pytestmark = pytest.mark.django_db
GB = {"country": "GB", "postcode": "EH6 5DT"}


def begun(customer: User, category: str = "energy/electricity") -> Rfp:
    return start(actor=actor_of_person(customer), category=category, zone="Europe/London")


def kept(customer: User) -> dict[str, Any]:
    values = customer.data_owner.values.filter(ended_at__isnull=True).select_related("owner__key", "item")
    return {value.field: keeping.read(value) for value in values}


def test_facts_are_kept_and_read_again(customer: User) -> None:
    rfp, actor = begun(customer), actor_of_person(customer)
    answer(rfp, {"energy.kwh_per_year": 3412, "energy.meter_type": None}, actor=actor, place=GB)
    assert kept(customer) == {"energy.kwh_per_year": 3412, "home.postcode": "EH6 5DT", "home.country": "GB"}
    found = sheet(make.again(rfp), actor=actor)
    assert (found.country, found.postcode, found.currency) == ("GB", "EH6 5DT", "GBP")
    by_key = {each.question.key: each for each in found.asked}
    assert by_key["energy.kwh_per_year"].value == 3412
    assert (by_key["energy.kwh_per_year"].sees, by_key["energy.cost_per_year"].sees) == ("S0", "")
    assert "home.postcode" not in by_key


def test_an_answer_is_corrected_and_taken_back(customer: User) -> None:
    datastore.value(customer, "household.size", 3)
    rfp, actor = begun(customer), actor_of_person(customer)
    rfp = answer(rfp, {"household.size": 4}, actor=actor)
    assert kept(customer) == {"household.size": 4}
    rfp = answer(rfp, {"household.size": 4}, actor=actor)
    answer(rfp, {"household.size": None}, actor=actor)
    assert kept(customer) == {}
    assert customer.data_owner.values.count() == 2


def test_other_answers_stay_in_the_draft(customer: User) -> None:
    rfp, actor = begun(customer, "events/photography"), actor_of_person(customer)
    rfp = answer(rfp, {"ask.album": True, "ask.second": None}, actor=actor, place=GB)
    given = drafting.given_of(rfp)
    assert (given["answers"], given["area"]) == ({"ask.album": True}, GB)
    assert kept(customer) == {}


def test_every_fault_is_said_at_once_and_nothing_kept(customer: User) -> None:
    with pytest.raises(Invalid) as error:
        answer(begun(customer), {"household.size": 99, "energy.kwh_per_year": -1}, actor=actor_of_person(customer))
    assert [fault.pointer for fault in error.value.faults] == [
        "/answers/household.size",
        "/answers/energy.kwh_per_year",
    ]
    assert kept(customer) == {}


@pytest.mark.parametrize(
    ("place", "area"),
    [
        ({"country": "GB", "postcode": ""}, {"country": "GB"}),
        ({"country": "DE", "postcode": "10115"}, {"country": "DE"}),
        (GB, {"country": "GB", "postcode": "EH6 5DT"}),
    ],
)
def test_without_a_known_postcode_the_country_counts(
    customer: User, place: dict[str, str], area: dict[str, str]
) -> None:
    rfp = answer(begun(customer), {}, actor=actor_of_person(customer), place=place)
    assert drafting.content_of(rfp).body["area"] == area


def test_an_unknown_postcode_is_said(customer: User) -> None:
    with pytest.raises(Invalid) as error:
        answer(begun(customer), {}, actor=actor_of_person(customer), place={"country": "GB", "postcode": "QQ1 1QQ"})
    assert [fault.pointer for fault in error.value.faults] == ["/postcode"]


def test_a_place_that_does_not_matter_stays_so(customer: User) -> None:
    actor = actor_of_person(customer)
    rfp = drafting.change(begun(customer), actor=actor, body={"area": {"remote": True}})
    assert drafting.content_of(answer(rfp, {}, actor=actor, place=GB)).body["area"] == {"remote": True}


def test_a_form_of_an_older_state_is_refused(customer: User) -> None:
    rfp, actor = begun(customer), actor_of_person(customer)
    answer(rfp, {"household.size": 2}, actor=actor, revision=rfp.revision)
    with pytest.raises(Conflict) as error:
        answer(rfp, {"household.size": 3}, actor=actor, revision=rfp.revision)
    assert (error.value.code, kept(customer)) == ("stale", {"household.size": 2})


def test_only_those_to_whom_it_belongs_answer(customer: User) -> None:
    with pytest.raises(NotAllowed):
        answer(begun(customer), {"household.size": 2}, actor=actor_of_person(people.person()))


def test_the_partner_answers_for_the_household_and_reads_nobody_s_own_facts(customer: User, partner: User) -> None:
    datastore.value(customer, "preferences.contract_months", 6)
    rfp = drafting.draft(actor=actor_of_person(customer), body={"owner": "household", "category": "energy/electricity"})
    actor = actor_of_person(partner)
    keys = {each.question.key for each in sheet(rfp, actor=actor).asked}
    assert ("preferences.contract_months" in keys, "household.size" in keys) == (False, True)
    answer(rfp, {"household.size": 2, "preferences.contract_months": 1}, actor=actor)
    assert kept(customer) == {"preferences.contract_months": 6}


def test_criteria_of_ones_own_follow_their_rows(customer: User) -> None:
    rfp, actor = begun(customer), actor_of_person(customer)
    rfp = answer(rfp, {}, actor=actor, place=GB)
    criteria = [{**row, "weight": 7} for row in drafting.content_of(rfp).body["criteria"]]
    rfp = drafting.change(rfp, actor=actor, body={"criteria": criteria})
    rfp = answer(rfp, {"preferences.green_energy": "no_matter"}, actor=actor, place=GB)
    body = drafting.content_of(rfp).body
    read = [body["requirements"][row["requirement"]]["text"] for row in body["criteria"] if "requirement" in row]
    assert [text.split()[0] for text in read] == ["Notice", "The"]
    assert {row["weight"] for row in body["criteria"]} == {7}
