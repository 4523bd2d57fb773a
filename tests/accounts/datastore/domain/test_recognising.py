"""A person's own identifiers, as people write them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.datastore.domain import keeping, owning
from accounts.datastore.domain.recognising import OwnIdentifier, _phones, own_identifiers
from accounts.datastore.policies import owners_of
from accounts.models import User
from accounts.policies import actor_of_person
from tests.factories import datastore, people

pytestmark = pytest.mark.django_db


def needles(user: User, field: str) -> set[str]:
    found = own_identifiers(owners_of(actor_of_person(user)))
    return {identifier.needle for identifier in found if identifier.field == field}


def test_names_whole_and_in_parts(customer: User) -> None:
    datastore.value(customer, "identity.full_name", "Morag Ann O'Hara-Quill")
    customer.name = ""
    customer.save()
    assert needles(customer, "identity.full_name") == {"Morag Ann O'Hara-Quill", "Morag", "Ann", "O'Hara", "Quill"}


def test_the_account_counts_too(customer: User) -> None:
    owning.owner_for_person(customer)
    assert own_identifiers(owners_of(actor_of_person(customer))) == [
        OwnIdentifier("contact.email", "customer@personas.example"),
        OwnIdentifier("identity.full_name", "Morag Sutherland-Quill"),
        OwnIdentifier("identity.full_name", "Morag"),
        OwnIdentifier("identity.full_name", "Sutherland"),
        OwnIdentifier("identity.full_name", "Quill"),
    ]


def test_the_street_with_and_without_its_number(customer: User, partner: User) -> None:
    datastore.value(partner, "home.address", {"streetAddress": "14 Leith Walk", "postalCode": "EH6 5DT"})
    datastore.value(customer, "contact.postal_address", "Ring 5\nEdinburgh")
    assert needles(customer, "home.address") == {"14 Leith Walk", "Leith Walk"}
    assert needles(customer, "contact.postal_address") == {"Ring 5"}


def test_birth_dates(customer: User) -> None:
    datastore.value(customer, "identity.birth_date", "1984-03-01")
    spelled = needles(customer, "identity.birth_date")
    usual = {"1984-03-01", "01 03 1984", "1 3 1984", "03 01 1984", "1st March 1984", "March 1 1984", "1 Mar 1984"}
    assert usual - spelled == set()


def test_other_identifiers_however_they_are_grouped(customer: User) -> None:
    datastore.value(customer, "finance.iban", "GB33BUKB20201555555555")
    assert needles(customer, "finance.iban") == {" ".join("GB33BUKB20201555555555")}


def test_what_was_withdrawn_or_is_not_identifying_is_not_named(customer: User) -> None:
    datastore.value(customer, "energy.kwh_per_year", 3412)
    phone = datastore.value(customer, "contact.phone", "+44 7700 900123")
    keeping.withdraw(phone, actor=actor_of_person(customer))
    assert needles(customer, "energy.kwh_per_year") | needles(customer, "contact.phone") == set()


def test_nobody_elses_identifiers(customer: User) -> None:
    stranger = people.person(name="Zebedee Yarrow")
    datastore.secrets(stranger)
    owning.owner_for_person(customer)
    assert needles(customer, "identity.full_name") == {"Morag Sutherland-Quill", "Morag", "Sutherland", "Quill"}


@given(st.from_regex(r"\+44 ?7[0-9]{3} ?[0-9]{6}", fullmatch=True))
def test_a_phone_is_known_at_home_and_abroad(number: str) -> None:
    digits = re.sub(r"\D", "", number)
    spelled = {needle.replace(" ", "") for needle in _phones(number)}
    assert {digits, "00" + digits, "0" + digits[2:]} - spelled == set()
