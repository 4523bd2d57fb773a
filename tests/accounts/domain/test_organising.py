"""Organisations are founded by a person, and owners say who acts for them."""

from __future__ import annotations

import pytest

from accounts.domain import organising
from accounts.models import Membership, Organisation, Supplier, User
from accounts.policies import actor_of_member, actor_of_organisation, actor_of_person, is_checked
from marketplace.kernel.errors import Conflict, Invalid, NotAllowed, TooMany
from tests.racing import race

pytestmark = pytest.mark.django_db


def test_a_founded_supplier_waits_for_its_check(customer: User) -> None:
    made = organising.found(customer, actor=actor_of_person(customer), kind="supplier", name=" Leith Lights ")
    assert (made.name, is_checked(made), Supplier.objects.get().organisation) == ("Leith Lights", False, made)
    assert actor_of_member(customer, made).role == "owner"


@pytest.mark.django_db(transaction=True)
def test_a_double_click_founds_one(customer: User) -> None:
    def found() -> Organisation:
        return organising.found(customer, actor=actor_of_person(customer), kind="supplier", name="Leith Lights")

    outcomes = race(found, times=3)
    assert [each.code for each in outcomes if isinstance(each, Conflict)] == ["exists", "exists"]
    assert Organisation.objects.count() == 1


def test_a_person_founds_three_a_day_and_none_by_a_key(customer: User) -> None:
    for number in range(3):
        organising.found(customer, actor=actor_of_person(customer), kind="supplier", name=f"No. {number}")
    with pytest.raises(TooMany):
        organising.found(customer, actor=actor_of_person(customer), kind="supplier", name="No. 4")
    with pytest.raises(NotAllowed):
        organising.found(customer, actor=actor_of_person(customer, scopes=[]), kind="supplier", name="No. 5")


def test_every_fault_at_once(customer: User) -> None:
    with pytest.raises(Invalid) as refused:
        organising.found(customer, actor=actor_of_person(customer), kind="bank", name=" ", country="gb")
    assert [fault.pointer for fault in refused.value.faults] == ["/kind", "/name", "/country"]


def test_nobody_founds_for_another(customer: User, partner: User) -> None:
    with pytest.raises(NotAllowed):
        organising.found(customer, actor=actor_of_person(partner), kind="supplier", name="Leith Lights")


def test_owners_admit_and_dismiss(supplier: Organisation, customer: User) -> None:
    owner = actor_of_member(supplier.memberships.get().user, supplier)
    membership = organising.admit(supplier, customer, actor=owner, role="bidder")
    assert actor_of_member(customer, supplier).may_bid is True
    with pytest.raises(Conflict):
        organising.admit(supplier, customer, actor=owner, role="viewer")
    organising.dismiss(membership, actor=owner)
    with pytest.raises(NotAllowed):
        actor_of_member(customer, supplier)


def test_the_last_owner_stays(supplier: Organisation) -> None:
    membership = supplier.memberships.get()
    with pytest.raises(Conflict) as refused:
        organising.dismiss(membership, actor=actor_of_member(membership.user, supplier))
    assert (refused.value.code, Membership.objects.count()) == ("last_owner", 1)


def test_only_owners_admit(supplier: Organisation, rival: Organisation, customer: User) -> None:
    bidder = organising.admit(
        supplier, customer, actor=actor_of_member(supplier.memberships.get().user, supplier), role="bidder"
    )
    for actor in (
        actor_of_member(customer, supplier),
        actor_of_member(rival.memberships.get().user, rival),
        actor_of_organisation(supplier, scopes=[]),
    ):
        with pytest.raises(NotAllowed):
            organising.admit(supplier, rival.memberships.get().user, actor=actor, role="owner")
        with pytest.raises(NotAllowed):
            organising.dismiss(bidder, actor=actor)


def test_a_role_must_be_known(supplier: Organisation, customer: User) -> None:
    with pytest.raises(Invalid):
        organising.admit(
            supplier, customer, actor=actor_of_member(supplier.memberships.get().user, supplier), role="boss"
        )
