"""The page behind the link in the mail: what it shows, what it takes, and every link that takes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Check, Membership, Organisation, User
from accounts.policies import actor_of_person
from bids.domain import offering
from bids.models import Bid
from rfps.delivery.models import Opportunity
from rfps.domain import closing
from rfps.models import Rfp
from tests.factories import datastore, delivery, people, rfps
from tests.factories.counting import statements
from tests.factories.rfps import moved_back
from tests.filling import forms_of, send

pytestmark = pytest.mark.django_db
LINES = [{"title": "Electricity", "quantity": "3400", "unit": "kWh", "spec": "Single rate"}]


@pytest.fixture
def rfp(customer: User) -> Rfp:
    datastore.value(customer, "energy.kwh_per_year", 3412)
    return rfps.published(customer, lines=LINES)


@pytest.fixture
def opportunity(rfp: Rfp, supplier: Organisation) -> Opportunity:
    return delivery.opportunity(rfp, supplier)


@pytest.fixture
def path(opportunity: Opportunity) -> str:
    return f"/quick/{delivery.quick_link(opportunity)}/"


def sent(**changes: Any) -> dict[str, Any]:
    given = {"version": "1", "total": "936", "vat_rate": "20", "vat_included": "yes", "answers-0-value": "yes"}
    return {**given, "note": "Glad to.", **changes}


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def test_the_link_opens_one_page_without_signing_in(client: Client, path: str) -> None:
    text = page(client, path)
    for said in ("Electricity for a flat", "100 % renewable", "Send this offer", "Use it for this offer only", "kWh"):
        assert said in text
    assert "3412" not in text
    assert "3,412" not in text


def test_one_press_sends_the_offer_and_the_page_says_so(client: Client, path: str) -> None:
    answer = client.post(path, sent())
    assert (answer.status_code, answer["Location"]) == (302, path)
    assert answer["Referrer-Policy"] == "no-referrer"
    text = page(client, path)
    assert "Your offer is in" in text
    assert "£936" in text
    bid = Bid.objects.get()
    assert (bid.state, bid.standing and bid.standing.note) == ("submitted", "Glad to.")


def test_a_browser_that_says_no_origin_is_let_through(path: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path, sent(), headers={"Origin": "null"}).status_code == 302
    assert 'class="languages"' not in page(strict, path)


def test_the_page_speaks_german(path: str) -> None:
    text = Client(headers={"Accept-Language": "de"}).get(path).content.decode()
    for said in ("Dieses Angebot senden", "Mehrwertsteuer", "Angebote bis", "Die Bedingungen des Kunden", "Absagen"):
        assert said in text


def test_pressed_twice_it_is_sent_once(client: Client, path: str) -> None:
    assert client.post(path, sent()).status_code == 302
    again = client.post(path, sent())
    assert (again.status_code, Bid.objects.count()) == (200, 1)
    assert "Your offer is in" in again.content.decode()


def test_every_fault_is_said_at_once_beside_its_field(client: Client, path: str) -> None:
    answer = client.post(path, {"version": "1", "answers-0-value": "no", "earliest": "2001-01-01"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "is a must. Say what you offer instead" in text
    assert "Give a price." in text
    assert text.count("Say how VAT is counted.") == 4
    assert "This day is over." in text
    answer = client.post(path, sent(**{"answers-0-value": "no"}))
    assert answer.status_code == 422
    assert "is a must" in answer.content.decode()
    answer = client.post(path, sent(total="much", **{"answers-0-value": ""}))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert text.count("Write a number") == 2
    assert text.count("must be answered") == 2
    assert "Give a price" not in text
    assert Bid.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"total": "1.158"}, "Write 1158 for the larger one"),
        ({"total": "<script>alert(1)</script>"}, "Write a number"),
        ({"total": "", "low": "900"}, "Give both ends."),
        ({"total": "", "low": "900", "high": "800"}, "The low end is above the high end."),
        ({"total": "5", "low": "1", "high": "9"}, "Give one price, or from–to, not both."),
        ({"note": "x" * 301}, "at most 300 characters"),
        ({"note": "nul\x00"}, "Null characters"),
        ({"vat_rate": "200"}, "At most 100, please."),
        ({"version": "🙂"}, "Enter a whole number."),
    ],
)
def test_what_cannot_be_read_is_said(client: Client, path: str, changes: dict[str, str], said: str) -> None:
    answer = client.post(path, sent(**changes))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert said in text
    assert "<script>alert" not in text


@pytest.mark.parametrize("version", ["🙂", "", "2", "9" * 40])
def test_a_version_that_was_made_up_is_put_right(client: Client, path: str, version: str) -> None:
    answer = client.post(path, sent(version=version))
    assert answer.status_code in (409, 422)
    [form, _decline] = [each for each in forms_of(answer.content.decode(), path) if each.action.startswith(path)]
    assert send(client, form, form.data()).status_code == 302
    assert Bid.objects.count() == 1


def test_from_and_to_is_an_estimate(client: Client, path: str) -> None:
    client.post(path, sent(total="", low="900", high="1.100,50", vat_included="no"))
    assert "Estimate from £1,080 to £1,320.60" in page(client, path)


def test_the_last_answers_and_vat_are_filled_in(client: Client, path: str, customer: User, rfp: Rfp) -> None:
    client.post(path, sent(vat_rate="19"))
    supplier = Bid.objects.get().organisation
    other = delivery.opportunity(rfps.published(customer, lines=LINES), supplier)
    text = page(client, f"/quick/{delivery.quick_link(other)}/")
    assert 'value="19"' in text
    assert text.count("checked") == 2


def test_declining_takes_one_press(client: Client, path: str, opportunity: Opportunity) -> None:
    answer = client.post(f"{path}decline/", {"reason": "Too far."})
    assert answer.status_code == 302
    assert "You declined" in page(client, path)
    assert "Sending an offer takes that back" in page(client, f"{path}?again")
    assert client.post(path, sent()).status_code == 302
    opportunity.refresh_from_db()
    assert (opportunity.declined_at, Bid.objects.count()) == (None, 1)
    assert client.post(f"{path}decline/").status_code == 409


@pytest.mark.parametrize(("reason", "said"), [("x" * 501, "at most 500 characters"), ("a\x00b", "Null characters")])
def test_a_reason_that_cannot_be_taken_stays_where_it_was_typed(
    client: Client, path: str, opportunity: Opportunity, reason: str, said: str
) -> None:
    answer = client.post(f"{path}decline/", {"reason": reason})
    assert answer.status_code == 422
    assert answer.content.decode().count(said) == 2
    assert f'value="{reason}"' in answer.content.decode()
    assert client.get(f"{path}decline/")["Location"] == path
    opportunity.refresh_from_db()
    assert opportunity.declined_at is None


def test_a_link_that_is_none(client: Client, db: None) -> None:
    for token in ("0" * 64, "x", "🙂", "a" * 500):
        assert "This link opens nothing" in page(client, f"/quick/{token}/", 404)


def test_after_the_deadline_the_link_says_so(client: Client, path: str, rfp: Rfp) -> None:
    moved_back(rfp, days=11)
    assert "The time for offers is over" in page(client, path, 410)
    assert client.post(path, sent()).status_code == 410
    assert client.post(f"{path}decline/").status_code == 410


def test_a_used_link_shows_its_offer_after_the_deadline(client: Client, path: str, rfp: Rfp) -> None:
    client.post(path, sent())
    moved_back(rfp, days=11)
    assert "Your offer is in" in page(client, path)


def test_of_a_cancelled_request(client: Client, path: str, rfp: Rfp, customer: User) -> None:
    closing.cancel(rfp, actor=actor_of_person(customer), reason="")
    assert "The customer took this request back" in page(client, path, 410)


def test_of_somebody_who_left(client: Client, path: str, supplier: Organisation) -> None:
    Membership.objects.filter(organisation=supplier).update(role="viewer")
    assert "This link is not yours to use" in page(client, path, 403)


def test_without_a_check_the_request_shows_and_takes_no_offer(client: Client, path: str) -> None:
    Check.objects.all().delete()
    text = page(client, path)
    assert "has no valid check" in text
    assert "Send this offer" not in text


def test_forwarded_to_a_rival_it_still_speaks_for_its_own_supplier(path: str, rival: Organisation) -> None:
    browser = Client()
    browser.force_login(rival.memberships.get().user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert browser.post(path, sent()).status_code == 302
    assert Bid.objects.get().organisation.name == "Northlight Energy"
    assert offering.opened(path.split("/")[2]).used


def test_a_colleagues_offer_is_neither_shown_nor_touched(
    client: Client, path: str, opportunity: Opportunity, supplier: Organisation
) -> None:
    colleague = people.person()
    people.member(supplier, colleague, "bidder")
    other = f"/quick/{delivery.quick_link(opportunity, colleague)}/"
    client.post(other, sent(total="4711"))
    text = page(client, path)
    assert "has an offer on this request already" in text
    assert "4711" not in text
    assert client.post(path, sent()).status_code == 409


def test_the_page_takes_few_queries(client: Client, path: str) -> None:
    page(client, path)
    with statements(12):
        page(client, path)
