"""A person's page: closed to strangers, never stored, and it keeps what was typed when a session ends."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Household, User
from marketplace.kernel import pages
from tests.factories import people

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.pages")]
STILL_HERE = "You were signed out before it was sent. What you typed is still here."


def sign_in(client: Client, user: User) -> None:
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])


def form_of(user: User | None, **typed: str) -> dict[str, str]:
    return {"once": f"{'0' * 32}.{pages.mark_of(user)}", **typed}


def test_stranger_signs_in_first(client: Client) -> None:
    answer = client.get("/form/?x=1")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/form/%3Fx%3D1")
    assert "no-store" in answer["Cache-Control"]


def test_page_is_never_stored(client: Client, customer: User) -> None:
    sign_in(client, customer)
    assert "no-store" in client.get("/form/")["Cache-Control"]


def test_what_was_typed_is_offered_again_once(client: Client, customer: User) -> None:
    answer = client.post("/form/", form_of(customer, name="Lamb & Sons", flat="unsure", kinds="b"))
    assert answer.status_code == 302
    assert "Lamb" not in str(dict(client.session))
    sign_in(client, customer)
    client.get("/")
    text = client.get("/form/").content.decode()
    assert STILL_HERE in text
    assert 'value="Lamb &amp; Sons"' in text
    assert 'value="b" id="id_kinds_1" checked' in text
    assert Household.objects.count() == 0
    again = client.get("/form/").content.decode()
    assert STILL_HERE not in again
    assert "Lamb" not in again


def test_nobody_else_sees_what_was_typed(client: Client, customer: User) -> None:
    client.post("/form/", form_of(customer, name="Lamb"))
    sign_in(client, people.person())
    assert "Lamb" not in client.get("/form/").content.decode()
    assert pages.KEPT not in client.session


def test_what_is_old_or_broken_is_forgotten(client: Client, customer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client.post("/form/", form_of(customer, name="Lamb"))
    monkeypatch.setattr(pages, "SECONDS", -1)
    sign_in(client, customer)
    assert "Lamb" not in client.get("/form/").content.decode()
    session = client.session
    session[pages.KEPT] = "bm90IHNlYWxlZA=="
    session.save()
    assert client.get("/form/").status_code == 200
    assert pages.KEPT not in client.session


def test_what_is_too_long_is_not_kept_and_it_says_so(client: Client, customer: User) -> None:
    client.post("/form/", form_of(customer, name="x" * 70_000))
    assert pages.KEPT not in client.session
    assert "too long for us to keep" in client.get("/accounts/login/").content.decode()


def test_long_words_of_any_script_are_kept(client: Client, customer: User) -> None:
    client.post("/form/", form_of(customer, name="שלום" * 5000))
    sign_in(client, customer)
    assert "שלום" * 5000 in client.get("/form/").content.decode()


def strict(user: User | None = None) -> tuple[Client, str]:
    """A browser that keeps its own cookies, and the token of the form that it has open."""
    client = Client(enforce_csrf_checks=True)
    if user:
        sign_in(client, user)
    page = client.get("/form/" if user else "/start/").content.decode()
    return client, page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]


def test_a_form_from_before_signing_in_comes_back_filled(customer: User) -> None:
    client, token = strict(customer)
    client.cookies["csrftoken"] = "x" * 32  # as after signing in anew, in another tab
    late = form_of(customer, name="Lamb", csrfmiddlewaretoken=token)
    answer = client.post("/form/?x=1", late, headers={"origin": "http://testserver"})
    assert (answer.status_code, answer["Location"]) == (302, "/form/?x=1")
    page = client.get("/form/?x=1").content.decode()
    assert 'value="Lamb"' in page
    assert "Nothing you typed is lost" in page
    assert Household.objects.count() == 0


def test_what_a_guest_typed_is_there_after_signing_in(customer: User) -> None:
    client, token = strict()
    sign_in(client, customer)
    client.cookies["csrftoken"] = "x" * 32
    late = form_of(None, sentence="A year of electricity", csrfmiddlewaretoken=token)
    assert client.post("/start/", late, headers={"origin": "http://testserver"})["Location"] == "/start/"
    assert "A year of electricity" in client.get("/start/").content.decode()


@pytest.mark.parametrize("origin", [None, "null", "https://elsewhere.example", "http://testserver.elsewhere.example"])
def test_a_form_of_another_site_plants_nothing(customer: User, origin: str | None) -> None:
    client, _token = strict(customer)
    answer = client.post("/form/", {"name": "Planted"}, headers={"origin": origin} if origin else {})
    assert answer.status_code == 403
    assert "Planted" not in client.get("/form/").content.decode()


def test_a_secret_is_never_kept(customer: User) -> None:
    client, _token = strict(customer)
    sent = {"login": customer.email, "password": "a long enough password"}
    assert client.post("/accounts/login/", sent, headers={"origin": "http://testserver"}).status_code == 302
    assert pages.KEPT not in client.session


@pytest.mark.parametrize("status", [403, 409, 410, 422, 429])
def test_refusal_is_a_page_of_ours(client: Client, status: int) -> None:
    answer = client.get(f"/refused/{status}/")
    assert answer.status_code == status
    assert 'class="masthead"' in answer.content.decode()


def test_too_much_is_a_page_of_ours(client: Client) -> None:
    answer = client.post("/form/", "name=" + "x" * 1_100_000, content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, "That is too much at once" in answer.content.decode()) == (413, True)


def test_too_long_a_form_of_an_old_session_stays_in_the_browser(customer: User) -> None:
    client, _token = strict(customer)
    old = {"csrfmiddlewaretoken": "a" * 64, **form_of(customer, name="x" * 70_000)}
    assert client.post("/form/", old, headers={"Origin": "http://testserver"}).status_code == 403


def test_a_part_of_a_page_is_never_the_page_to_sign_in_on(client: Client, customer: User) -> None:
    script = {"HX-Request": "true", "Origin": "http://testserver"}
    answer = client.post("/form/", form_of(customer, name="Lamb"), headers=script)
    assert (answer.status_code, answer.content) == (401, b"")
    asked, _token = strict(customer)
    assert asked.post("/form/", form_of(customer, name="Lamb"), headers=script).status_code == 403
    assert pages.KEPT not in asked.session
