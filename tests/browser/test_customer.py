"""The customer's pages in a browser: each accessible and quiet; a partner's way through a shared request."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Organisation, User
from rfps.models import Rfp
from tests.browser import scenery
from tests.browser.watching import Watched
from tests.factories import people
from tests.factories import rfps as make

SignIn = Callable[[User], None]


@pytest.fixture
def lived_in(customer: User, partner: User, supplier: Organisation, rival: Organisation) -> Rfp:
    return scenery.lived_in(customer, partner, supplier, rival)


def test_a_refused_form_and_a_new_invitation(
    watched: Watched, page: Page, sign_in: SignIn, customer: User, partner: User
) -> None:
    sign_in(customer)
    watched.open("/keep/energy.kwh_per_year/")
    page.get_by_label("Electricity used in a year").fill("a lot")
    watched.expected_status = 422
    page.get_by_role("button", name="Keep it").click()
    assert watched.inspect(named="refused") == []
    watched.open("/household/")
    page.get_by_label("E-mail address").fill("third@people.example")
    page.get_by_role("button", name="Invite them").click()
    expect(page.get_by_text("We wrote to third@people.example. The invitation holds for a week.")).to_be_visible()
    assert watched.inspect(named="invited") == []


def test_a_partner_helps(watched: Watched, page: Page, sign_in: SignIn, partner: User, lived_in: Rfp) -> None:
    sign_in(partner)
    watched.open("/")
    page.get_by_role("link", name="Electricity for a flat").first.click()
    expect(page.get_by_text("Morag Sutherland-Quill shares this request with you.")).to_be_visible()
    expect(page.get_by_role("heading", name="What you can do")).to_have_count(0)
    assert watched.inspect(named="partner") == []
    page.get_by_role("link", name="Talk about it at home").click()
    page.get_by_role("button", name="I would choose it Northlight Energy").click()
    page.get_by_label("Write to the others").fill("I like this one.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Would choose it: Innes Quill")).to_be_visible()
    expect(page.get_by_text("I like this one.")).to_be_visible()
    assert watched.inspect(named="partner talks") == []


def test_a_viewer_of_a_company_has_a_home_of_their_own(
    watched: Watched, page: Page, sign_in: SignIn, supplier: Organisation
) -> None:
    viewer = people.person("viewer@personas.example", name="Vera Looks")
    people.member(supplier, viewer, "viewer")
    sign_in(viewer)
    watched.open("/")
    expect(page.get_by_role("region", name="You act for").get_by_text("Northlight Energy")).to_be_visible()
    assert watched.inspect(named="viewer") == []


def test_taking_no_more_offers(watched: Watched, page: Page, sign_in: SignIn, customer: User) -> None:
    rfp = make.published(customer)
    sign_in(customer)
    watched.open(f"/requests/{rfp.public_id}/")
    page.get_by_role("link", name="Take no more offers").click()
    expect(page.get_by_text("Offers that are closed open at once")).to_be_visible()
    page.get_by_role("button", name="Take no more offers").click()
    expect(page.get_by_role("status").get_by_text("No more offers come in now.")).to_be_visible()
    expect(page.get_by_text("None came.", exact=True)).to_be_visible()
