"""Who runs this, what happens with data, and help: true, and honest where the operator said nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as ours
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.domain.guesting import KEPT as GUESTS_KEPT
from accounts.models import User
from accounts.tasks import forget_sessions
from accounts.web.visiting import COOKIE
from marketplace.mail import sending

SAID = {
    "OPERATOR_NAME": "Leith Energy Co-op",
    "OPERATOR_LEGAL_FORM": "registered society 1234R",
    "OPERATOR_ADDRESS": "1 Shore, Leith",
    "OPERATOR_INCOME": "Membership fees, £40,000 a year.",
    "FUNDING_URL": "https://leith.example/who-pays",
    "COMPLAINTS_EMAIL": "complaints@leith.example",
}


@pytest.fixture
def named(settings: Any) -> None:
    for name, value in SAID.items():
        setattr(settings, name, value)


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_everything_is_said_of_the_operator(client: Client, named: None, db: None) -> None:
    text = text_of(client, "/about/")
    assert [value for value in SAID.values() if value not in text] == []
    assert 'href="mailto:complaints@leith.example"' in text
    assert "has not said who they are" not in text


def test_silence_of_the_operator_is_said_plainly(client: Client, settings: Any, db: None) -> None:
    for name in SAID:
        setattr(settings, name, "")
    assert "has not said who they are yet" in text_of(client, "/about/")
    for path in ("/about/", "/privacy/", "/help/"):
        assert "mailto:" not in text_of(client, path)


@pytest.mark.parametrize("path", ["/about/", "/privacy/", "/help/"])
def test_every_page_leads_there(client: Client, db: None, path: str) -> None:
    assert f'href="{path}"' in text_of(client, "/accounts/login/")


def test_times_that_are_named_are_those_of_the_code(client: Client, db: None) -> None:
    text = text_of(client, "/privacy/")
    assert (sending.KEPT.days, sending.NOTICES_KEPT.days, GUESTS_KEPT.days) == (30, 90, 7)
    assert all(said in text for said in ("30 days", "90 days", "seven days"))
    assert ours.SESSION_COOKIE_AGE == 14 * 86_400


def test_every_cookie_is_named(client: Client, customer: User) -> None:
    text = text_of(client, "/privacy/")
    names = {ours.SESSION_COOKIE_NAME, ours.CSRF_COOKIE_NAME, ours.LANGUAGE_COOKIE_NAME, "messages", COOKIE}
    assert [name for name in names if f"<dt>{name}</dt>" not in text] == []
    client.post("/language/", {"language": "de", "next": "/"})
    client.force_login(customer, backend=ours.AUTHENTICATION_BACKENDS[0])
    client.post("/accounts/logout/")
    assert set(client.cookies) <= names


def test_sessions_whose_time_is_over_are_deleted(client: Client, customer: User) -> None:
    client.force_login(customer, backend=ours.AUTHENTICATION_BACKENDS[0])
    kept = client.session.session_key
    Client().force_login(customer, backend=ours.AUTHENTICATION_BACKENDS[0])
    Session.objects.exclude(pk=kept).update(expire_date="2020-01-01T00:00Z")
    forget_sessions()
    assert [session.pk for session in Session.objects.all()] == [kept]


@pytest.mark.parametrize("path", ["/about/", "/privacy/", "/help/"])
def test_pages_ask_the_database_for_nothing(
    client: Client, db: None, path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        client.get(path)
