"""What an organisation says of itself, and asking to be checked."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.domain import checking, organising
from accounts.models import CheckRequest, Organisation, Supplier, User
from accounts.policies import actor_of_member, actor_of_organisation, actor_of_person, visible_check_requests
from marketplace.audit.models import AuditRow
from marketplace.kernel.actors import Actor
from marketplace.kernel.clock import database_now
from marketplace.kernel.errors import Conflict, Invalid, NotAllowed
from tests.factories import people
from tests.racing import race


@pytest.fixture
def fresh(customer: User) -> Organisation:
    return people.organisation(customer, name="Leith Lights", checked=False)


@pytest.fixture
def owner(fresh: Organisation) -> Actor:
    return actor_of_member(fresh.memberships.get().user, fresh)


def describe(organisation: Organisation, actor: Actor, **changes: Any) -> Organisation:
    return organising.describe(organisation, actor=actor, **{"name": organisation.name, **changes})


def test_an_owner_describes_the_supplier(fresh: Organisation, owner: Actor) -> None:
    said = {"description": " We light Leith. ", "website": "https://leith.example", "capabilities": ["gas", "gas"]}
    describe(fresh, owner, name="Leith Lights Ltd", legal_name="Leith Lights Limited", **said)
    row = Supplier.objects.get(organisation=fresh)
    assert (fresh.name, fresh.legal_name) == ("Leith Lights Ltd", "Leith Lights Limited")
    assert (row.description, row.website, row.capabilities) == ("We light Leith.", "https://leith.example", ["gas"])
    assert AuditRow.objects.get().verb == "organisation.described"


def test_what_was_checked_stays(fresh: Organisation, owner: Actor) -> None:
    people.check(fresh)
    with pytest.raises(Invalid) as error:
        describe(fresh, owner, name="Another", country="DE")
    assert [(f.pointer, f.code) for f in error.value.faults] == [("/name", "checked"), ("/country", "checked")]
    describe(fresh, owner, description="New words.")


def test_every_fault_of_a_description(fresh: Organisation, owner: Actor) -> None:
    wrong = {"name": " ", "legal_name": "x" * 201, "description": "x" * 2001, "capabilities": ["", "x" * 65]}
    with pytest.raises(Invalid) as error:
        describe(fresh, owner, website="javascript:alert(1)", **wrong)
    pointers = "/name /legal_name /description /website /capabilities/0 /capabilities/1"
    assert [fault.pointer for fault in error.value.faults] == pointers.split()


def test_who_may_neither_describe_nor_ask(fresh: Organisation, supplier: Organisation) -> None:
    viewer = people.person()
    people.member(fresh, viewer, "viewer")
    for actor in (
        actor_of_member(viewer, fresh),
        actor_of_person(viewer),
        actor_of_organisation(supplier),
        actor_of_organisation(fresh, scopes=[]),
    ):
        with pytest.raises(NotAllowed):
            describe(fresh, actor)
        with pytest.raises(NotAllowed):
            checking.ask(fresh, actor=actor, kind="identity")


def test_operators_see_what_waits_oldest_first_with_its_age(
    fresh: Organisation, owner: Actor, supplier: Organisation, operator: User
) -> None:
    first = checking.ask(fresh, actor=owner, kind="identity", note="Company no. SC1234")
    second = checking.ask(supplier, actor=actor_of_organisation(supplier), kind="trade")
    queue = visible_check_requests(actor_of_person(operator))
    assert list(queue) == [first, second]
    assert queue[0].age.total_seconds() >= 0  # type: ignore[attr-defined]
    assert list(visible_check_requests(owner)) == [first]
    assert list(visible_check_requests(actor_of_person(people.person()))) == []


def test_a_check_answers_the_request(fresh: Organisation, owner: Actor, operator: User) -> None:
    asked = checking.ask(fresh, actor=owner, kind="identity")
    with pytest.raises(Conflict):
        checking.ask(fresh, actor=owner, kind="identity")
    today = database_now().date()
    days = {"valid_from_on": today, "valid_until_on": today}
    checking.check(fresh, actor=actor_of_person(operator), kind="identity", checked_by=operator, **days)
    asked.refresh_from_db()
    assert (asked.outcome, list(visible_check_requests(actor_of_person(operator)))) == ("found", [])
    assert checking.ask(fresh, actor=owner, kind="identity").pk != asked.pk


def test_an_operator_turns_down_with_a_reason(fresh: Organisation, owner: Actor, operator: User) -> None:
    asked, actor = checking.ask(fresh, actor=owner, kind="identity"), actor_of_person(operator)
    with pytest.raises(Invalid):
        checking.turn_down(asked, actor=actor, reason=" ")
    with pytest.raises(NotAllowed):
        checking.turn_down(asked, actor=owner, reason="No.")
    assert checking.turn_down(asked, actor=actor, reason="No such company.").outcome == "refused"
    with pytest.raises(Conflict) as error:
        checking.turn_down(asked, actor=actor, reason="Again.")
    assert error.value.code == "answered"


def test_what_is_asked_must_be_known(fresh: Organisation, owner: Actor) -> None:
    with pytest.raises(Invalid) as error:
        checking.ask(fresh, actor=owner, kind="honesty", note="x" * 501)
    assert [fault.pointer for fault in error.value.faults] == ["/kind", "/note"]


@pytest.mark.django_db(transaction=True)
def test_asking_twice_at_once_makes_one_request(fresh: Organisation, owner: Actor) -> None:
    outcomes = race(lambda: checking.ask(fresh, actor=owner, kind="identity"), times=3)
    assert [type(each) for each in outcomes].count(Conflict) == 2
    assert CheckRequest.objects.count() == 1


def test_an_endless_list_is_judged_as_far_as_it_may_go(fresh: Organisation, owner: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        describe(fresh, owner, capabilities=[" "] * 100_000)
    assert len(refused.value.faults) == organising.MAX_CAPABILITIES + 1
