"""Where one is signed in: this browser and the others, and the end of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import SignIn, User
from tests.browsing import entered, text
from tests.factories import people

pytestmark = pytest.mark.django_db
PAGE = "/settings/sign-ins/"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"


def phone(user: User) -> Client:
    """Another browser of the person."""
    client = Client(headers={"User-Agent": PHONE})
    client.force_login(user)
    SignIn.objects.filter(session=client.session.session_key).update(seen_on="2026-01-01")
    session = client.session
    session["seen"] = ""
    session.save()
    assert client.get(PAGE).status_code == 200
    return client


def test_the_others_are_shown_and_ended(customer: User) -> None:
    here, there = entered(customer), phone(customer)
    page = text(here, PAGE)
    assert "Safari, iPhone" in page
    assert "used today" in page
    row = SignIn.objects.get(system="iPhone")
    assert here.post(f"{PAGE}{row.public_id}/end/")["Location"] == PAGE
    assert there.get(PAGE)["Location"].startswith("/accounts/login/")
    assert "You are signed in nowhere else." in text(here, PAGE)


def test_all_others_end_at_once(customer: User) -> None:
    here = entered(customer)
    others = [phone(customer), phone(customer)]
    here.post(f"{PAGE}others/end/")
    assert [other.get(PAGE).status_code for other in others] == [302, 302]
    page = text(here, PAGE)
    assert "You are signed in in 2 other places" not in page
    assert "You are signed out in 2 other places." in page


def test_strangers_end_nothing(customer: User) -> None:
    phone(customer)
    row = SignIn.objects.filter(user=customer).latest("pk")
    assert entered(people.person()).post(f"{PAGE}{row.public_id}/end/").status_code == 404
    assert Session.objects.filter(pk=row.session_id).exists()


def test_a_changed_password_keeps_this_place(customer: User) -> None:
    customer.set_password("correct horse battery")
    customer.save()
    here = entered(customer)
    fields = {
        "oldpassword": "correct horse battery",
        "password1": "staple correct horse",
        "password2": "staple correct horse",
    }
    assert here.post("/accounts/password/change/", fields).status_code == 302
    assert 'class="tag">here' in text(here, PAGE)


def test_no_more_is_kept_than_is_said(customer: User) -> None:
    phone(customer)
    kept = {str(value) for row in SignIn.objects.values() for value in row.values()}
    assert not any("127.0.0.1" in value or "Mozilla" in value for value in kept)


def test_a_session_whose_time_is_over_is_not_shown(customer: User) -> None:
    here = entered(customer)
    phone(customer)
    row = SignIn.objects.get(system="iPhone")
    Session.objects.filter(pk=row.session_id).update(expire_date=timezone.now() - timedelta(days=1))
    assert "iPhone" not in text(here, PAGE)


@pytest.mark.parametrize("count", [1, 3])
def test_queries(customer: User, count: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for _ in range(count):
        phone(customer)
    here = entered(customer)
    with django_assert_num_queries(3):
        here.get(PAGE)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/accounts/email/", 'href="/accounts/email/" aria-current="page">Your account'),
        ("/accounts/password/change/", 'href="/accounts/email/" aria-current="true">Your account'),
        ("/accounts/2fa/", 'href="/accounts/email/" aria-current="true">Your account'),
        (PAGE, 'href="/accounts/email/" aria-current="true">Your account'),
        ("/accounts/logout/", 'href="/accounts/email/">Your account'),
        ("/accounts/reauthenticate/", 'href="/accounts/email/">Your account'),
    ],
)
def test_the_head_says_where_one_is(customer: User, path: str, said: str) -> None:
    customer.set_password("correct horse battery")
    customer.save()
    assert said in text(entered(customer), path)
