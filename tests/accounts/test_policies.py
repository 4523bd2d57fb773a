"""Who acts for whom, and which suppliers match and bid."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import policies
from accounts.models import Check, HouseholdMember, Membership, Organisation, User
from marketplace.kernel.actors import Actor, ActorKind, Role
from marketplace.kernel.errors import NotAllowed
from tests.factories import people

pytestmark = pytest.mark.django_db


def test_a_person_acts_as_themselves(customer: User) -> None:
    assert policies.actor_of_person(customer) == Actor(
        kind=ActorKind.PERSON, public_id=customer.public_id, person_id=customer.pk
    )


def test_staff_are_operators(operator: User) -> None:
    assert policies.actor_of_person(operator).is_operator is True


def test_a_member_acts_in_their_role(supplier: Organisation, customer: User) -> None:
    Membership.objects.create(organisation=supplier, user=customer, role="viewer")
    actor = policies.actor_of_member(customer, supplier)
    assert (actor.public_id, actor.member_id, actor.role, actor.may_bid) == (
        supplier.public_id,
        customer.public_id,
        Role.VIEWER,
        False,
    )


def test_a_stranger_does_not_act_for_an_organisation(supplier: Organisation, customer: User) -> None:
    with pytest.raises(NotAllowed):
        policies.actor_of_member(customer, supplier)


def test_nobody_acts_for_a_suspended_organisation(supplier: Organisation) -> None:
    supplier.suspended_at = timezone.now()
    with pytest.raises(NotAllowed):
        policies.actor_of_member(supplier.memberships.get().user, supplier)


def test_an_organisations_key_has_an_owners_rights(supplier: Organisation) -> None:
    actor = policies.actor_of_organisation(supplier, scopes=["bids:write"])
    assert (actor.may_bid, actor.person_id, actor.scopes) == (True, None, frozenset({"bids:write"}))


def test_a_member_of_several_acts_in_each(supplier: Organisation, rival: Organisation, customer: User) -> None:
    people.member(supplier, customer, "viewer")
    people.member(rival, customer, "bidder")
    Organisation.objects.filter(pk=rival.pk).update(suspended_at=timezone.now())
    assert policies.actors_of_member(customer) == {supplier: policies.actor_of_member(customer, supplier)}


def test_a_person_lives_where_they_said(customer: User, partner: User) -> None:
    home = HouseholdMember.objects.get(user=customer).household
    assert [policies.household_of(user) for user in (customer, partner)] == [home, home]
    assert policies.household_of(people.person()) is None


def test_only_checked_suppliers_count(supplier: Organisation, rival: Organisation, attester: Organisation) -> None:
    unchecked = people.organisation(checked=False)
    traded = people.organisation(checked=False)
    people.check(traded, kind="trade")
    expired = people.organisation(checked=False)
    people.check(expired, days=-1)
    early = people.organisation(checked=False)
    tomorrow = timezone.now().date() + timedelta(days=1)
    coming = people.check(early)
    Check.objects.filter(pk=coming.pk).update(valid_from_on=tomorrow)
    revoked = people.organisation()
    revoked.checks.update(revoked_at=timezone.now())
    Organisation.objects.filter(pk=rival.pk).update(suspended_at=timezone.now())
    assert list(policies.checked_suppliers()) == [supplier]
    assert policies.is_checked(supplier) is True
    assert [policies.is_checked(other) for other in (unchecked, rival, attester)] == [False, False, False]


def test_a_check_holds_on_its_last_day() -> None:
    last_day = people.organisation(checked=False)
    people.check(last_day, days=0)
    assert policies.is_checked(last_day) is True


def test_public_records_are_of_suppliers_in_good_standing(supplier: Organisation, attester: Organisation) -> None:
    sandbox = people.organisation(sandbox=True)
    people.organisation(checked=False)
    anonymous = Actor(kind=ActorKind.ANONYMOUS)
    assert list(policies.visible_organisations(anonymous)) == [supplier]
    own = policies.visible_organisations(policies.actor_of_organisation(sandbox))
    assert set(own) == {supplier, sandbox}
