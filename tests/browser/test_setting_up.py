"""A company sets itself up, an operator checks it, and every page of both is fit to be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from accounts.domain import checking, joining, keys
from accounts.models import CheckRequest, Organisation, User
from accounts.policies import actor_of_member, actor_of_person, is_checked
from marketplace.mail.models import Mail
from rfps.delivery.domain import emitting
from rfps.delivery.models import Event, Subscription
from tests.browser.watching import Watched
from tests.factories import bids, delivery, people

SignIn = Callable[[User], None]


@pytest.fixture
def owner(supplier: Organisation, sign_in: SignIn) -> User:
    """Signed in, with a team, a key, a request for a check and something to hear about."""
    owner = supplier.memberships.get().user
    actor = actor_of_member(owner, supplier)
    people.member(supplier, people.person("second@northlight.example", name="Jean Orr"), "bidder")
    joining.invite(supplier, actor=actor, email="third@northlight.example", role="viewer")
    keys.issue(supplier, actor=actor, name="Price system")
    checking.ask(supplier, actor=actor, kind="insurance")
    delivery.subscription(supplier, area_kind="radius", lat=55.9, lon=-3.2, radius_km=60, keywords=["wind"])
    sign_in(owner)
    return owner


def test_company_from_founding_to_the_first_wish(
    watched: Watched, page: Page, sign_in: SignIn, customer: User, operator: User
) -> None:
    """And the operator's part of it in between."""
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(customer)
    watched.open("/company/new/")
    page.get_by_label("Name", exact=True).fill("Quill Electric")
    page.get_by_role("button", name="Found the company").click()
    page.get_by_role("link", name="Ask for a check Who you are").click()
    page.get_by_label("Where to look").fill("Companies House, SC123456")
    page.get_by_role("button", name="Ask for the check").click()
    expect(page.get_by_text("asked for", exact=True)).to_be_visible()

    sign_in(operator)
    watched.open("/operator/")
    page.get_by_role("link", name="1 check asked for").click()
    page.get_by_role("link", name="Quill Electric").click()
    page.get_by_label("Where you looked").fill("Companies House, SC123456, read today")
    page.get_by_role("button", name="It is true: note it").click()
    expect(page.get_by_text("Quill Electric is checked")).to_be_visible()
    made = Organisation.objects.get(name="Quill Electric")
    assert is_checked(made)

    for _ in range(6):
        emitting.announce(delivery.open_rfp(), type="rfp.published", body={}, match=delivery.facts())
    sign_in(customer)
    watched.open(f"/company/{made.public_id}/interests/")
    page.get_by_role("link", name="Say what you want to hear about").click()
    page.get_by_label("Find").fill("kwh")
    page.get_by_label("Electricity", exact=True).check()
    page.get_by_label("In one country").check()
    page.get_by_role("button", name="Try: how many would have come?").click()
    expect(page.get_by_text("These settings would have brought about 5 requests in 30 days.")).to_be_visible()
    assert watched.inspect() == []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("United Kingdom")).to_be_visible()
    assert Subscription.objects.get().categories == ["energy/electricity"]


def test_key_is_shown_once(watched: Watched, page: Page, owner: User, supplier: Organisation) -> None:
    watched.open(f"/company/{supplier.public_id}/keys/")
    page.get_by_label("Name", exact=True).fill("Stock system")
    page.get_by_label("Read requests that fit").check()
    page.get_by_role("button", name="Issue the key").click()
    expect(page.locator("#issued")).to_have_text(re.compile("^bk_live_"))
    assert watched.inspect() == []
    page.reload()
    expect(page.locator("#issued")).to_have_count(0)


def test_what_was_filled_in_wrongly_is_named(watched: Watched, page: Page, owner: User, supplier: Organisation) -> None:
    watched.open(f"/company/{supplier.public_id}/interests/new/")
    page.get_by_label("Around a place").check()
    page.get_by_label("Postcode").fill("ZZ99 9ZZ")
    watched.expected_status = 422
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert").get_by_role("listitem")).to_have_count(2)
    assert watched.inspect() == []


def test_invitation_is_accepted(watched: Watched, page: Page, sign_in: SignIn, owner: User, partner: User) -> None:
    path = f"/join/{Mail.objects.get(kind='team.invited').secret}/"
    page.context.clear_cookies()
    watched.open(path)
    assert watched.inspect() == []
    invited = people.person("third@northlight.example")
    people.proved(invited)
    sign_in(invited)
    watched.open(path)
    assert watched.inspect() == []
    page.get_by_role("button", name="Join the team").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Team")


def test_operator_turns_down(watched: Watched, page: Page, sign_in: SignIn, operator: User, customer: User) -> None:
    fill(operator, customer)
    sign_in(operator)
    asked = CheckRequest.objects.get()
    watched.open(f"/operator/checks/{asked.public_id}/")
    assert watched.inspect() == []
    page.get_by_role("link", name="Turn down").click()
    assert watched.inspect() == []
    page.get_by_label("Why not").fill("No such number in the register.")
    page.get_by_role("button", name="Turn it down").click()
    expect(page.get_by_text("Nobody waits.")).to_be_visible()


def fill(operator: User, customer: User) -> None:
    """Something on every page of an operator."""
    company = people.organisation(name="Calder Energy", checked=False)
    owner = actor_of_member(company.memberships.get().user, company)
    checking.ask(company, actor=owner, kind="identity", note="Companies House SC101010")
    checking.suspend(people.organisation(name="Brass & Sons"), actor=actor_of_person(operator))
    bids.request(customer, closes_in=timedelta(days=2))
    event = emitting.announce(delivery.open_rfp(), type="rfp.published", body={}, match=delivery.facts())
    Event.objects.filter(pk=event.pk).update(fanned_out_at=event.occurred_at)
