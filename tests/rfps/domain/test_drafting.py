"""Drafts take what is there, refuse what is wrong, and are sealed for their owner."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.datastore.domain import itemising
from accounts.datastore.domain.owning import owner_for_person
from accounts.models import Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person
from marketplace.kernel.clock import database_now
from marketplace.kernel.errors import Invalid, NotAllowed
from rfps.domain import drafting
from rfps.domain.checking import moment
from rfps.models import Rfp
from rfps.policies import visible_rfps
from rfps.states import Phase
from tests.factories import people
from tests.factories import rfps as make

pytestmark = pytest.mark.django_db


def refused(customer: User, **body: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as error:
        drafting.draft(actor=actor_of_person(customer), body=body)
    assert Rfp.objects.count() == 0
    return [(fault.pointer, fault.code) for fault in error.value.faults]


def test_a_draft_may_lack_anything(customer: User) -> None:
    rfp = drafting.draft(actor=actor_of_person(customer), body={})
    assert (rfp.phase, drafting.given_of(rfp)) == (Phase.DRAFT, {})


def test_what_was_written_is_not_readable_in_the_table(customer: User) -> None:
    rfp = make.draft(customer, title="A secret wish")
    assert b"secret" not in bytes(rfp.sealed_draft)
    assert drafting.given_of(rfp)["title"] == "A secret wish"


@pytest.mark.parametrize("name", ["closes_at", "decides_by"])
def test_a_time_in_the_past_is_refused_at_once(name: str, customer: User) -> None:
    assert refused(customer, **{name: make.soon(hours=-1)}) == [(f"/{name}", "past")]


def test_an_item_must_be_ones_own(customer: User, partner: User) -> None:
    other = people.person()
    car = itemising.add(owner_for_person(other), actor=actor_of_person(other), kind="vehicle", label="Van")
    assert refused(customer, item=str(car.public_id)) == [("/item", "unknown_item")]


def test_a_request_may_be_about_ones_item(customer: User) -> None:
    actor = actor_of_person(customer)
    car = itemising.add(owner_for_person(customer), actor=actor, kind="vehicle", label="Van")
    rfp = drafting.draft(actor=actor, body={"item": str(car.public_id)})
    assert rfp.item == car


def test_the_partner_changes_a_request_about_anothers_item(customer: User, partner: User) -> None:
    car = itemising.add(owner_for_person(customer), actor=actor_of_person(customer), kind="vehicle", label="Van")
    rfp = make.draft(customer, owner="household", item=str(car.public_id))
    changed = drafting.change(rfp, actor=actor_of_person(partner), body={"title": "Another"})
    assert (drafting.given_of(changed)["title"], changed.item) == ("Another", car)
    assert drafting.change(changed, actor=actor_of_person(partner), body={"item": None}).item is None


def test_a_household_must_be_there_to_ask_for_it(customer: User) -> None:
    assert refused(customer, owner="household") == [("/owner", "no_household")]


def test_the_partner_sees_what_the_household_asks_and_nothing_else(customer: User, partner: User) -> None:
    shared, _own = make.draft(customer, owner="household"), make.draft(customer)
    assert list(visible_rfps(actor_of_person(partner))) == [shared]


def test_nobody_else_sees_anything(customer: User, operator: User, supplier: Organisation) -> None:
    make.draft(customer)
    actors = [actor_of_person(operator), actor_of_person(people.person()), actor_of_organisation(supplier)]
    assert [visible_rfps(actor).count() for actor in actors] == [0, 0, 0]


def test_an_organisation_asks_for_nothing(supplier: Organisation) -> None:
    with pytest.raises(NotAllowed):
        drafting.draft(actor=actor_of_organisation(supplier), body={})
    assert Rfp.objects.count() == 0


def test_a_change_replaces_members_and_counts(customer: User) -> None:
    rfp, actor = make.draft(customer), actor_of_person(customer)
    changed = drafting.change(rfp, actor=actor, body={"title": "New", "places": 3, "need": None})
    given = drafting.given_of(changed)
    assert (given["title"], given["places"], "need" in given) == ("New", 3, False)
    assert (changed.revision, given["lines"]) == (2, make.body()["lines"])


def test_a_change_that_breaks_a_reference_is_refused_whole(customer: User) -> None:
    rfp, actor = make.draft(customer), actor_of_person(customer)
    with pytest.raises(Invalid) as error:
        drafting.change(rfp, actor=actor, body={"requirements": [], "title": "New"})
    assert [fault.pointer for fault in error.value.faults] == ["/criteria/1/requirement"]
    assert drafting.given_of(make.again(rfp))["title"] == "Electricity for a flat"


@pytest.mark.parametrize(("name", "value"), [("owner", "household"), ("sandbox", True)])
def test_whose_it_is_and_the_sandbox_never_change(name: str, value: Any, customer: User, partner: User) -> None:
    rfp = make.draft(customer)
    with pytest.raises(Invalid) as error:
        drafting.change(rfp, actor=actor_of_person(customer), body={name: value})
    assert [(fault.pointer, fault.code) for fault in error.value.faults] == [(f"/{name}", "immutable")]


def test_a_draft_that_lay_too_long_can_still_be_changed(customer: User) -> None:
    rfp = make.draft(customer, closes_at=make.soon(milliseconds=300), decides_by=make.soon(days=1))
    while database_now() <= moment(drafting.given_of(rfp)["closes_at"]):
        pass
    changed = drafting.change(rfp, actor=actor_of_person(customer), body={"title": "Later"})
    assert drafting.given_of(changed)["title"] == "Later"


def test_a_copy_says_the_same_without_dates(customer: User) -> None:
    rfp = make.in_phase(customer, Phase.CANCELLED)
    copied = drafting.copy(rfp, actor=actor_of_person(customer))
    given, source = drafting.given_of(copied), drafting.given_of(rfp)
    assert (copied.phase, copied.copy_of, copied.public_id != rfp.public_id) == (Phase.DRAFT, rfp, True)
    assert given == {name: value for name, value in source.items() if name not in ("closes_at", "decides_by")}


def test_the_sandbox_is_chosen_at_the_start(customer: User) -> None:
    assert make.draft(customer, sandbox=True).sandbox is True
