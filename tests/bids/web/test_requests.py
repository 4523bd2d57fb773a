"""The customer's pages about requests: what they show to whom, what they do, how many queries they take."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Organisation, User
from accounts.policies import actor_of_person
from bids.domain import advising
from marketplace.kernel import listing
from rfps.domain import closing, sharing
from rfps.models import Rfp, RfpQuerySet
from rfps.states import EndReason, Phase
from tests.browsing import entered, press, text
from tests.factories import bids, datastore, delivery, people
from tests.factories import rfps as make

KNOWN = {"announced": bids.ANNOUNCED}


@pytest.fixture
def browser(customer: User) -> Client:
    return entered(customer)


def at(rfp: Rfp, path: str = "") -> str:
    return f"/requests/{rfp.public_id}/{path}"


def share(rfp: Rfp, customer: User, way: str) -> None:
    sharing.share(rfp, actor=actor_of_person(customer), sharing=way)


@pytest.mark.parametrize("phase", list(Phase))
def test_a_request_says_how_it_stands(browser: Client, customer: User, phase: str) -> None:
    rfp = make.in_phase(customer, phase)
    said = {
        "draft": "Only you see it, and everything you typed is saved.",
        "open": "Offers stay closed until",
        "deciding": "The time for offers is over, and none came.",
        "awarded": "You have chosen.",
        "cancelled": "You called it off",
        "ended": "You ended it without a choice.",
        "lapsed": "Nobody chose in time",
    }
    page = text(browser, at(rfp))
    assert said[phase] in page
    assert "What happens next" in page
    assert "Electricity for a flat" in page


def test_closed_offers_are_a_number_and_a_date(browser: Client, customer: User, supplier: Organisation) -> None:
    rfp = bids.request(customer)
    bid = bids.bid(rfp, supplier, title="Midnight tariff", prices=["0.4711"])
    page = text(browser, at(rfp))
    assert "<b>1</b><span>offer, closed</span>" in page
    for secret in ("Midnight", "4711", "Northlight", str(bid.public_id), str(supplier.public_id)):
        assert secret not in page


def test_open_offers_are_listed_and_hidden_names_stay_hidden(
    browser: Client, customer: User, supplier: Organisation
) -> None:
    rfp = bids.request(customer, sealing="open", blind=True)
    bids.bid(rfp, supplier, title="Midnight tariff")
    page = text(browser, at(rfp))
    assert "Midnight tariff" in page
    assert "Company " in page
    assert "Northlight" not in page


def test_how_far_it_got_in_words(browser: Client, customer: User, supplier: Organisation, rival: Organisation) -> None:
    rfp = bids.request(customer)
    bids.opportunity(rfp, supplier)
    theirs = bids.opportunity(rfp, rival, accepted=False)
    type(theirs).objects.filter(pk=theirs.pk).update(declined_at=rfp.published_at, decline_reason="Too far away")
    page = text(browser, at(rfp))
    assert "It is on its way to 2 companies that fit." in page
    assert "Too far away" in page
    assert "Northlight" not in page


def wants_more(companies: int) -> None:
    """So many companies hear of nothing below £5,000, unless no budget is told."""
    for _ in range(companies):
        delivery.subscription(budget_min=Decimal(5000), budget_currency="GBP")


def test_a_change_says_how_many_it_reaches(browser: Client, customer: User) -> None:
    wants_more(5)
    page = text(browser, at(make.moved_back(make.published(customer), days=6)))
    assert "Do not show your budget" in page
    assert "reaches about 5 more companies, 5 in all" in page
    assert "Draft it so" in page


def test_no_offers_yet_comes_with_changes_and_their_numbers(browser: Client, customer: User) -> None:
    wants_more(1)
    rfp = make.moved_back(make.published(customer), days=6)
    page = text(browser, at(rfp))
    assert "No offers yet: what would bring more" in page
    assert "Take offers until" in page
    assert "reaches a few more companies" in page
    assert "about 0" not in page
    answer = press(browser, at(rfp, "change/"), at(rfp), key="time")
    assert answer.status_code == 302
    later = make.again(rfp)
    assert later.closes_at is not None
    assert rfp.closes_at is not None
    assert later.closes_at > rfp.closes_at
    made = press(browser, at(rfp, "change/"), at(rfp), key="budget")
    assert made["Location"] != at(rfp)
    assert Rfp.objects.get(copy_of=rfp).published_at is None
    gone = press(browser, at(rfp, "change/"), at(rfp), key="must:99")
    assert "look at what is offered now" in text(browser, gone["Location"])


@pytest.mark.parametrize(
    ("name", "fields", "phase"),
    [
        ("close", {}, Phase.DECIDING),
        ("cancel", {"reason": "We moved."}, Phase.CANCELLED),
        ("end", {"reason": EndReason.TOO_DEAR}, Phase.ENDED),
        ("extend", {"day": "31.12.2090", "time": "18:00"}, Phase.OPEN),
    ],
)
def test_an_action_says_what_follows_and_does_it_once(
    browser: Client, customer: User, name: str, fields: dict[str, str], phase: str
) -> None:
    rfp = bids.request(customer, version=KNOWN)
    assert "cannot be taken back" in text(browser, at(rfp, f"{name}/"))
    token = re.search(r'name="once" value="([^"]+)"', text(browser, at(rfp, f"{name}/")))
    assert token
    for _again in range(2):
        answer = browser.post(at(rfp, f"{name}/"), {"once": token[1], **fields})
        assert answer["Location"] == at(rfp)
    assert RfpQuerySet(Rfp).with_phase().get(pk=rfp.pk).phase == phase


@pytest.mark.parametrize(
    ("name", "fields", "said"),
    [
        ("extend", {"day": "", "time": "18:00"}, "This field is required."),
        ("extend", {"day": "2001-01-01", "time": "18:00"}, "This time is past."),
        ("extend", {"day": "soon", "time": "noonish"}, "Write a time"),
        ("end", {"reason": ""}, "This field is required."),
        ("end", {"reason": "bored"}, "bored"),
        ("cancel", {"reason": "Call 0131 496 0777"}, "One answer needs a change."),
        ("cancel", {"reason": "x" * 501}, "at most 500"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_field(
    browser: Client, customer: User, name: str, fields: dict[str, str], said: str
) -> None:
    rfp = make.published(customer)
    answer = press(browser, at(rfp, f"{name}/"), **fields)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert RfpQuerySet(Rfp).with_phase().get(pk=rfp.pk).phase == Phase.OPEN


def test_an_action_that_came_too_late_leads_back(browser: Client, customer: User) -> None:
    rfp = make.in_phase(customer, Phase.ENDED)
    assert browser.get(at(rfp, "extend/"))["Location"] == at(rfp)
    assert "not possible any more" in text(browser, at(rfp))


def test_copying_and_throwing_away(browser: Client, customer: User) -> None:
    rfp = make.in_phase(customer, Phase.ENDED)
    copied = press(browser, at(rfp, "copy/"))["Location"]
    copy = Rfp.objects.get(copy_of=rfp)
    assert copied == at(copy)
    assert press(browser, at(copy, "discard/"))["Location"] == "/requests/"
    assert not Rfp.objects.filter(pk=copy.pk).exists()


def test_nobody_else_finds_it(customer: User, supplier: Organisation) -> None:
    rfp = bids.request(customer)
    for stranger in (people.person(), supplier.memberships.get().user):
        for path in ("", "seen/", "together/", "sharing/", "close/"):
            assert entered(stranger).get(at(rfp, path)).status_code == 404
    assert Client().get(at(rfp)).status_code == 302
    assert entered(customer).get(f"/requests/{uuid4()}/").status_code == 404


def test_what_companies_see_stage_by_stage(browser: Client, customer: User, partner: User) -> None:
    for key, value in {"energy.kwh_per_year": 3412, "home.address": datastore.SECRETS["home.address"]}.items():
        datastore.value(customer, key, value)
    datastore.value(customer, "identity.full_name", "Morag Sutherland-Quill")
    fields = {"energy.kwh_per_year": "S1", "home.address": "S3", "identity.full_name": "S3"}
    asked = [{"field": key, "stage": stage} for key, stage in fields.items()]
    rfp = make.published(customer, fields=asked)
    page = text(browser, at(rfp, "seen/"))
    for said in ("3,000 to 3,999 kWh", "3,412 kWh", "14 Leith Walk", "Morag", "100 % renewable", "not named"):
        assert said in page
    share(rfp, customer, "look")
    theirs = text(entered(partner), at(rfp, "seen/"))
    assert "14 Leith Walk" in theirs
    assert "Full name" not in theirs
    assert "Morag Sutherland" not in theirs.replace("Morag Sutherland-Quill shares", "")


def test_a_draft_is_seen_by_nobody_yet(browser: Client, customer: User) -> None:
    rfp = make.draft(customer)
    assert browser.get(at(rfp, "seen/"))["Location"] == at(rfp, "who-sees/")


@pytest.mark.parametrize(
    ("button", "page"),
    [
        ("compare/weights/", "compare/"),
        ("compare/3f0cbd1c-8d8e-4d6c-9a2b-5a1f0a3c7f11/shortlist/", "compare/"),
        ("together/propose/", "together/"),
        ("change/", ""),
    ],
)
def test_a_button_leads_back_to_its_page_after_signing_in(customer: User, button: str, page: str) -> None:
    rfp, client = bids.request(customer), Client()
    answer = client.post(at(rfp, button), {"once": "x"})
    assert answer["Location"] == f"/accounts/login/?next={at(rfp, button)}"
    client.force_login(customer)
    assert client.get(at(rfp, button))["Location"] == at(rfp, page)
    assert "Press the button once more" in text(client, "/")
    assert "Press the button once more" not in text(client, "/")


def test_the_list_by_phase(browser: Client, customer: User) -> None:
    for phase in (Phase.DRAFT, Phase.OPEN, Phase.ENDED):
        make.in_phase(customer, phase, title=f"It is {phase}")
    everything = text(browser, "/requests/")
    assert all(f"It is {phase}" in everything for phase in ("draft", "open", "ended"))
    assert "It is draft" not in text(browser, "/requests/in/open/")
    assert "None of your requests stands like this now." in text(browser, "/requests/in/choosing/")
    text(browser, "/requests/in/nowhere/", 404)


def test_a_long_list_goes_on_both_ways(browser: Client, customer: User) -> None:
    for number in range(listing.SIZE + 5):
        bids.request(customer, version={"title": f"Request {number:02}"})
    first = text(browser, "/requests/")
    after = re.search(r'href="(\?after=[^"]+)"', first)
    assert after
    second = text(browser, f"/requests/{after[1]}")
    assert "Request 04" in second
    assert "Request 05" not in second
    before = re.search(r'href="(\?before=[^"]+)"', second)
    assert before
    again = text(browser, f"/requests/{before[1]}")
    assert f"Request {listing.SIZE + 4}" in again
    assert 'href="?before=' not in again
    text(browser, "/requests/?after=nonsense", 400)


def test_an_empty_list_teaches(browser: Client) -> None:
    assert "Say in one sentence what you need" in text(browser, "/requests/")


def populate(customer: User, count: int) -> Rfp:
    rfp = bids.request(customer, closes_in=timedelta(days=-1))
    for _ in range(count):
        company = people.organisation()
        bids.bid(rfp, company)
        bids.request(customer)
    share(rfp, customer, "decide")
    for user in (customer, *User.objects.filter(name="Innes Quill")):
        for number in range(count):
            advising.comment(rfp, actor=actor_of_person(user), text=f"Word {number}")
    return rfp


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("path", "queries"), [("", 7), ("seen/", 7), ("together/", 9), ("sharing/", 4)])
def test_queries_of_a_request(
    browser: Client,
    customer: User,
    partner: User,
    path: str,
    queries: int,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    rfp = populate(customer, count)
    with django_assert_num_queries(queries):
        browser.get(at(rfp, path))


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_list(
    browser: Client, customer: User, partner: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    populate(customer, count)
    with django_assert_num_queries(4):
        browser.get("/requests/")


@pytest.mark.parametrize("count", [1, 3])
def test_queries_while_nobody_offers(
    browser: Client, customer: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rfp = make.moved_back(make.published(customer), days=6)
    for _ in range(count):
        bids.opportunity(rfp, delivery.subscription().organisation)
    with django_assert_num_queries(12):
        assert "No offers yet" in text(browser, at(rfp))


def test_ended_before_opening_stays_closed(browser: Client, customer: User, supplier: Organisation) -> None:
    rfp = bids.request(customer, version=KNOWN)
    bids.bid(rfp, supplier, title="Midnight tariff")
    closing.end(rfp, actor=actor_of_person(customer), reason=EndReason.CHANGED_MIND)
    page = text(browser, at(rfp))
    assert "nobody ever reads them" in page
    assert "Midnight" not in page


def test_the_page_speaks_german(customer: User) -> None:
    User.objects.filter(pk=customer.pk).update(locale="de")
    page = text(entered(customer), at(bids.request(customer)))
    for said in ("Wie es weitergeht", "Angebote bleiben bis", "Sie wählen eines oder keines", "Was Sie tun"):
        assert said in page
