"""The guest's cookie: what it opens, to whom, and when it goes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.domain import guesting
from accounts.models import User
from accounts.web.visiting import COOKIE, VisitorMiddleware, person_of, staying, visitor
from marketplace.kernel.errors import TooMany
from rfps.models import Rfp
from tests.factories import people, rfps
from tests.racing import race


@pytest.fixture(autouse=True)
def _nobody_came_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"


def request(token: str = "", user: Any = None) -> HttpRequest:
    made = RequestFactory().post("/")
    made.user = user or AnonymousUser()
    if token:
        made.COOKIES[COOKIE] = token
    return made


def answered(made: HttpRequest) -> HttpResponse:
    answer = VisitorMiddleware(lambda _request: HttpResponse())(made)
    assert isinstance(answer, HttpResponse)
    return answer


def holding(guest: User) -> Client:
    client = Client()
    client.cookies[COOKIE] = guesting.token_of(guest)
    return client


def in_turn(waiting: list[Callable[[], Any]]) -> Any:
    """What the next one comes to."""
    act = waiting.pop()
    return act()


def until_somebody_waits() -> None:
    """Hold this transaction open until another one waits for it."""
    with connection.cursor() as cursor:
        for _ in range(400):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.05)
    raise AssertionError("nobody came")


def test_looking_makes_nobody_a_guest() -> None:
    made = request()
    assert (visitor(made), User.objects.count(), COOKIE in answered(made).cookies) == (None, 0, False)


def test_the_first_saved_step_makes_a_guest_once() -> None:
    made = request()
    guest = person_of(made)
    assert (person_of(made), visitor(made), User.objects.count()) == (guest, guest, 1)
    cookie = answered(made).cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"], cookie["path"]) == (True, "Lax", 604800, "/")
    assert visitor(request(cookie.value)) == guest


def test_a_network_brings_so_many_guests_and_no_more(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"guest": "2/h/ip"}
    for _ in range(2):
        assert person_of(request()).is_guest
    known = request(guesting.token_of(people.guest()))
    with pytest.raises(TooMany):
        person_of(request())
    assert person_of(known).is_guest


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_begin_one_guest() -> None:
    def click(secret: str) -> User:
        made = request()
        made.META["CSRF_COOKIE"] = secret
        return person_of(made)

    found = race(lambda: click("one browser"), times=4)
    assert (len(set(found)), User.objects.get()) == (1, found[0])
    assert click("another browser") not in found
    guesting.become(found[0], email="new@people.example")
    assert click("one browser") not in found


@pytest.mark.django_db(transaction=True)
def test_what_comes_too_late_for_adoption_is_told_so(customer: User) -> None:
    guest, adopted = people.guest(), threading.Event()
    other_tab = holding(guest)

    def adopt() -> None:
        with transaction.atomic():
            guesting.adopt(guest, account=customer)
            adopted.set()
            until_somebody_waits()

    def save() -> int:
        adopted.wait(timeout=20)
        answer = other_tab.post("/start/", {"once": f"{'a' * 32}.{'b' * 16}", "sentence": "A year of electricity"})
        return answer.status_code

    waiting = [adopt, save]
    assert sorted(map(str, race(lambda: in_turn(waiting), times=2))) == ["409", "None"]
    assert list(Rfp.objects.all()) == []


@pytest.mark.django_db(transaction=True)
def test_what_is_saved_before_adoption_comes_along(customer: User) -> None:
    guest, saved = people.guest(), threading.Event()

    def adopt() -> None:
        saved.wait(timeout=20)
        guesting.adopt(guest, account=customer)

    def save() -> None:
        with staying(guest):
            rfps.draft(guest)
            saved.set()
            until_somebody_waits()

    waiting = [adopt, save]
    assert race(lambda: in_turn(waiting), times=2) == [None, None]
    assert Rfp.objects.get().customer == customer


def test_the_cookie_is_secure_where_the_site_is(settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = True
    made = request()
    person_of(made)
    assert answered(made).cookies[COOKIE]["secure"] is True


def test_a_guest_costs_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    made = request(guesting.token_of(people.guest()))
    with django_assert_num_queries(1):
        assert visitor(made)


def test_use_renews_the_cookie_with_the_row() -> None:
    guest = people.guest()
    token = guesting.token_of(guest)
    fresh = request(token)
    assert (visitor(fresh), COOKIE in answered(fresh).cookies) == (guest, False)
    User.objects.update(guest_until=timezone.now() + timedelta(days=3))
    made = request(token)
    assert (visitor(made), answered(made).cookies[COOKIE].value) == (guest, token)


@pytest.mark.parametrize("token", ["x", "\x00", "a:b", "é:ü", "9" * 4000])
def test_a_broken_cookie_is_nobody(token: str) -> None:
    assert visitor(request(token)) is None
    assert Client(headers={"cookie": f"{COOKIE}=nonsense"}).get("/").status_code == 200


def test_a_stolen_cookie_gives_nothing_to_somebody_signed_in(customer: User) -> None:
    guest = people.guest()
    draft = rfps.draft(guest)
    made = request(guesting.token_of(guest), customer)
    assert (visitor(made), person_of(made)) == (customer, customer)
    thief = Client()
    thief.force_login(customer)
    thief.cookies[COOKIE] = guesting.token_of(guest)
    assert draft.sealed_draft
    assert "Electricity for a flat" not in thief.get("/").content.decode()
    assert (rfps.again(draft).customer, guesting.guest_with(guesting.token_of(guest))) == (guest, guest)
    thief.post("/accounts/logout/")
    assert (thief.cookies[COOKIE].value, rfps.again(draft).customer) == ("", guest)


def test_signing_in_with_a_password_adopts_the_guest(customer: User) -> None:
    guest = people.guest()
    draft = rfps.draft(guest)
    client = holding(guest)
    refused = client.post("/accounts/login/", {"login": customer.email, "password": "another password"})
    assert (refused.status_code, rfps.again(draft).customer) == (200, guest)
    people.proved(customer)
    client.post("/accounts/login/", {"login": customer.email, "password": PASSWORD})
    assert (rfps.again(draft).customer, client.cookies[COOKIE].value) == (customer, "")
    assert User.objects.filter(guest_until__isnull=False).exists() is False


def test_signing_in_with_an_old_cookie_just_signs_in(customer: User) -> None:
    people.proved(customer)
    guest = people.guest()
    client = holding(guest)
    people.expired(guest)
    client.post("/accounts/login/", {"login": customer.email, "password": PASSWORD})
    assert (client.session["_auth_user_id"], client.cookies[COOKIE].value) == (str(customer.pk), "")
    assert Rfp.objects.count() == 0


def test_who_comes_back_after_seven_days_is_told_once() -> None:
    guest = people.guest()
    draft = rfps.draft(guest)
    for page in ("/", f"/requests/{draft.public_id}/check/"):
        client = holding(guest)
        people.expired(guest)
        assert "it is kept for 7 days" in client.get(page, follow=True).content.decode()
        assert client.cookies[COOKIE].value == ""
        assert "7 days, and who" not in client.get("/").content.decode()


def test_adoption_is_told_to_both_sides(customer: User) -> None:
    guest = people.guest()
    rfps.draft(guest)
    owner, copier = holding(guest), holding(guest)
    people.proved(customer)
    sent = {"login": customer.email, "password": PASSWORD}
    assert "is in your account now" in owner.post("/accounts/login/", sent, follow=True).content.decode()
    assert "no longer here" in copier.get("/").content.decode()
    assert copier.cookies[COOKIE].value == ""


def test_a_guest_cannot_be_signed_in() -> None:
    guest = people.guest()
    client = Client()
    client.force_login(guest, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "Sign in" in client.get("/").content.decode()
    for email in ("", "None", str(guest.public_id)):
        client.post("/accounts/login/", {"login": email, "password": ""})
        client.post("/accounts/login/code/", {"email": email})
        client.post("/accounts/password/reset/", {"email": email})
    assert client.get("/accounts/email/").status_code == 302


def test_operators_see_guests_without_what_they_keep(operator: User) -> None:
    guest = people.guest()
    client = Client()
    client.force_login(operator)
    for page in ("", f"{guest.pk}/change/", "?q=guest"):
        assert client.get(f"/admin/accounts/user/{page}").status_code == 200
