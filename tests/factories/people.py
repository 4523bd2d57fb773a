"""People, households and organisations."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.domain import guesting
from accounts.models import Check, Household, HouseholdMember, Membership, Organisation, Supplier, User
from accounts.states import MemberRole, OrganisationKind

_numbers = itertools.count(1)


def person(email: str = "", *, name: str = "", staff: bool = False) -> User:
    """A person with a unique address."""
    email = email or f"person{next(_numbers)}@people.example"
    return User.objects.create_user(email, "a long enough password", name=name, is_staff=staff)


def guest() -> User:
    """A person who has given no address yet."""
    return guesting.begin()


def proved(user: User) -> None:
    """The person has shown that the address is theirs."""
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def expired(user: User) -> User:
    """The guest a week later."""
    User.objects.filter(pk=user.pk).update(guest_until=timezone.now() - timedelta(seconds=1))
    return User.objects.get(pk=user.pk)


def household(*people: User) -> Household:
    """A household of these people."""
    home = Household.objects.create(name="Home")
    for user in people:
        HouseholdMember.objects.create(household=home, user=user)
    return home


def organisation(
    owner: User | None = None,
    *,
    kind: str = OrganisationKind.SUPPLIER,
    name: str = "",
    checked: bool = True,
    sandbox: bool = False,
) -> Organisation:
    """An organisation with an owner and, unless told otherwise, an identity check valid today."""
    made = Organisation.objects.create(kind=kind, name=name or f"Organisation {next(_numbers)}", sandbox=sandbox)
    owner = owner or person()
    Membership.objects.create(organisation=made, user=owner, role=MemberRole.OWNER)
    if kind == OrganisationKind.SUPPLIER:
        Supplier.objects.create(organisation=made)
    if checked:
        check(made)
    return made


def check(organisation: Organisation, *, days: int = 300, kind: str = "identity") -> Check:
    """A check valid from yesterday for `days` more days."""
    today: date = timezone.now().date()
    return Check.objects.create(
        organisation=organisation,
        kind=kind,
        valid_from_on=today - timedelta(days=1),
        valid_until_on=today + timedelta(days=days),
        checked_by=person(staff=True),
    )


def member(organisation: Organisation, user: User, role: str) -> Membership:
    """A person's role in an organisation."""
    return Membership.objects.create(organisation=organisation, user=user, role=role)
