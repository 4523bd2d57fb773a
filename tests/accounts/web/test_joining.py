"""From guest to account in one tab: an address, six digits, and everything is still there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from accounts.domain import guesting
from accounts.models import User
from accounts.policies import actor_of_person
from accounts.web.visiting import COOKIE
from rfps.domain import publishing
from rfps.models import Rfp
from tests.factories import datastore, people, rfps
from tests.racing import race

pytestmark = pytest.mark.django_db
NEW = "new@people.example"


@pytest.fixture(autouse=True)
def _nothing_tried_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def guest(client: Client) -> User:
    """Whose token the client holds."""
    begun = people.guest()
    client.cookies[COOKIE] = guesting.token_of(begun)
    return begun


def ask(client: Client, email: str, next_url: str = "/?saved") -> HttpResponse:
    answer = client.post("/join/", {"email": email, "next": next_url})
    assert isinstance(answer, HttpResponse)
    return answer


def code() -> str:
    """The six digits of the last mail."""
    found = re.search(r"^\d{6}$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found
    return found[0]


def enter(client: Client, digits: str) -> HttpResponse:
    answer = client.post("/join/code/", {"code": digits})
    assert isinstance(answer, HttpResponse)
    return answer


def wrong() -> str:
    return "111111" if code() != "111111" else "222222"


def signed_in(client: Client) -> User | None:
    found = client.session.get("_auth_user_id")
    return User.objects.get(pk=found) if found else None


def shown(answer: HttpResponse) -> str:
    """The page without what differs from one request to the next."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


def test_a_new_address_makes_the_guest_an_account(client: Client, guest: User) -> None:
    draft = rfps.draft(guest)
    assert ask(client, NEW)["Location"] == "/join/code/"
    assert client.get("/join/code/").status_code == 200
    answer = enter(client, code())
    assert (answer.status_code, answer["Location"]) == (302, "/?saved")
    account = signed_in(client)
    assert (account, account and account.email) == (guest, NEW)
    assert (client.cookies[COOKIE].value, len(mail.outbox), mail.outbox[0].to) == ("", 1, [NEW])
    assert rfps.again(draft).customer == account
    assert client.get("/").status_code == 200


def test_a_known_address_takes_the_draft_over(client: Client, guest: User, customer: User) -> None:
    draft = rfps.draft(guest)
    datastore.value(guest, "home.postcode", "EH1 1AA")
    ask(client, "Customer@personas.example")
    assert rfps.again(draft).customer == guest
    assert enter(client, code())["Location"] == "/?saved"
    assert (signed_in(client), rfps.again(draft).customer) == (customer, customer)
    assert (User.objects.filter(pk=guest.pk).exists(), client.cookies[COOKIE].value) == (False, "")
    assert customer.data_owner.values.get().field == "home.postcode"
    assert customer.has_usable_password() is True


def test_before_the_code_both_addresses_look_the_same(guest: User, customer: User) -> None:
    seen = []
    for email in (NEW, str(customer.email)):
        client = Client()
        client.cookies[COOKIE] = guesting.token_of(guest)
        pages = [ask(client, email), client.get("/join/code/"), enter(client, wrong())]
        text = [shown(page).replace(email, "ADDRESS") for page in pages]
        letter = str(mail.outbox[-1].body).replace(code(), "CODE")
        seen.append(([page.status_code for page in pages], text, letter, mail.outbox[-1].subject))
    assert seen[0] == seen[1]
    assert User.objects.filter(email=NEW).exists() is False


def test_three_wrong_codes_end_a_code_and_keep_the_draft(client: Client, guest: User) -> None:
    draft = rfps.draft(guest)
    ask(client, NEW)
    right = code()
    assert [enter(client, wrong()).status_code for _ in range(3)] == [422, 422, 429]
    assert enter(client, right)["Location"] == "/join/"
    assert (signed_in(client), rfps.again(draft).customer) == (None, guest)
    ask(client, NEW)
    assert enter(client, code()).status_code == 302
    assert signed_in(client) == guest


def test_ten_tries_in_an_hour_end_it_even_with_the_right_code(client: Client, guest: User) -> None:
    draft = rfps.draft(guest)
    statuses = []
    for tried in range(10):
        if tried % 3 == 0:
            cache.delete_many([key for key in _keys("join:3/60") if key])
            ask(client, NEW)
        statuses.append(enter(client, wrong()).status_code)
    assert statuses == [422, 422, 429] * 3 + [422]
    answer = enter(client, code())
    assert answer.status_code == 429
    assert "Everything is saved." in answer.content.decode()
    assert (signed_in(client), rfps.again(draft).customer) == (None, guest)


def _keys(part: str) -> list[str]:
    client = cache._cache.get_client()  # type: ignore[attr-defined]
    return [key.decode().split(":", 2)[2] for key in client.scan_iter(f"*{part}*")]


def test_too_many_mails_are_refused_in_a_sentence(client: Client, guest: User) -> None:
    assert [ask(client, NEW).status_code for _ in range(4)] == [302, 302, 302, 429]
    assert len(mail.outbox) == 3


def test_a_code_works_once_and_in_its_own_browser(client: Client, guest: User) -> None:
    ask(client, NEW)
    right = code()
    thief = Client()
    assert enter(thief, right)["Location"] == "/join/"
    enter(client, right)
    client.logout()
    assert enter(client, right)["Location"] == "/join/"
    assert signed_in(client) is None


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "x" * 250 + "@people.example", "a@people.example\nBcc: b@c.de"])
def test_a_wrong_address_is_said(client: Client, db: None, email: str) -> None:
    assert (ask(client, email).status_code, mail.outbox) == (422, [])


@pytest.mark.parametrize("digits", ["", "  ", "🙂", "1" * 5000, "<script>", "١٢٣٤٥٦"])
def test_a_wrong_code_is_said(client: Client, guest: User, digits: str) -> None:
    ask(client, NEW)
    assert enter(client, digits).status_code == 422
    assert enter(client, code()).status_code == 302


@pytest.mark.parametrize(
    "away", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "/\\x.example"]
)
def test_nobody_is_sent_to_another_site(client: Client, guest: User, away: str) -> None:
    ask(client, NEW, away)
    assert enter(client, code())["Location"] == "/"
    page = Client().get("/join/", {"next": away}).content.decode()
    form = page[page.index("<main") : page.index("</main>")]
    assert ("<form" in form, form.count("elsewhere")) == (True, 0)


def test_an_inactive_account_stays_out_and_the_draft_stays(client: Client, guest: User, customer: User) -> None:
    draft = rfps.draft(guest)
    User.objects.filter(pk=customer.pk).update(is_active=False)
    ask(client, str(customer.email))
    assert enter(client, code())["Location"] == "/accounts/inactive/"
    assert (signed_in(client), rfps.again(draft).customer) == (None, guest)


def test_a_guest_whose_time_is_over_still_gets_an_account(client: Client, guest: User) -> None:
    ask(client, NEW)
    people.expired(guest)
    guesting.forget_expired()
    assert enter(client, code()).status_code == 302
    account = signed_in(client)
    assert account is not None
    assert (account.email, account == guest, Rfp.objects.count()) == (NEW, False, 0)


def test_a_lost_session_loses_nothing(client: Client, guest: User) -> None:
    draft = rfps.draft(guest)
    ask(client, NEW)
    Session.objects.all().delete()
    assert enter(client, code())["Location"] == "/join/"
    ask(client, NEW)
    enter(client, code())
    assert (signed_in(client), rfps.again(draft).customer) == (guest, guest)


def test_a_second_click_leads_where_the_first_did(client: Client, guest: User) -> None:
    ask(client, NEW)
    enter(client, code())
    assert enter(client, code())["Location"] == "/join/"
    assert client.get("/join/")["Location"] == "/?saved"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known", [False, True])
def test_two_clicks_at_once_are_one_account(known: bool) -> None:
    begun = people.guest()
    draft = rfps.draft(begun)
    if known:
        people.person(NEW)
    first = Client()
    first.cookies[COOKIE] = guesting.token_of(begun)
    ask(first, NEW)
    clients = [Client() for _ in range(3)]
    for each in clients:
        each.cookies.update(first.cookies)
    waiting = list(clients)
    answers = race(lambda: enter(waiting.pop(), code()), times=3)
    assert {getattr(answer, "status_code", answer) for answer in answers} == {302}
    account = User.objects.get()
    assert (account.email, rfps.again(draft).customer) == (NEW, account)
    assert any(signed_in(each) == account for each in clients)


def test_a_person_signed_in_is_asked_nothing(client: Client, customer: User) -> None:
    client.force_login(customer)
    for answer in (client.get("/join/", {"next": "/?there"}), client.post("/join/?next=/?there", {"email": NEW})):
        assert answer["Location"] == "/?there"
    assert (mail.outbox, client.get("/join/code/")["Location"]) == ([], "/join/")


def test_who_signed_up_for_another_s_address_gets_no_foot_in(client: Client, guest: User) -> None:
    squatter = people.person("victim@people.example")
    EmailAddress.objects.create(user=squatter, email="victim@people.example")
    ask(client, "victim@people.example")
    enter(client, code())
    assert signed_in(client) == squatter
    thief = Client()
    thief.post("/accounts/login/", {"login": "victim@people.example", "password": "a long enough password"})
    assert signed_in(thief) is None


def test_what_was_drafted_as_guest_is_published_as_account(client: Client, guest: User) -> None:
    draft = rfps.draft(guest)
    ask(client, NEW)
    enter(client, code())
    account = signed_in(client)
    assert account is not None
    assert publishing.publish(rfps.again(draft), actor=actor_of_person(account)).phase == "open"
