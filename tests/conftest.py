"""Personas that every test speaks of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation
from hypothesis import settings

from accounts.models import Organisation, User
from accounts.states import OrganisationKind
from tests.factories import people
from tests.machine import say_left_out
from tests.world import World, build

settings.register_profile("beckon", deadline=None)  # a busy machine is no finding
settings.load_profile("beckon")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    say_left_out(terminalreporter, config)


@pytest.fixture(autouse=True)
def language_of_nobody() -> Iterator[None]:
    """A request leaves its language behind until the next one; a test must not."""
    yield
    translation.deactivate()


@pytest.fixture
def customer(db: None) -> User:
    """Keeps data, asks, chooses. Her name, street and birth date are what must never leak."""
    return people.person("customer@personas.example", name="Morag Sutherland-Quill")


@pytest.fixture
def partner(customer: User) -> User:
    """Lives in the customer's household."""
    user = people.person("partner@personas.example", name="Innes Quill")
    people.household(customer, user)
    return user


@pytest.fixture
def supplier(db: None) -> Organisation:
    """A checked supplier."""
    return people.organisation(people.person("supplier@personas.example"), name="Northlight Energy")


@pytest.fixture
def rival(db: None) -> Organisation:
    """Another checked supplier for the same requests."""
    return people.organisation(people.person("rival@personas.example"), name="Tidewater Power")


@pytest.fixture
def outsider(db: None) -> Organisation:
    """A checked supplier without subscriptions."""
    return people.organisation(people.person("outsider@personas.example"), name="Elsewhere Ltd")


@pytest.fixture
def attester(db: None) -> Organisation:
    """An office that confirms facts."""
    return people.organisation(
        people.person("attester@personas.example"), name="Registry Office", kind=OrganisationKind.ATTESTER
    )


@pytest.fixture
def operator(db: None) -> User:
    """Runs the marketplace."""
    return people.person("operator@personas.example", staff=True)


@pytest.fixture
def world(
    customer: User,
    partner: User,
    supplier: Organisation,
    rival: Organisation,
    outsider: Organisation,
    attester: Organisation,
    operator: User,
) -> World:
    """A REST client for each persona; the customer keeps values."""
    cast: dict[str, User | Organisation] = {
        "customer": customer,
        "partner": partner,
        "supplier": supplier,
        "rival": rival,
        "outsider": outsider,
        "attester": attester,
        "operator": operator,
    }
    return build(cast)
