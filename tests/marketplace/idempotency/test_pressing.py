"""A form that is sent twice has one effect."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Household, User
from marketplace.idempotency.models import StoredAnswer
from tests.racing import race

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.pages")]
TOKEN = f"{'a' * 32}.{'b' * 16}"


@pytest.fixture
def browser(client: Client, customer: User) -> Client:
    client.force_login(customer, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_same_form_leads_to_the_same_place(browser: Client) -> None:
    first, again = (browser.post("/form/", {"once": TOKEN, "name": "Home"}) for _ in range(2))
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    assert Household.objects.count() == 1
    assert b"made" not in bytes(StoredAnswer.objects.get().sealed_answer)


def test_form_with_faults_can_be_sent_again(browser: Client) -> None:
    assert browser.post("/form/", {"once": TOKEN, "name": "taken"}).status_code == 422
    assert browser.post("/form/", {"once": TOKEN, "name": "closed"}).status_code == 409
    assert browser.post("/form/", {"once": TOKEN, "name": "Home"}).status_code == 302
    assert StoredAnswer.objects.count() == 1


def test_form_changed_after_going_back_is_another(browser: Client) -> None:
    places = {browser.post("/form/", {"once": TOKEN, "name": name})["Location"] for name in ("Home", "Hut")}
    assert len(places) == Household.objects.count() == 2


@pytest.mark.parametrize("token", ["", "short", "a" * 32])
def test_form_without_its_token_is_refused(browser: Client, token: str) -> None:
    assert browser.post("/form/", {"once": token, "name": "Home"}).status_code == 400
    assert Household.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_time_lead_to_the_same_place(browser: Client) -> None:
    session = browser.cookies["sessionid"].value

    def press() -> str:
        client = Client()
        client.cookies["sessionid"] = session
        return client.post("/form/", {"once": TOKEN, "name": "Home"})["Location"]

    answers = race(press, times=2)
    assert answers[0] == answers[1]
    assert Household.objects.count() == 1
