"""The front page and the home behind it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Organisation, User
from rfps.models import Rfp
from tests.factories import bids, people


def text_of(client: Client, user: User | None = None) -> str:
    if user:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_stranger_reads_the_promise(client: Client, db: None) -> None:
    text = text_of(client)
    assert "Companies make you offers." in text
    assert "None of them gets your name, phone or address until you say so." in text
    assert "Here now" in text


def test_operator_is_named_with_who_pays(client: Client, db: None, settings: pytest.FixtureRequest) -> None:
    settings.OPERATOR_NAME = "Leith Energy Co-op"
    settings.FUNDING_URL = "https://leith.example/who-pays"
    text = text_of(client)
    assert 'Run by Leith Energy Co-op; <a href="https://leith.example/who-pays">here is who pays</a>.' in text


def test_home_shows_who_you_are(client: Client, partner: User, supplier: Organisation) -> None:
    people.member(supplier, partner, "bidder")
    text = text_of(client, partner)
    assert "Innes Quill" in text
    assert "Home. You decide together." in text
    assert "Requests that fit Northlight Energy" in text
    assert "You have not asked for anything yet." in text


def test_home_leaves_out_a_suspended_organisation(client: Client, supplier: Organisation) -> None:
    Organisation.objects.update(suspended_at="2030-01-01T00:00Z")
    assert "Northlight Energy" not in text_of(client, supplier.memberships.get().user)


def test_home_shows_the_requests_of_the_household_only(client: Client, customer: User, partner: User) -> None:
    bids.request(customer)
    bids.request(people.person())
    text = text_of(client, customer)
    assert text.count("Electricity for a flat") == 1


def test_home_shows_what_fits_each_company(
    client: Client, customer: User, supplier: Organisation, rival: Organisation
) -> None:
    member = supplier.memberships.get().user
    bids.opportunity(bids.request(customer), supplier)
    bids.opportunity(bids.request(customer, closes_in=timedelta(days=-1)), supplier)
    bids.opportunity(bids.request(customer), rival)
    text = text_of(client, member)
    assert text.count("Electricity for a flat") == 1
    assert "Requests that fit Northlight Energy" in text
    assert customer.name not in text


@pytest.mark.parametrize(
    ("closes_in", "facts", "shown"),
    [
        (timedelta(days=3), {}, "offers until"),
        (timedelta(days=-1), {}, "choose by"),
        (timedelta(days=-30), {}, "ended without a choice"),
    ],
)
def test_home_says_what_comes_next(
    client: Client, customer: User, closes_in: timedelta, facts: dict[str, object], shown: str
) -> None:
    bids.request(customer, closes_in=closes_in, **facts)
    assert shown in text_of(client, customer)


@pytest.mark.parametrize("count", [1, 3])
def test_home_asks_the_database_the_same_number_of_times(
    client: Client, customer: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        company = people.organisation(customer)
        bids.opportunity(bids.request(customer), company)
    assert Rfp.objects.count() == count
    client.force_login(customer, backend="allauth.account.auth_backends.AuthenticationBackend")
    with django_assert_num_queries(6):
        client.get("/")
