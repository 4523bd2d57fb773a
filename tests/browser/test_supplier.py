"""A tradesperson between two jobs, a company at its desk, a colleague who may only look, and a rival outside."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Organisation, User
from accounts.policies import actor_of_person
from bids.domain import awarding
from bids.models import Bid
from marketplace.mail.models import SLOT, Mail
from rfps.delivery.domain import fanning
from rfps.delivery.models import Opportunity
from rfps.models import Rfp
from tests.browser.watching import Watched
from tests.factories import datastore, delivery, people, rfps

SignIn = Callable[[User], None]
PHONE = {"width": 390, "height": 844}
KITCHEN = [
    {"title": "Electricity, day rate", "quantity": "3400", "unit": "kWh", "spec": "Single rate meter"},
]
FIELDS = [{"field": "energy.kwh_per_year", "stage": "S1"}, {"field": "identity.full_name", "stage": "S3"}]
NEED = "A year of **green** electricity for a small flat of two. We move in at the start of February."


@pytest.fixture
def rfp(customer: User) -> Rfp:
    datastore.value(customer, "energy.kwh_per_year", 3412)
    datastore.value(customer, "identity.full_name", "Morag Sutherland-Quill")
    return rfps.published(customer, title="Electricity for a year", need=NEED, lines=KITCHEN, fields=FIELDS)


@pytest.fixture
def opportunity(rfp: Rfp, supplier: Organisation) -> Opportunity:
    return delivery.opportunity(rfp, supplier)


@pytest.fixture
def owner(supplier: Organisation) -> User:
    return supplier.memberships.get(role="owner").user


class Taps:
    """Counts what a thumb does: a tap on a button, a box or a field (typing into it belongs to that tap)."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def tap(self, role: str, name: str) -> None:
        self.count += 1
        self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]

    def fill(self, label: str, text: str) -> None:
        self.count += 1
        self.page.get_by_label(label).fill(text)


def test_from_the_mail_to_a_sent_offer_on_a_phone(watched: Watched, page: Page, customer: User, owner: User) -> None:
    supplier = owner.memberships.get().organisation
    delivery.subscription(supplier, mail="instant")
    datastore.value(customer, "energy.kwh_per_year", 3412)
    rfps.published(customer, title="Electricity for a year", need=NEED, lines=KITCHEN, fields=FIELDS)
    fanning.fan_out()
    letter = Mail.objects.get(recipient=owner, kind="rfp.published")
    link = re.search(r"https?://[^/]+(/quick/\S+/)", letter.body.replace(SLOT, letter.secret))
    assert link
    page.set_viewport_size(PHONE)
    watched.open(link[1])
    taps = Taps(page)
    taps.count += 1  # the link itself
    taps.fill("Your price for everything", "936")
    taps.fill("Earliest day", "2099-02-01")
    taps.fill("VAT", "20")
    page.get_by_text("included", exact=True).click()
    page.get_by_text("Yes", exact=True).click()
    taps.count += 2
    taps.tap("button", "Send this offer")
    page.get_by_role("heading", name="Your offer is in").wait_for()
    print("taps:", taps.count)
    assert taps.count <= 12
    expect(page.get_by_label("Password")).to_have_count(0)
    assert Bid.objects.get().state == "submitted"
    assert watched.inspect() == []


def test_the_quick_page_stands_every_look(watched: Watched, page: Page, opportunity: Opportunity) -> None:
    path = f"/quick/{delivery.quick_link(opportunity)}/"
    watched.open(path)
    assert watched.inspect() == []
    page.get_by_text("No", exact=True).click()
    expect(page.get_by_label("What you offer instead")).to_be_visible()
    page.get_by_text("Everything that is asked").click()
    page.get_by_text("I can only say from–to").click()
    page.get_by_text("Read “Use it for this offer only”").click()
    watched.expected_status = 422
    page.get_by_role("button", name="Send this offer").click()
    page.get_by_role("alert").wait_for()
    assert watched.inspect() == []


def test_double_tap_sends_one_offer(watched: Watched, page: Page, opportunity: Opportunity) -> None:
    page.set_viewport_size(PHONE)
    watched.open(f"/quick/{delivery.quick_link(opportunity)}/")
    page.get_by_label("Your price for everything").fill("936")
    page.get_by_label("VAT").first.fill("20")
    page.get_by_text("included", exact=True).click()
    page.get_by_text("Yes", exact=True).click()
    page.get_by_role("button", name="Send this offer").dblclick()
    page.get_by_role("heading", name="Your offer is in").wait_for()
    assert Bid.objects.count() == 1
    page.go_back()
    page.reload()
    page.get_by_role("heading", name="Your offer is in").wait_for()


@pytest.mark.parametrize(("token", "status"), [("0" * 64, 404)])
def test_a_link_that_opens_nothing(watched: Watched, token: str, status: int) -> None:
    watched.open(f"/quick/{token}/", status=status)
    assert watched.inspect() == []


def test_declined_by_link(watched: Watched, page: Page, opportunity: Opportunity) -> None:
    watched.open(f"/quick/{delivery.quick_link(opportunity)}/")
    page.get_by_label("Why").fill("Too far.")
    page.get_by_role("button", name="Decline").click()
    page.get_by_role("heading", name="You declined").wait_for()
    assert watched.inspect() == []


def test_a_company_without_requests(
    watched: Watched, page: Page, sign_in: SignIn, supplier: Organisation, owner: User
) -> None:
    delivery.subscription(supplier, name="Energy, 40 km around Edinburgh")
    sign_in(owner)
    watched.open(f"/company/{supplier.public_id}/requests/")
    expect(page.get_by_text("an example")).to_be_visible()
    assert watched.inspect() == []


def at(opportunity: Opportunity, path: str = "") -> str:
    return f"/company/{opportunity.organisation.public_id}/requests/{opportunity.public_id}/{path}"


def write(page: Page) -> None:
    page.get_by_label("VAT").first.fill("20")
    page.get_by_text("included in every price here").click()
    page.get_by_label("Unit price Electricity, day rate").fill("0.2240")
    page.get_by_label("Ready in, days Electricity, day rate").fill("14")


def test_a_company_offers_at_its_desk(
    watched: Watched, page: Page, sign_in: SignIn, customer: User, rfp: Rfp, opportunity: Opportunity, owner: User
) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(owner)
    watched.open(at(opportunity))
    page.get_by_role("button", name="Accept these conditions").click()
    page.get_by_text("3,000 to 3,999").wait_for()
    page.get_by_role("link", name="Make an offer").click()
    write(page)
    page.locator("#total").get_by_text("£761.60").first.wait_for()
    page.get_by_role("button", name="Add a charge").click()
    page.get_by_label("What for").fill("Standing charge")
    page.get_by_label("Amount").fill("14,60")
    page.get_by_label("How often").select_option("month")
    page.get_by_label("How many payments").fill("12")
    page.locator("#total").get_by_text("£936.80").first.wait_for()
    watched.expected_status = 422
    page.get_by_role("button", name="Check it").click()
    page.get_by_role("alert").wait_for()
    page.get_by_text("Yes", exact=True).first.click()
    watched.expected_status = None
    page.get_by_role("button", name="Check it").click()
    page.get_by_text("Nothing is missing.").wait_for()
    page.get_by_role("button", name="Send the offer").dblclick()
    page.get_by_text("Your offer is in.").wait_for()
    assert Bid.objects.get().state == "submitted"
    bid = Bid.objects.get()
    awarding.award(rfps.moved_back(rfp, days=11), actor=actor_of_person(customer), bid=bid)
    watched.open(at(opportunity))
    page.get_by_role("button", name="Confirm the contract").click()
    page.get_by_text("The contract holds since").wait_for()
    page.get_by_text("Morag Sutherland-Quill").wait_for()
    watched.open(f"/company/{opportunity.organisation.public_id}/offers/")
    assert watched.inspect() == []


def test_the_page_of_a_request_at_each_stage(
    watched: Watched, page: Page, sign_in: SignIn, opportunity: Opportunity, owner: User
) -> None:
    sign_in(owner)
    watched.open(at(opportunity))
    assert watched.inspect() == []
    page.get_by_role("button", name="Accept these conditions").click()
    page.get_by_text("3,000 to 3,999").wait_for()


def test_the_editor_of_an_offer(
    watched: Watched, page: Page, sign_in: SignIn, opportunity: Opportunity, owner: User
) -> None:
    sign_in(owner)
    watched.open(at(opportunity))
    page.get_by_role("button", name="Accept these conditions").click()
    watched.open(at(opportunity, "offer/1/"))
    write(page)
    page.get_by_role("button", name="Add a charge").click()
    page.get_by_label("What for").fill("Standing charge")
    page.get_by_label("Amount").fill("14,60")
    page.get_by_label("How often").select_option("month")
    page.get_by_label("How many payments").fill("12")
    page.get_by_label("Name of this offer").fill("12 months, fixed")
    page.locator("#total").get_by_text("£936.80").first.wait_for()
    assert watched.inspect() == []


def test_the_editor_with_faults(
    watched: Watched, page: Page, sign_in: SignIn, opportunity: Opportunity, owner: User
) -> None:
    sign_in(owner)
    watched.open(at(opportunity))
    page.get_by_role("button", name="Accept these conditions").click()
    watched.open(at(opportunity, "offer/1/"))
    watched.expected_status = 422
    page.get_by_role("button", name="Send the offer").click()
    page.get_by_role("alert").wait_for()
    assert watched.inspect() == []


def test_the_chosen_company(
    watched: Watched, page: Page, sign_in: SignIn, customer: User, rfp: Rfp, opportunity: Opportunity, owner: User
) -> None:
    sign_in(owner)
    watched.open(f"/quick/{delivery.quick_link(opportunity)}/")
    page.get_by_label("Your price for everything").fill("936")
    page.get_by_label("VAT").first.fill("20")
    page.get_by_text("included", exact=True).click()
    page.get_by_text("Yes", exact=True).click()
    page.get_by_role("button", name="Send this offer").click()
    page.get_by_role("heading", name="Your offer is in").wait_for()
    bid = Bid.objects.get()
    awarding.award(rfps.moved_back(rfp, days=11), actor=actor_of_person(customer), bid=bid)
    watched.open(at(opportunity))
    assert watched.inspect() == []


def test_a_viewer_looks(watched: Watched, page: Page, sign_in: SignIn, opportunity: Opportunity) -> None:
    viewer = people.person()
    people.member(opportunity.organisation, viewer, "viewer")
    sign_in(viewer)
    watched.open(at(opportunity))
    expect(page.get_by_text("You may look.")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)
    assert watched.inspect() == []
    watched.open(at(opportunity, "offer/1/"))
    assert watched.inspect() == []


def test_a_rival_finds_nothing(
    watched: Watched, page: Page, sign_in: SignIn, opportunity: Opportunity, rival: Organisation
) -> None:
    sign_in(rival.memberships.get().user)
    watched.open(at(opportunity), status=404)
    watched.open(f"/company/{opportunity.organisation.public_id}/", status=404)
    watched.open(f"/company/{rival.public_id}/requests/?show=all")
    expect(page.get_by_text("Electricity for a year")).to_have_count(0)
