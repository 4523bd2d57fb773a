"""The front page and the home behind it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Organisation, User
from accounts.policies import actor_of_person
from marketplace.kernel.clock import database_now
from rfps.domain.sharing import share
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
    assert "What do you need?" in text
    assert 'value="energy/electricity">Electricity</button>' in text


def test_operator_is_named_with_who_pays(client: Client, db: None, settings: pytest.FixtureRequest) -> None:
    settings.OPERATOR_NAME = "Leith Energy Co-op"
    settings.FUNDING_URL = "https://leith.example/who-pays"
    text = text_of(client)
    assert 'Run by Leith Energy Co-op; <a href="https://leith.example/who-pays">here is who pays</a>.' in text


def test_home_begins_with_what_needs_you(client: Client, customer: User, supplier: Organisation) -> None:
    bids.bid(bids.request(customer, closes_in=timedelta(days=-1)), supplier)
    text = text_of(client, customer)
    assert "One thing needs you" in text
    assert "Look at 1 offer and choose, or not" in text
    assert text.index("One thing needs you") < text.index("Your requests")


def test_home_without_requests_teaches(client: Client, customer: User) -> None:
    text = text_of(client, customer)
    assert "You say in one sentence what you need" in text
    assert "needs you" not in text


def test_home_says_when_nothing_needs_you(client: Client, customer: User) -> None:
    bids.request(customer)
    Rfp.objects.update(published_at=database_now())
    assert "Nothing needs you now." in text_of(client, customer)


def test_home_shows_what_is_shared_and_the_company_one_acts_for(
    client: Client, customer: User, partner: User, supplier: Organisation
) -> None:
    people.member(supplier, partner, "bidder")
    rfp = bids.request(customer)
    share(rfp, actor=actor_of_person(customer), sharing="look")
    text = text_of(client, partner)
    assert "Innes Quill" in text
    assert "shared with you" in text
    assert "Northlight Energy" in text
    assert "no open request fits now" in text


def test_home_leads_to_every_company_and_to_a_new_one(client: Client, attester: Organisation) -> None:
    text = text_of(client, attester.memberships.get().user)
    assert f'<a href="/company/{attester.public_id}/"><b>Registry Office</b></a>' in text
    assert '<a href="/company/new/">A new company</a>' in text


def test_a_person_finds_their_keys_in_their_account(client: Client, customer: User) -> None:
    text_of(client, customer)
    for path in ("/accounts/email/", "/settings/keys/"):
        assert '<a href="/settings/keys/"' in client.get(path).content.decode()


def test_home_leaves_out_a_suspended_organisation(client: Client, supplier: Organisation) -> None:
    Organisation.objects.update(suspended_at="2030-01-01T00:00Z")
    assert "Northlight Energy" not in text_of(client, supplier.memberships.get().user)


def test_home_shows_the_requests_of_the_household_only(client: Client, customer: User, partner: User) -> None:
    bids.request(customer)
    other = bids.request(people.person())
    text = text_of(client, customer)
    assert "Electricity for a flat" in text
    assert str(other.public_id) not in text


def test_home_counts_what_fits_each_company(
    client: Client, customer: User, supplier: Organisation, rival: Organisation
) -> None:
    member = supplier.memberships.get().user
    bids.opportunity(bids.request(customer), supplier)
    bids.opportunity(bids.request(customer, closes_in=timedelta(days=-1)), supplier)
    bids.opportunity(bids.request(customer), rival)
    text = text_of(client, member)
    assert "Northlight Energy" in text
    assert "1 open request fits" in text
    assert "Electricity for a flat" not in text
    assert customer.name not in text


@pytest.mark.parametrize(
    ("closes_in", "facts", "shown"),
    [
        (timedelta(days=3), {}, "no offer yet, until"),
        (timedelta(days=-1), {}, "the time is over, no offer came"),
        (timedelta(days=-30), {}, "or all you asked for is over"),
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
    with django_assert_num_queries(9):
        client.get("/")
