"""A supplier's pages: who sees them in which role, what they show at each stage, what their buttons do."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Check, Organisation, User
from accounts.policies import actor_of_person
from bids.domain import awarding, debriefing
from bids.models import Bid, Contract
from marketplace.kernel.pages import mark_of
from rfps.delivery.models import Opportunity
from rfps.disclosure.models import DisclosureEvent
from rfps.models import Rfp
from tests.factories import datastore, delivery, people, rfps
from tests.factories.counting import statements
from tests.filling import forms_of

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
FIELDS = [{"field": "energy.kwh_per_year", "stage": "S1"}, {"field": "identity.full_name", "stage": "S3"}]


@pytest.fixture
def rfp(customer: User) -> Rfp:
    datastore.value(customer, "energy.kwh_per_year", 3412)
    datastore.value(customer, "identity.full_name", "Morag Sutherland-Quill")
    return rfps.published(customer, fields=FIELDS)


@pytest.fixture
def opportunity(rfp: Rfp, supplier: Organisation) -> Opportunity:
    return delivery.opportunity(rfp, supplier)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def owner(supplier: Organisation) -> Client:
    return browser(supplier.memberships.get(role="owner").user)


def seat(supplier: Organisation, role: str) -> Client:
    user = people.person()
    people.member(supplier, user, role)
    return browser(user)


def at(opportunity: Opportunity, path: str = "") -> str:
    return f"/company/{opportunity.organisation.public_id}/requests/{opportunity.public_id}/{path}"


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.content.decode()[-3000:]
    return answer.content.decode()


def press(client: Client, path: str, status: int = 302, **data: Any) -> str:
    answer = client.post(path, {"once": f"{uuid4().hex}.{'0' * 16}", **data})
    text = answer.content.decode()
    assert answer.status_code == status, re.sub(r"\s+", " ", text)[-3000:]
    return text


def offer(**changes: Any) -> dict[str, Any]:
    given = {
        "rows": "1", "version": "1", "title": "12 months, fixed", "firmness": "firm", "vat_rate": "20",
        "vat_included": "yes", "lines-0-unit_price": "0,2400", "lines-0-lead_time_days": "5",
        "lines-1-unit_price": "80",
        "charges-0-label": "Standing charge", "charges-0-amount": "15", "charges-0-recurs": "month",
        "charges-0-periods": "12", "answers-0-value": "yes", "answers-1-value": "30", "do": "send",
    }  # fmt: skip
    return {**given, **changes}


def accept(client: Client, opportunity: Opportunity) -> None:
    press(client, at(opportunity, "accept/"), terms="PDC-INTENT")


def test_the_request_shows_facts_only_after_its_conditions(owner: Client, opportunity: Opportunity) -> None:
    text = page(owner, at(opportunity))
    for said in ("Electricity for a flat", "100 % renewable", "at most 30", "8 places left", "Accept these conditions",
                 "Use what I show you for your offer"):  # fmt: skip
        assert said in text
    assert "3,000" not in text
    assert DisclosureEvent.objects.count() == 0
    accept(owner, opportunity)
    text = page(owner, at(opportunity))
    assert "3,000 to 3,999" in text
    assert "Make an offer" in text
    assert "Sutherland" not in text
    assert "3,412" not in text
    assert DisclosureEvent.objects.get().field == "energy.kwh_per_year"
    opportunity.refresh_from_db()
    assert opportunity.opened_at is not None


def test_refusing_and_declining_take_one_press_and_a_reason(owner: Client, opportunity: Opportunity) -> None:
    press(owner, at(opportunity, "refuse/"), reason="Clause 8.")
    assert "You refused the conditions. You can still accept them" in page(owner, at(opportunity))
    press(owner, at(opportunity, "decline/"), reason="Too far.")
    text = page(owner, at(opportunity))
    assert "You declined. You can still accept" in text
    press(owner, at(opportunity, "decline/"))
    assert "You declined this before, or it is over." in page(owner, at(opportunity))
    opportunity.refresh_from_db()
    assert (opportunity.refuse_reason, opportunity.decline_reason) == ("Clause 8.", "Too far.")


@pytest.mark.parametrize(("reason", "said"), [("x" * 501, "at most 500 characters"), ("a\x00b", "Null characters")])
def test_a_reason_that_cannot_be_taken_stays_where_it_was_typed(
    owner: Client, opportunity: Opportunity, reason: str, said: str
) -> None:
    text = press(owner, at(opportunity, "decline/"), 422, reason=reason)
    assert text.count(said) == 2
    assert [form.data().get("reason") for form in forms_of(text, at(opportunity)) if "decline" in form.action] == [
        [reason]
    ]
    opportunity.refresh_from_db()
    assert opportunity.declined_at is None


def test_a_button_s_address_leads_to_its_page_with_what_was_typed(owner: Client, opportunity: Opportunity) -> None:
    assert owner.get(at(opportunity, "decline/"))["Location"] == at(opportunity)
    assert owner.get(at(opportunity, "offer/1/withdraw/"))["Location"] == at(opportunity, "offer/1/")
    owner.logout()
    user = opportunity.organisation.memberships.get().user
    press(owner, at(opportunity, "decline/"), reason="Too far.", once=f"{uuid4().hex}.{mark_of(user)}")
    owner.force_login(user, backend=BACKEND)
    text = re.sub(r"\s+", " ", owner.get(at(opportunity, "decline/"), follow=True).content.decode())
    assert text.count("You were signed out before it was sent.") == 1
    assert 'value="Too far."' in text


def test_other_conditions_than_the_request_s_are_refused_in_a_sentence(owner: Client, opportunity: Opportunity) -> None:
    press(owner, at(opportunity, "accept/"), terms="SD-BASE")
    assert "This request proffers the conditions" in page(owner, at(opportunity))


def test_an_offer_is_sent_and_shows_the_total_that_the_customer_sees(owner: Client, opportunity: Opportunity) -> None:
    accept(owner, opportunity)
    assert "No price yet." in page(owner, at(opportunity, "offer/1/"))
    press(owner, at(opportunity, "offer/1/"), **offer())
    bid = Bid.objects.get()
    assert (bid.state, bid.option, bid.standing and bid.standing.title) == ("submitted", 1, "12 months, fixed")
    text = page(owner, at(opportunity, "offer/1/"))
    assert "Sent: £1,076." in text
    assert "12 months, fixed" in page(owner, at(opportunity))


def test_pressed_twice_an_offer_is_one(owner: Client, opportunity: Opportunity) -> None:
    accept(owner, opportunity)
    data = {"once": f"{uuid4().hex}.{'0' * 16}", **offer()}
    answers = [owner.post(at(opportunity, "offer/1/"), data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert (Bid.objects.count(), Bid.objects.get().versions.count()) == (1, 1)


def test_checking_lists_every_fault_and_keeps_nothing(owner: Client, opportunity: Opportunity) -> None:
    accept(owner, opportunity)
    bad = offer(**{"do": "check", "lines-0-unit_price": "much", "lines-1-unit_price": "", "answers-0-value": "no",
                   "vat_rate": "", "charges-0-amount": "-5", "valid_until": "2001-01-01"})  # fmt: skip
    text = press(owner, at(opportunity, "offer/1/"), 422, **bad)
    for said in ("Write a number", "“Meter” needs a price", "is a must", "Say how much VAT", "Only a conditional bonus",
                 "would have expired already"):  # fmt: skip
        assert text.count(said) == 2, said
    assert "6 answers need a change." in text
    text = press(owner, at(opportunity, "offer/1/"), 200, **offer(do="check"))
    assert "Nothing is missing." in text
    assert Bid.objects.count() == 0


def test_a_draft_may_be_half_done_and_a_new_version_waits_beside_what_stands(
    owner: Client, opportunity: Opportunity
) -> None:
    accept(owner, opportunity)
    press(owner, at(opportunity, "offer/1/"), **offer(**{"do": "save", "lines-1-unit_price": "", "vat_rate": ""}))
    assert Bid.objects.get().state == "draft"
    press(owner, at(opportunity, "offer/1/"), **offer())
    press(owner, at(opportunity, "offer/1/"), **offer(**{"do": "save", "lines-0-unit_price": "0.20"}))
    text = page(owner, at(opportunity, "offer/1/"))
    assert "Sent: £1,076. Below is a newer draft" in text.replace("\n", "")
    assert "£940" in text
    press(owner, at(opportunity, "offer/1/"), **offer(**{"lines-0-unit_price": "0.20"}))
    assert "Sent: £940." in page(owner, at(opportunity, "offer/1/"))
    assert Bid.objects.get().versions.count() == 2


def test_a_charge_is_added_and_removed_without_a_script(owner: Client, opportunity: Opportunity) -> None:
    accept(owner, opportunity)
    text = press(owner, at(opportunity, "offer/1/"), 200, **offer(do="add"))
    assert 'name="rows" value="2"' in text
    assert "charges-1-label" in text
    two = {"rows": "2", "charges-1-label": "Meter fee", "charges-1-amount": "40", "charges-1-recurs": "once"}
    text = press(owner, at(opportunity, "offer/1/"), 200, **offer(do="remove-0", **two))
    assert 'name="rows" value="1"' in text
    assert 'value="Meter fee"' in text
    assert "Standing charge" not in text
    assert Bid.objects.count() == 0


def test_the_total_follows_what_is_typed(owner: Client, opportunity: Opportunity) -> None:
    accept(owner, opportunity)
    path = at(opportunity, "offer/1/total/")
    for changes, said in (
        ({}, "£1,076"),
        ({"vat_included": "no"}, "£1,291.20"),
        ({"lines-1-unit_price": ""}, "Without a price: Meter"),
        ({"firmness": "estimate", "estimate-low": "900", "estimate-high": "1000"}, "Estimate from £900 to £1,000"),
        ({"lines-0-unit_price": "<b>", "lines-1-unit_price": "🙂"}, "£180"),
    ):
        answer = owner.post(path, offer(**changes))
        assert answer.status_code == 200
        assert said in answer.content.decode()
    assert Bid.objects.count() == 0


def test_an_offer_is_taken_back_and_sent_again(owner: Client, opportunity: Opportunity) -> None:
    accept(owner, opportunity)
    press(owner, at(opportunity, "offer/1/"), **offer())
    press(owner, at(opportunity, "offer/1/withdraw/"))
    assert Bid.objects.get().state == "withdrawn"
    assert "Taken back. Sending it makes it stand again." in page(owner, at(opportunity, "offer/1/"))
    press(owner, at(opportunity, "offer/1/withdraw/"))
    press(owner, at(opportunity, "offer/1/"), **offer())
    assert Bid.objects.get().state == "submitted"


def test_a_changed_request_is_confirmed_in_one_press(owner: Client, rfp: Rfp, opportunity: Opportunity) -> None:
    accept(owner, opportunity)
    press(owner, at(opportunity, "offer/1/"), **offer())
    Bid.objects.update(state="needs_reconfirm")
    assert "My offer holds for the changed request" in page(owner, at(opportunity, "offer/1/"))
    press(owner, at(opportunity, "offer/1/reconfirm/"))
    assert Bid.objects.get().state == "submitted"


def chosen(customer: User, rfp: Rfp) -> Contract:
    moved = rfps.moved_back(rfp, days=11)
    return awarding.award(moved, actor=actor_of_person(customer), bid=Bid.objects.earliest("pk"))


def test_the_chosen_reads_the_name_and_confirms(
    owner: Client, customer: User, rfp: Rfp, opportunity: Opportunity
) -> None:
    accept(owner, opportunity)
    press(owner, at(opportunity, "offer/1/"), **offer())
    chosen(customer, rfp)
    text = page(owner, at(opportunity))
    for said in ("Morag Sutherland-Quill", "3,412", "Confirm the contract", "£1,076", "Do what I chose you for"):
        assert said in text
    press(owner, at(opportunity, "confirm/"))
    assert "The contract holds since" in page(owner, at(opportunity))
    assert owner.get(at(opportunity, "contract.json")).json()["status"] == "confirmed"
    assert "Won" in page(owner, f"/company/{opportunity.organisation.public_id}/offers/")


def test_saying_no_closes_what_was_shown(owner: Client, customer: User, rfp: Rfp, opportunity: Opportunity) -> None:
    accept(owner, opportunity)
    press(owner, at(opportunity, "offer/1/"), **offer())
    chosen(customer, rfp)
    press(owner, at(opportunity, "turn-down/"), reason="Sold out.")
    assert Contract.objects.get().decline_reason == "Sold out."
    assert "Sutherland" not in page(owner, at(opportunity))


def test_the_loser_is_told_and_reads_nothing_more(
    owner: Client, customer: User, rfp: Rfp, opportunity: Opportunity, rival: Organisation
) -> None:
    other = delivery.opportunity(rfp, rival)
    for client, each in ((owner, opportunity), (browser(rival.memberships.get().user), other)):
        accept(client, each)
        press(client, at(each, "offer/1/"), **offer())
    chosen(customer, rfp)
    text = page(browser(rival.memberships.get().user), at(other))
    assert "The customer chose another offer." in text
    assert "3,000" not in text
    assert "Sutherland" not in text
    assert "Northlight" not in text
    assert "Yours came in place" not in text
    price = [key for key, title in debriefing.titles_of(rfp).items() if title == "Price"]
    debriefing.debrief(rfp, actor=actor_of_person(customer), criteria=price)
    text = page(browser(rival.memberships.get().user), at(other))
    assert "Yours came in place 2 of 2. Price: first." in text
    assert "Northlight" not in text
    assert "Yours came in place" not in page(owner, at(opportunity))


def test_a_viewer_looks_and_does_nothing(owner: Client, opportunity: Opportunity, supplier: Organisation) -> None:
    viewer = seat(supplier, "viewer")
    text = page(viewer, at(opportunity))
    assert "You may look." in text
    assert "Accept these conditions" not in text
    press(viewer, at(opportunity, "accept/"), 403, terms="PDC-INTENT")
    accept(owner, opportunity)
    press(owner, at(opportunity, "offer/1/"), **offer())
    text = page(viewer, at(opportunity, "offer/1/"))
    assert "£1,076" in text
    assert "Send" not in text
    for path in ("offer/1/withdraw/", "decline/"):
        press(viewer, at(opportunity, path), 403)
    press(viewer, at(opportunity, "offer/1/"), 403, **offer(title="New"))
    assert Bid.objects.get().state == "submitted"


def test_a_bidder_does_what_an_owner_does(opportunity: Opportunity, supplier: Organisation) -> None:
    bidder = seat(supplier, "bidder")
    accept(bidder, opportunity)
    press(bidder, at(opportunity, "offer/1/"), **offer())
    assert Bid.objects.get().state == "submitted"


def test_nobody_else_gets_a_page(opportunity: Opportunity, rival: Organisation, attester: Organisation) -> None:
    home = f"/company/{opportunity.organisation.public_id}/"
    paths = [at(opportunity), at(opportunity, "offer/1/"), at(opportunity, "contract.json"), home, f"{home}requests/",
             f"{home}offers/"]  # fmt: skip
    assert [Client().get(path).status_code for path in paths] == [302] * len(paths)
    for other in (people.person(), rival.memberships.get().user, attester.memberships.get().user):
        assert [browser(other).get(path).status_code for path in paths] == [404] * len(paths)
    rivals = browser(rival.memberships.get().user)
    stolen = at(opportunity).replace(str(opportunity.organisation.public_id), str(rival.public_id))
    assert [rivals.get(f"{stolen}{path}").status_code for path in ("", "offer/1/", "contract.json")] == [404] * 3
    attesting = browser(attester.memberships.get().user)
    assert attesting.get(f"/company/{attester.public_id}/")["Location"].endswith("/profile/")
    assert attesting.get(f"/company/{attester.public_id}/requests/").status_code == 404


def test_what_was_typed_outlives_the_session(owner: Client, opportunity: Opportunity, supplier: Organisation) -> None:
    accept(owner, opportunity)
    owner.logout()
    user = supplier.memberships.get().user
    token = f"{uuid4().hex}.{mark_of(user)}"
    press(owner, at(opportunity, "offer/1/"), **offer(note="Typed for an hour.", once=token))
    owner.force_login(user, backend=BACKEND)
    assert "Typed for an hour." in page(owner, at(opportunity, "offer/1/"))


@pytest.mark.parametrize(("do", "rows"), [("save", 3), ("add", 4), ("remove-0", 2)])
def test_charges_that_were_added_outlive_the_session(
    owner: Client, opportunity: Opportunity, supplier: Organisation, do: str, rows: int
) -> None:
    accept(owner, opportunity)
    owner.logout()
    user = supplier.memberships.get().user
    more = {"rows": "3", "charges-1-label": "Meter fee", "charges-1-amount": "40", "charges-1-recurs": "once",
            "charges-2-label": "Bonus", "charges-2-amount": "-25", "charges-2-conditional": "on"}  # fmt: skip
    press(owner, at(opportunity, "offer/1/"), **offer(**more, do=do, once=f"{uuid4().hex}.{mark_of(user)}"))
    owner.force_login(user, backend=BACKEND)
    text = page(owner, at(opportunity, "offer/1/"))
    assert f'name="rows" value="{rows}"' in text
    for said in ('value="Meter fee"', 'value="Bonus"', 'value="-25"', 'value="0,2400"', "£1,116"):
        assert said in text or (do == "remove-0" and said == "£1,116"), said
    assert "need a change" not in text


@pytest.mark.parametrize("word", ["remove-²", "remove-" + "9" * 5000, "remove--1", "remove-", "nonsense"])
def test_a_button_that_there_is_not_does_nothing(owner: Client, opportunity: Opportunity, word: str) -> None:
    accept(owner, opportunity)
    for rows in ("1", "9" * 5000, "²", "-1", ""):
        text = press(owner, at(opportunity, "offer/1/"), 200, **offer(do=word, rows=rows))
        assert "12 months, fixed" in text
    assert Bid.objects.count() == 0


def test_whatever_keeps_an_offer_from_being_written_what_was_typed_stays(
    owner: Client, opportunity: Opportunity
) -> None:
    press(owner, at(opportunity, "offer/1/"), 409, **offer(note="Typed for an hour."))
    accept(owner, opportunity)
    press(owner, at(opportunity, "decline/"))
    for do in ("save", "send"):
        text = press(owner, at(opportunity, "offer/1/"), 409, **offer(note="Typed for an hour.", do=do))
        assert "You declined this request. Accept its conditions again first." in text
        assert "Typed for an hour." in text
    accept(owner, opportunity)
    Check.objects.all().delete()
    text = press(owner, at(opportunity, "offer/1/"), 403, **offer(note="Typed for an hour."))
    assert "has no valid check today" in text
    assert "Typed for an hour." in text
    assert Bid.objects.count() == 0


def test_two_tabs_do_not_write_over_each_other_unseen(owner: Client, opportunity: Opportunity) -> None:
    accept(owner, opportunity)
    path = at(opportunity, "offer/1/")
    opened, late = (forms_of(page(owner, path), path)[0].data() for _ in range(2))
    mine, theirs = offer(do="save", note="Mine."), offer(do="save", note="Theirs.", revision=opened["revision"])
    press(owner, path, **mine, revision=late["revision"])
    text = press(owner, path, 409, **theirs)
    assert "This offer was changed since you opened it." in text
    assert "Theirs." in text
    assert [each.draft.note for each in Bid.objects.all() if each.draft] == ["Mine."]
    again = next(form for form in forms_of(text, path) if form.action == path).data()
    press(owner, path, **{**theirs, "revision": again["revision"]})
    assert [each.draft.note for each in Bid.objects.all() if each.draft] == ["Theirs."]


def test_after_the_deadline_nothing_can_be_sent(owner: Client, rfp: Rfp, opportunity: Opportunity) -> None:
    accept(owner, opportunity)
    rfps.moved_back(rfp, days=11)
    text = press(owner, at(opportunity, "offer/1/"), 409, **offer())
    assert "The time for offers is over" in text
    assert owner.get(at(opportunity, "offer/4/")).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_pages_take_few_queries_however_long(
    owner: Client, customer: User, supplier: Organisation, opportunity: Opportunity, count: int
) -> None:
    home = f"/company/{supplier.public_id}/"
    accept(owner, opportunity)
    for option in range(1, count + 1):
        press(owner, at(opportunity, f"offer/{option}/"), **offer())
    press(owner, at(opportunity, "offer/1/"), **offer(do="save", note="Newer."))
    page(owner, at(opportunity))  # the first look is noted
    for _ in range(count - 1):
        delivery.opportunity(rfps.published(customer), supplier)
    for path in (
        home,
        f"{home}requests/?order=closing",
        f"{home}offers/",
        at(opportunity),
        at(opportunity, "offer/1/"),
    ):
        with statements(12):
            page(owner, path)


def test_the_list_turns_its_pages_in_either_order(owner: Client, customer: User, supplier: Organisation) -> None:
    for day in range(32):
        dates = {"closes_at": rfps.soon(days=10 + day), "decides_by": rfps.soon(days=60)}
        delivery.opportunity(rfps.published(customer, **dates, title=f"Request {day}"), supplier)
    first = page(owner, f"/company/{supplier.public_id}/requests/?order=closing")
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    assert "Request 0<" in first
    second = page(owner, f"/company/{supplier.public_id}/requests/{following[1].replace('&amp;', '&')}")
    assert ("Request 31<" in second, "Request 0<" in second) == (True, False)
    back = re.search(r'rel="prev" href="([^"]+)"', second)
    assert back
    assert "Request 0<" in page(owner, f"/company/{supplier.public_id}/requests/{back[1].replace('&amp;', '&')}")
    assert owner.get(f"/company/{supplier.public_id}/requests/?after=nonsense").status_code == 400


def test_an_empty_list_teaches_the_next_step(owner: Client, supplier: Organisation, customer: User) -> None:
    path = f"/company/{supplier.public_id}/requests/"
    assert "Say what you want to hear about" in page(owner, path)
    delivery.subscription(supplier, name="Energy in the north")
    text = page(owner, path)
    assert "“Energy in the north” would have brought hardly any request in 30 days." in text
    assert "Example:" in text
    assert "an example" in text
    delivery.opportunity(rfps.in_phase(customer, "cancelled"), supplier)
    assert "Nothing that fits is open now." in page(owner, path)
    assert "taken back by the customer" in page(owner, f"{path}?show=over")


def test_a_wider_area_says_what_it_would_have_brought(owner: Client, supplier: Organisation, customer: User) -> None:
    for _ in range(4):
        rfps.published(customer, area={"country": "GB", "postcode": "EH1 1AA"})
    north = {"area_kind": "radius", "lat": 56.25, "lon": -3.2, "radius_km": 25.0}
    delivery.subscription(supplier, name="Around Kirkcaldy", **north)
    delivery.subscription(supplier, name="And again", **north)
    with statements(12):
        text = page(owner, f"/company/{supplier.public_id}/requests/")
    assert "“Around Kirkcaldy” would have brought hardly any request in 30 days." in text
    assert "40 km instead of 25: about 5." in text


def test_home_says_what_waits(owner: Client, customer: User, rfp: Rfp, opportunity: Opportunity) -> None:
    path = f"/company/{opportunity.organisation.public_id}/"
    text = page(owner, path)
    assert "Until your first offer" in text
    assert "Electricity for a flat" in text
    accept(owner, opportunity)
    press(owner, at(opportunity, "offer/1/"), **offer())
    chosen(customer, rfp)
    text = page(owner, path)
    assert "Waits for you" in text
    assert "chosen: confirm" in text
