"""A company asks, the customer answers, a rival reads it: on both sides' pages, in both schemes, on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Organisation, User
from rfps.delivery.models import Opportunity
from rfps.models import Rfp
from tests.browser.watching import Watched
from tests.factories import bids, datastore, delivery, questions, rfps

SignIn = Callable[[User], None]
NEED = "Base and wall units, an oak worktop and fitting. The old kitchen comes out first."


@pytest.fixture
def rfp(customer: User) -> Rfp:
    datastore.secrets(customer)
    return rfps.published(customer, title="A kitchen for a small flat", need=NEED)


@pytest.fixture
def taken(rfp: Rfp, supplier: Organisation) -> Opportunity:
    questions.on(rfp, supplier, "Does the worktop have to meet the window sill?", answer="Yes, flush with it.")
    return Opportunity.objects.get(rfp=rfp)


def owner(organisation: Organisation) -> User:
    return organisation.memberships.get(role="owner").user


def here(opportunity: Opportunity) -> str:
    return f"/company/{opportunity.organisation.public_id}/requests/{opportunity.public_id}/"


def test_asked_answered_and_corrected(
    watched: Watched, page: Page, sign_in: SignIn, customer: User, taken: Opportunity, rival: Organisation
) -> None:
    other = bids.opportunity(taken.rfp, rival)
    sign_in(owner(taken.organisation))
    watched.open(here(taken))
    page.get_by_label("Your question").fill("Is there a lift, or do the units go up the stairs?")
    page.get_by_role("button", name="Ask the customer").click()
    expect(page.get_by_text("Asked. We write to you when the customer answers.")).to_be_visible()
    expect(page.get_by_text("not answered yet")).to_be_visible()
    assert watched.inspect(named="-supplier") == []

    sign_in(customer)
    watched.open("/")
    page.get_by_role("link", name="Answer a company’s question").click()
    expect(page.get_by_role("heading", name="Questions")).to_be_visible()
    assert watched.inspect(named="-customer") == []
    page.get_by_label("Your answer").fill("No lift. Call 0131 496 0182.")
    watched.expected_status = 422
    page.get_by_role("button", name="Send to all companies").click()
    expect(page.get_by_text("Leave out a phone number: every company that fits reads this.").first).to_be_visible()
    assert watched.inspect(named="-refused") == []
    page.get_by_label("Your answer").fill("No lift; two flights of stairs, wide ones.")
    page.get_by_role("button", name="Send to all companies").click()
    expect(page.get_by_text("Every company that fits reads your answer now.")).to_be_visible()
    page.get_by_role("link", name="Correct this answer").first.click()
    expect(page.get_by_role("heading", name="Correct an answer")).to_be_visible()
    assert watched.inspect(named="-correcting") == []
    page.get_by_label("Your answer").fill("No lift; three flights, I counted.")
    page.get_by_role("button", name="Send to all companies").click()
    expect(page.get_by_text("No lift; three flights, I counted.")).to_be_visible()

    sign_in(owner(rival))
    watched.open(here(other))
    expect(page.get_by_text("No lift; three flights, I counted.")).to_be_visible()
    expect(page.get_by_text("asked by you")).to_have_count(0)
    assert watched.inspect(named="-rival") == []


def test_the_other_pages_about_questions(
    watched: Watched, page: Page, sign_in: SignIn, customer: User, taken: Opportunity, rival: Organisation
) -> None:
    questions.on(taken.rfp, taken.organisation, "Is there a lift?")
    link = delivery.quick_link(delivery.opportunity(taken.rfp, rival), owner(rival))
    watched.open(f"/quick/{link}/")
    page.get_by_text("1 question and its answer").click()
    expect(page.get_by_text("Yes, flush with it.")).to_be_visible()
    assert watched.inspect(named="-quick") == []
    sign_in(customer)
    watched.open("/")
    assert watched.inspect(named="-home") == []
    for path, said in (("questions/note/", "A note to all companies"), ("close/", "Take no more offers")):
        watched.open(f"/requests/{taken.rfp.public_id}/{path}")
        expect(page.get_by_role("heading", name=said)).to_be_visible()
        assert watched.inspect(named=f"-{path}") == []
    sign_in(owner(taken.organisation))
    watched.open(f"{here(taken)}ask/")
    expect(page.get_by_role("heading", name="Ask the customer")).to_be_visible()
    assert watched.inspect(named="-ask") == []
