"""Organisations are founded by a person, and owners say who acts for them."""

from __future__ import annotations

import pytest

from accounts.domain import organising
from accounts.models import Membership, Organisation, Supplier, User
from accounts.policies import actor_of_member, actor_of_organisation, actor_of_person, is_checked
from marketplace.kernel.errors import Conflict, Invalid, NotAllowed

pytestmark = pytest.mark.django_db


def test_a_founded_supplier_waits_for_its_check(customer: User) -> None:
    made = organising.found(customer, actor=actor_of_person(customer), kind="supplier", name=" Leith Lights ")
    assert (made.name, is_checked(made), Supplier.objects.get().organisation) == ("Leith Lights", False, made)
    assert actor_of_member(customer, made).role == "owner"


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
