"""Plants the demo's people; running it again changes nothing that is there."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import Check, Household, HouseholdMember, Membership, Organisation, Supplier, User
from accounts.states import CheckKind, MemberRole, OrganisationKind

ORGANISATIONS = {
    "supplier": (OrganisationKind.SUPPLIER, "Northlight Energy"),
    "rival": (OrganisationKind.SUPPLIER, "Tidewater Power"),
    "outsider": (OrganisationKind.SUPPLIER, "Hollow Oak Trading"),
    "attester": (OrganisationKind.ATTESTER, "Meterhouse Records"),
}


class Command(BaseCommand):
    help = "Plant the demo's data. The password of its logins comes from DEMO_PASSWORD."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("DEMO_PASSWORD", "")
        if not password:
            raise CommandError("DEMO_PASSWORD is not set: `make demo` sets it.")
        names = ("customer", "partner", *ORGANISATIONS, "operator")
        people = {name: person(name, password) for name in names}
        household(people["customer"], people["partner"])
        for name, (kind, title) in ORGANISATIONS.items():
            organisation(people[name], kind, title, checked_by=people["operator"])


def person(name: str, password: str) -> User:
    """A login with a confirmed address."""
    email = f"{name}@demo.example"
    found = User.objects.filter(email=email).first()
    staff = name == "operator"
    user = found or User.objects.create_user(email, password, name=name.title(), is_staff=staff, is_superuser=staff)
    EmailAddress.objects.get_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    return user


def household(*people: User) -> None:
    if not HouseholdMember.objects.filter(user__in=people).exists():
        home = Household.objects.create(name="Home")
        for user in people:
            HouseholdMember.objects.create(household=home, user=user)


def organisation(owner: User, kind: str, name: str, *, checked_by: User) -> None:
    """An organisation with an owner, and a check that is valid for a year."""
    if Membership.objects.filter(user=owner).exists():
        return
    made = Organisation.objects.create(kind=kind, name=name)
    Membership.objects.create(organisation=made, user=owner, role=MemberRole.OWNER)
    today = timezone.now().date()
    if kind == OrganisationKind.SUPPLIER:
        Supplier.objects.create(organisation=made)
        Check.objects.create(
            organisation=made,
            kind=CheckKind.IDENTITY,
            valid_from_on=today,
            valid_until_on=today + timedelta(days=365),
            checked_by=checked_by,
        )
