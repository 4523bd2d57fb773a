"""The composer's pages: saved at every step, for their own people only, and plain when something is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.domain import guesting
from accounts.models import Organisation, User
from accounts.policies import actor_of_person
from accounts.web.visiting import COOKIE
from rfps.delivery.domain import fanning
from rfps.domain import drafting, starting
from rfps.models import Rfp
from rfps.states import Phase
from tests.factories import datastore, delivery, people
from tests.factories import rfps as make

pytestmark = pytest.mark.django_db
SENTENCE = "A year of electricity for a small flat"
STEPS = ("what", "details", "who-sees", "check")
PARTS = ("words", "place", "budget", "dates", "rules", "counting")
WEIRD = ["<script>alert(1)</script>", "🙂🙂", "שלום עולם", "x" * 25_000]


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


@pytest.fixture
def draft(guest: User) -> Rfp:
    """The guest's draft about electricity, with its place."""
    actor = actor_of_person(guest)
    rfp = starting.start(actor=actor, category="energy/electricity", zone="Europe/London")
    return drafting.change(rfp, actor=actor, body={"area": {"country": "GB", "postcode": "EH6 5DT"}})


def token(client: Client, page: str) -> str:
    found = re.search(r'name="once" value="([^"]+)"', text(client.get(page)))
    assert found
    return found[1]


def text(answer: Any) -> str:
    assert isinstance(answer, HttpResponse)
    return str(answer.content.decode())


def of(rfp: Rfp, step: str) -> str:
    return f"/requests/{rfp.public_id}/{step}/"


def press(client: Client, rfp: Rfp, **data: str) -> Any:
    return client.post(of(rfp, "publish"), {"once": token(client, of(rfp, "check")), **data})


def code() -> str:
    found = re.search(r"^\d{6}$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found
    return found[0]


def test_a_sentence_begins_a_draft_and_nobody_has_an_account(client: Client) -> None:
    answer = client.post("/start/", {"once": token(client, "/"), "sentence": SENTENCE})
    rfp = Rfp.objects.get()
    assert answer["Location"] == of(rfp, "what")
    page = text(client.get(answer["Location"]))
    assert page.index('value="energy/electricity"') < page.index("All categories")
    answer = client.post(of(rfp, "what"), {"sentence": SENTENCE, "category": "energy/electricity"})
    assert answer["Location"] == of(rfp, "details")
    assert (drafting.given_of(make.again(rfp))["need"], User.objects.get().is_guest) == (SENTENCE, True)


def test_a_category_on_the_front_page_begins_at_once(client: Client) -> None:
    answer = client.post("/start/", {"once": token(client, "/"), "sentence": "", "category": "home/kitchen"})
    assert answer["Location"] == of(Rfp.objects.get(), "details")


def test_a_button_pressed_twice_makes_one_draft(client: Client) -> None:
    data = {"once": token(client, "/"), "category": "home/kitchen"}
    first, second = client.post("/start/", data), client.post("/start/", data)
    assert first["Location"] == second["Location"]
    assert (Rfp.objects.count(), User.objects.count()) == (1, 1)


@pytest.mark.parametrize("data", [{}, {"sentence": "  "}])
def test_nothing_said_makes_no_guest(client: Client, data: dict[str, str]) -> None:
    answer = client.post("/start/", {"once": token(client, "/"), **data})
    assert answer.status_code == 422
    assert "Write one sentence, or choose a category." in text(answer)
    assert (Rfp.objects.count(), User.objects.count()) == (0, 0)


def test_an_unknown_category_is_said(client: Client) -> None:
    answer = client.post("/start/", {"once": token(client, "/start/"), "category": "nothing"})
    assert (answer.status_code, Rfp.objects.count()) == (422, 0)


@pytest.mark.parametrize("sentence", WEIRD)
def test_whatever_is_said_is_kept_or_refused_in_words(client: Client, sentence: str) -> None:
    answer = client.post("/start/", {"once": token(client, "/"), "sentence": sentence})
    assert answer.status_code == (422 if len(sentence) > 20_000 else 302)
    if answer.status_code == 302:
        page = text(client.get(answer["Location"]))
        assert "<script>alert" not in page
        assert "No category has these words." in page


@pytest.mark.parametrize("step", STEPS)
def test_each_step_is_there_for_its_guest_alone(client: Client, draft: Rfp, step: str) -> None:
    assert client.get(of(draft, step)).status_code == 200
    other = Client()
    other.cookies[COOKIE] = guesting.token_of(people.guest())
    assert other.get(of(draft, step)).status_code == 404
    stranger = Client()
    assert stranger.get(of(draft, step))["Location"].startswith("/accounts/login/")
    stranger.force_login(people.person())
    assert stranger.get(of(draft, step)).status_code == 404


@pytest.mark.parametrize("part", PARTS)
def test_each_part_can_be_saved_as_it_is(client: Client, draft: Rfp, part: str) -> None:
    before = drafting.content_of(make.again(draft)).body
    page = text(client.get(of(draft, f"check/{part}")))
    fields = dict(re.findall(r'<input type="(?:text|date)" name="([^"]+)" value="([^"]*)"', page))
    fields |= {"country": "GB", "disclosure": "hidden", "sealing": "sealed", "need": before["need"]}
    answer = client.post(of(draft, f"check/{part}"), fields)
    assert answer.status_code == 302, text(answer)
    after = drafting.content_of(make.again(draft)).body
    assert {name for name in after if after[name] != before[name]} <= {"criteria"}
    assert [row["weight"] for row in after["criteria"]] == [row["weight"] for row in before["criteria"]]


def test_a_part_that_is_none_is_not_there(client: Client, draft: Rfp) -> None:
    assert client.get(of(draft, "check/nothing")).status_code == 404


def test_answers_with_a_decimal_comma_are_kept(client: Client, draft: Rfp, guest: User) -> None:
    data = {"country": "GB", "postcode": "EH6 5DT", "energy.kwh_per_year": "3.412,5", "energy.cost_per_year": "936,50"}
    assert client.post(of(draft, "details"), data)["Location"] == of(draft, "who-sees")
    page = text(client.get(of(draft, "details")))
    assert 'value="3412.5"' in page
    assert 'value="936.5"' in page
    assert "3,000 to 3,999" in text(client.get(of(draft, "who-sees")))


@pytest.mark.parametrize(
    ("field", "value"), [("energy.kwh_per_year", "lots"), ("postcode", "QQ1 1QQ"), ("household.size", "99")]
)
def test_a_wrong_answer_is_said_beside_it_and_the_rest_stays(
    client: Client, draft: Rfp, field: str, value: str
) -> None:
    data = {"country": "GB", "postcode": "EH6 5DT", "preferences.contract_months": "12", field: value}
    answer = client.post(of(draft, "details"), data)
    assert answer.status_code == 422
    assert f'value="{value}"' in text(answer)
    assert 'value="12"' in text(answer)


def test_i_dont_know_takes_an_answer_back(client: Client, draft: Rfp, guest: User) -> None:
    datastore.value(guest, "household.size", 3)
    client.post(of(draft, "details"), {"country": "GB", "household.size": "3", "unsure-household.size": "on"})
    assert not guest.data_owner.values.filter(field="household.size", ended_at__isnull=True).exists()


def test_two_tabs_lose_nothing(client: Client, draft: Rfp) -> None:
    old = {"revision": str(draft.revision), "country": "GB"}
    assert client.post(of(draft, "details"), {**old, "household.size": "2"}).status_code == 302
    answer = client.post(of(draft, "details"), {**old, "household.size": "5"})
    page = text(answer)
    assert answer.status_code == 409
    assert "This was changed in another tab." in page
    assert 'value="5"' in page
    found = re.search(r'name="revision" value="(\d+)"', page)
    assert found
    again = {"revision": found[1], "country": "GB", "household.size": "5"}
    assert client.post(of(draft, "details"), again).status_code == 302


def test_a_button_pressed_twice_is_no_other_tab(client: Client, draft: Rfp) -> None:
    same = {"revision": str(draft.revision), "country": "GB", "postcode": "EH6 5DT", "household.size": "2"}
    assert [client.post(of(draft, "details"), same).status_code for _ in range(2)] == [302, 302]
    words = {"revision": str(make.again(draft).revision), "title": "Electricity", "need": "For a year, from May."}
    assert [client.post(of(draft, "check/words"), words).status_code for _ in range(2)] == [302, 302]
    assert client.post(of(draft, "check/words"), {**words, "title": "Power"}).status_code == 409


def test_a_fact_moves_by_a_tap(client: Client, draft: Rfp) -> None:
    move = of(draft, "who-sees/move")
    answer = client.post(move, {"field": "energy.kwh_per_year", "to": "chosen"})
    assert answer["Location"] == of(draft, "who-sees") + "#line-energy.kwh_per_year"
    stages = {row["field"]: row["stage"] for row in drafting.given_of(make.again(draft))["fields"]}
    assert stages["energy.kwh_per_year"] == "S3"
    assert client.post(move, {"field": "identity.full_name", "to": "offer"}).status_code == 422
    assert client.post(move, {"field": "energy.kwh_per_year", "to": "?"}).status_code == 422
    assert client.get(move)["Location"] == of(draft, "who-sees")


def test_the_preview_never_shows_the_exact_value_before_the_choice(client: Client, draft: Rfp, guest: User) -> None:
    datastore.value(guest, "energy.kwh_per_year", 3412)
    for face in ("", "?as=offer"):
        page = text(client.get(of(draft, "who-sees") + face))
        card = page[page.index('class="card"') : page.index("</article>")]
        assert "3,412" not in card
        assert ("3,000 to 3,999" in card) is (face != "")


def test_what_counts_can_be_weighed_anew(client: Client, draft: Rfp) -> None:
    page = text(client.get(of(draft, "check/counting")))
    fields = dict(re.findall(r'<input type="text" name="([^"]+)" value="([^"]*)"', page))
    answer = client.post(of(draft, "check/counting"), fields | {"weight-0": "80", "best-0": "1", "worst-0": "1"})
    assert answer.status_code == 422
    assert client.post(of(draft, "check/counting"), fields | {"weight-0": "80"}).status_code == 302
    assert drafting.given_of(make.again(draft))["criteria"][0]["weight"] == 80


def test_gaps_are_named_with_the_way_to_them(client: Client, draft: Rfp, guest: User) -> None:
    drafting.change(draft, actor=actor_of_person(guest), body={"area": None})
    page = text(client.get(of(draft, "check")))
    assert of(draft, "check/place") in page
    answer = press(client, draft, email="new@people.example")
    assert (answer.status_code, mail.outbox) == (422, [])
    assert 'value="new@people.example"' in text(answer)


def test_words_that_give_away_are_shown_and_confirmed(client: Client, draft: Rfp, guest: User) -> None:
    drafting.change(draft, actor=actor_of_person(guest), body={"need": "As on www.shop.example, please"})
    page = text(client.get(of(draft, "check")))
    assert "As on www.shop.example, please</blockquote>" in page
    client.post(of(draft, "check/meant"), {"meant": ["/need", "/title"]})
    assert drafting.given_of(make.again(draft))["confirmed"] == ["/need"]
    assert "Everything is there." in text(client.get(of(draft, "check")))


def test_a_guest_publishes_with_six_digits_in_the_same_tab(client: Client, draft: Rfp, supplier: Organisation) -> None:
    delivery.subscription(supplier)
    assert press(client, draft, email="new@people.example")["Location"] == of(draft, "publish/code")
    assert client.get(of(draft, "publish/code")).status_code == 200
    wrong = "111111" if code() != "111111" else "222222"
    assert client.post(of(draft, "publish/code"), {"code": wrong}).status_code == 422
    answer = client.post(of(draft, "publish/code"), {"code": code()})
    assert answer["Location"] == of(draft, "sent")
    page = text(client.get(of(draft, "sent")))
    assert "Your request is on its way to 1 company that fits" in page
    assert make.again(draft).phase == Phase.OPEN
    assert User.objects.get(email="new@people.example").is_guest is False
    assert [client.get(of(draft, step))["Location"] for step in STEPS] == [of(draft, "sent")] * 4
    assert client.post(of(draft, "publish/code"), {"code": code()})["Location"] == of(draft, "check")


@pytest.mark.parametrize("email", ["", "nobody", "x" * 300])
def test_a_wrong_address_keeps_everything(client: Client, draft: Rfp, email: str) -> None:
    assert press(client, draft, email=email).status_code == 422
    assert mail.outbox == []


def test_three_wrong_codes_lead_back_with_everything_saved(client: Client, draft: Rfp) -> None:
    press(client, draft, email="new@people.example")
    wrong = "111111" if code() != "111111" else "222222"
    answers = [client.post(of(draft, "publish/code"), {"code": wrong}).status_code for _ in range(3)]
    assert answers == [422, 422, 429]
    assert client.post(of(draft, "publish/code"), {"code": code()})["Location"] == of(draft, "check")
    assert make.again(draft).phase == Phase.DRAFT


def test_a_known_account_whose_name_stands_in_the_text_is_told_so(client: Client, draft: Rfp, guest: User) -> None:
    known = people.person("known@people.example")
    datastore.value(known, "identity.full_name", "Morag Sutherland-Quill")
    drafting.change(draft, actor=actor_of_person(guest), body={"need": "For Morag Sutherland-Quill, please"})
    press(client, draft, email="known@people.example")
    answer = client.post(of(draft, "publish/code"), {"code": code()})
    assert answer["Location"] == of(draft, "check")
    assert "it has to go before you can publish" in text(client.get(of(draft, "check")))


def test_who_is_signed_in_publishes_at_once_and_once(client: Client, customer: User) -> None:
    rfp = make.draft(customer)
    client.force_login(customer)
    data = {"once": token(client, of(rfp, "check"))}
    assert client.post(of(rfp, "publish"), data)["Location"] == of(rfp, "sent")
    assert client.post(of(rfp, "publish"), data)["Location"] == of(rfp, "sent")
    assert make.again(rfp).phase == Phase.OPEN
    assert client.get(of(rfp, "publish"))["Location"] == of(rfp, "sent")


def test_a_session_that_ends_in_the_middle_loses_nothing(client: Client, customer: User) -> None:
    rfp = make.draft(customer)
    client.force_login(customer)
    client.get(of(rfp, "check/words"))
    client.logout()
    data = {"title": "Typed before", "need": "Kept while away"}
    assert client.post(of(rfp, "check/words"), data)["Location"].startswith("/accounts/login/")
    client.force_login(customer)
    assert "Typed before" in text(client.get(of(rfp, "check/words")))


def test_a_draft_goes_on_from_the_front_page(client: Client, draft: Rfp) -> None:
    page = text(client.get("/"))
    assert "Go on with Electricity for a year" in page
    assert of(draft, "check") in page
    assert "Go on with" not in text(Client().get("/"))


def test_progress_is_asked_for_alone(client: Client, customer: User) -> None:
    rfp = make.published(customer)
    client.force_login(customer)
    page = text(client.get(of(rfp, "sent"), headers={"HX-Request": "true"}))
    assert page.strip().startswith("<div")
    assert "<html" not in page


def test_a_draft_is_not_sent_yet(client: Client, draft: Rfp) -> None:
    assert client.get(of(draft, "sent"))["Location"] == of(draft, "check")


def test_conditions_can_be_read(client: Client) -> None:
    assert "You do not pass it on" in text(client.get("/conditions/PDC-INTENT/"))
    assert client.get("/conditions/nothing/").status_code == 404


@pytest.mark.parametrize("facts", [1, 3])
@pytest.mark.parametrize(("step", "queries"), [("what", 2), ("details", 6), ("who-sees", 7), ("check", 8)])
def test_each_step_asks_the_database_the_same_number_of_times(
    client: Client, draft: Rfp, guest: User, facts: int, step: str, queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for field, value in [("energy.kwh_per_year", 3412), ("household.size", 2), ("energy.meter_type", "standard")][
        :facts
    ]:
        datastore.value(guest, field, value)
    with django_assert_num_queries(queries):
        assert client.get(of(draft, step)).status_code == 200


@pytest.mark.parametrize("drafts", [1, 3])
def test_the_front_page_asks_the_same_number_of_times(
    client: Client, guest: User, drafts: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(drafts):
        starting.start(actor=actor_of_person(guest), category="home/kitchen", zone="Europe/London")
    with django_assert_num_queries(5):
        client.get("/")


@pytest.mark.parametrize("companies", [1, 3])
def test_the_page_after_publishing_asks_the_same_number_of_times(
    client: Client, customer: User, companies: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(companies):
        delivery.subscription(people.organisation())
    rfp = make.published(customer)
    fanning.fan_out()
    client.force_login(customer, backend=settings.AUTHENTICATION_BACKENDS[0])
    with django_assert_num_queries(8):
        assert f"{companies} compan" in text(client.get(of(rfp, "sent")))
