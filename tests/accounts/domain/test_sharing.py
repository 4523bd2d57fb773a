"""Households share what they keep, and only while people live in them."""

from __future__ import annotations

import pytest
from django.core import signing
from django.utils.translation import override

from accounts.datastore.domain import owning
from accounts.datastore.policies import owners_of, visible_values
from accounts.domain import sharing
from accounts.models import HouseholdMember, Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person
from accounts.signals import household_left
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import Conflict, Invalid, NotAllowed, TooMany
from marketplace.mail.models import SLOT, Mail
from tests.factories import datastore, people

pytestmark = pytest.mark.django_db


def test_leaving_ends_access_at_once(customer: User, partner: User) -> None:
    shared = datastore.value(partner, "home.address", "14 Leith Walk, Edinburgh")
    assert list(visible_values(actor_of_person(customer))) == [shared]
    sharing.leave(shared.owner.household, customer, actor=actor_of_person(customer))
    assert list(visible_values(actor_of_person(customer))) == []
    assert list(visible_values(actor_of_person(partner))) == [shared]
    assert owning.owner_of_facts(customer, "household").person == customer


def test_an_invited_person_joins(customer: User) -> None:
    home = sharing.create(customer, actor=actor_of_person(customer), name=" Leith ")
    guest = people.person("guest@personas.example")
    invitation = sharing.invite(home, actor=actor_of_person(customer), email="Guest@personas.example")
    sharing.join(home, guest, actor=actor_of_person(guest), invitation=invitation)
    assert (home.name, owners_of(actor_of_person(guest)).get().household) == ("Leith", home)


def test_nobody_joins_uninvited(customer: User, supplier: Organisation) -> None:
    home = sharing.create(customer, actor=SYSTEM, name="Leith")
    guest, thief = people.person("guest@personas.example"), people.person("thief@personas.example")
    invitation = sharing.invite(home, actor=actor_of_person(customer), email=guest.email)
    attempts = [
        (thief, actor_of_person(thief), invitation),
        (thief, actor_of_person(thief), ""),
        (guest, actor_of_person(guest), invitation[:-1]),
        (guest, actor_of_person(customer), invitation),
        (guest, actor_of_organisation(supplier), invitation),
    ]
    for user, actor, text in attempts:
        with pytest.raises(NotAllowed):
            sharing.join(home, user, actor=actor, invitation=text)
    assert HouseholdMember.objects.count() == 1


def test_only_members_invite_and_only_oneself_leaves(customer: User, partner: User) -> None:
    home = HouseholdMember.objects.get(user=customer).household
    stranger = people.person()
    with pytest.raises(NotAllowed):
        sharing.invite(home, actor=actor_of_person(stranger), email=stranger.email)
    with pytest.raises(NotAllowed):
        sharing.leave(home, partner, actor=actor_of_person(customer))
    with pytest.raises(NotAllowed):
        sharing.create(customer, actor=actor_of_person(stranger), name="Mine")


def test_one_household_at_a_time(customer: User, partner: User) -> None:
    with pytest.raises(Conflict):
        sharing.create(customer, actor=actor_of_person(customer), name="Second")
    home = HouseholdMember.objects.get(user=customer).household
    told: list[User] = []

    def listen(sender: object, user: User, **_kwargs: object) -> None:
        told.append(user)

    household_left.connect(listen)
    sharing.leave(home, customer, actor=actor_of_person(customer))
    household_left.disconnect(listen)
    with pytest.raises(Conflict):
        sharing.leave(home, customer, actor=actor_of_person(customer))
    assert told == [customer]
    assert sharing.create(customer, actor=actor_of_person(customer), name="Second").members.count() == 1


@pytest.mark.parametrize("name", ["", "  ", "x" * 101])
def test_a_household_has_a_name(customer: User, name: str) -> None:
    with pytest.raises(Invalid):
        sharing.create(customer, actor=actor_of_person(customer), name=name)


@pytest.mark.parametrize(
    ("locale", "begins", "said"),
    [("de", "Treten Sie „Leith“ bei", "Die Einladung gilt bis"), ("en", "Join “Leith”", "The invitation holds until")],
)
def test_the_mail_speaks_the_language_of_who_gets_it(customer: User, locale: str, begins: str, said: str) -> None:
    home = sharing.create(customer, actor=actor_of_person(customer), name="Leith")
    guest = people.person("guest@personas.example")
    User.objects.filter(pk=guest.pk).update(locale=locale)
    sharing.invite(home, actor=actor_of_person(customer), email="Guest@personas.example")
    letter = Mail.objects.get(kind="household.invited")
    assert letter.subject == begins
    assert said in letter.body
    assert customer.name in letter.body
    assert (letter.address, SLOT in letter.body) == ("guest@personas.example", True)


def test_who_is_unknown_is_written_to_in_the_inviters_language(customer: User) -> None:
    home = sharing.create(customer, actor=actor_of_person(customer), name="Leith")
    with override("de"):
        sharing.invite(home, actor=actor_of_person(customer), email="new@people.example")
    assert Mail.objects.get(kind="household.invited").subject == "Treten Sie „Leith“ bei"


def test_a_link_holds_no_address_and_fits_its_place(customer: User) -> None:
    home = sharing.create(customer, actor=actor_of_person(customer), name="Leith")
    sharing.invite(home, actor=actor_of_person(customer), email=f"{'x' * 60}@people.example")
    secret = Mail.objects.get(kind="household.invited").secret
    assert len(secret) < 200
    assert "people" not in str(signing.loads(secret, salt=sharing.SALT))


def test_twenty_a_day(customer: User) -> None:
    home = sharing.create(customer, actor=actor_of_person(customer), name="Leith")
    for number in range(20):
        sharing.invite(home, actor=actor_of_person(customer), email=f"p{number}@people.example")
    with pytest.raises(TooMany):
        sharing.invite(home, actor=actor_of_person(customer), email="one@people.example")
    assert Mail.objects.filter(kind="household.invited").count() == 20


def test_what_is_no_address_is_said(customer: User) -> None:
    home = sharing.create(customer, actor=actor_of_person(customer), name="Leith")
    with pytest.raises(Invalid):
        sharing.invite(home, actor=actor_of_person(customer), email="nobody")
