"""Owners have keys of their own; nothing opens under another's."""

from __future__ import annotations

import pytest

from accounts.datastore.domain import owning
from accounts.datastore.models import Owner, OwnerKey
from accounts.datastore.policies import owners_of
from accounts.models import HouseholdMember, Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person
from marketplace.kernel.crypto import DecryptionFailed

pytestmark = pytest.mark.django_db

STREET = {"streetAddress": "14 Leith Walk", "postalCode": "EH6 5DT", "n": 1.5, "none": None}


def test_what_was_sealed_opens(customer: User) -> None:
    owner = owning.owner_for_person(customer)
    sealed = owning.seal_json(owner, "-|home.address|1", STREET)
    assert sealed.count(b"Leith") == 0
    assert owning.open_json(owner, "-|home.address|1", sealed) == STREET
    assert owning.open_json(Owner.objects.get(pk=owner.pk), "-|home.address|1", sealed) == STREET


def test_the_owner_is_made_once(customer: User) -> None:
    assert owning.owner_for_person(customer) == owning.owner_for_person(customer)
    assert (Owner.objects.count(), OwnerKey.objects.count()) == (1, 1)


def test_another_owner_or_context_opens_nothing(customer: User, partner: User) -> None:
    hers, his = owning.owner_for_person(customer), owning.owner_for_person(partner)
    sealed = owning.seal_json(hers, "-|home.address|1", STREET)
    for owner, context in ((his, "-|home.address|1"), (hers, "-|home.address|2"), (hers, "-|home.postcode|1")):
        with pytest.raises(DecryptionFailed):
            owning.open_json(owner, context, sealed)


def test_a_stolen_key_row_does_not_help(customer: User, partner: User) -> None:
    hers, his = owning.owner_for_person(customer), owning.owner_for_person(partner)
    stolen = OwnerKey.objects.get(owner=hers)
    OwnerKey.objects.filter(owner=his).update(wrapped=stolen.wrapped, master_name=stolen.master_name)
    with pytest.raises(DecryptionFailed):
        owning.data_key(Owner.objects.get(pk=his.pk))


def test_a_destroyed_key_opens_nothing(customer: User) -> None:
    owner = owning.owner_for_person(customer)
    sealed = owning.seal_json(owner, "x", STREET)
    OwnerKey.objects.all().delete()
    with pytest.raises(DecryptionFailed):
        owning.open_json(Owner.objects.get(pk=owner.pk), "x", sealed)


def test_members_hold_the_households_data_while_they_are_members(customer: User, partner: User) -> None:
    membership = HouseholdMember.objects.get(user=customer)
    hers, home = owning.owner_for_person(customer), owning.owner_for_household(membership.household)
    his = owning.owner_for_person(partner)
    assert set(owners_of(actor_of_person(customer))) == {hers, home}
    assert set(owners_of(actor_of_person(partner))) == {his, home}
    membership.left_at = membership.joined_at
    membership.save()
    assert set(owners_of(actor_of_person(customer))) == {hers}


def test_organisations_own_no_personal_data(supplier: Organisation, customer: User) -> None:
    owning.owner_for_person(customer)
    assert list(owners_of(actor_of_organisation(supplier))) == []
