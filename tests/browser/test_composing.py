"""From the front page to a published request, on a phone, without an account."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.utils.translation import gettext, override
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Organisation, User
from accounts.policies import actor_of_person
from rfps.domain import drafting
from rfps.models import Rfp
from tests.browser.watching import Watched
from tests.factories import delivery
from tests.factories import rfps as make

MOST_TAPS = 25
MANY = 4  # inputs on a page; more may stand on one page at most
INPUTS = "main input:not([type=hidden]), main select, main textarea"
PHONE = {"width": 390, "height": 800}
SENTENCES = {"en": "A year of electricity for a small flat", "de": "Ein Jahr Strom für eine kleine Wohnung"}


class Hand:
    """Taps and fills in a language, and counts both."""

    def __init__(self, page: Page, language: str, watched: Watched | None = None) -> None:
        self.page, self.language, self.watched = page, language, watched
        self.count = 0
        self.crowded: list[str] = []
        self.faults: list[str] = []
        page.set_viewport_size(PHONE)

    def said(self, text: str) -> str:
        with override(self.language):
            return gettext(text)

    def look(self) -> None:
        """A new page: how many questions stand on it, and is anything wrong with it?"""
        names = {each.get_attribute("name") for each in self.page.locator(INPUTS).all() if each.is_visible()}
        if len({name for name in names if name and not name.startswith("unsure-")}) > MANY:
            self.crowded.append(self.page.url)
        if self.watched:
            self.faults += [f"{self.page.url}: {fault}" for fault in self.watched.inspect()]
            self.page.set_viewport_size(PHONE)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=self.said(name)).first.click()
        self.count += 1

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=self.said(name)).first.click()
        self.count += 1

    def pick(self, name: str) -> None:
        self.page.get_by_label(self.said(name), exact=True).check()
        self.count += 1

    def fill(self, name: str, text: str) -> None:
        self.page.get_by_label(self.said(name)).first.fill(text)
        self.count += 1


def code() -> str:
    found = re.search(r"^\d{6}$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found
    return found[0]


def publish(hand: Hand) -> None:
    """From the front page on, every question answered."""
    hand.look()
    hand.fill("What do you need?", SENTENCES[hand.language])
    hand.press("Go on")
    hand.page.wait_for_url("**/what/")
    hand.look()
    hand.press("Electricity")
    hand.page.wait_for_url("**/details/")
    hand.page.get_by_label(hand.said("Country")).select_option("GB")
    hand.count += 1
    hand.look()
    hand.fill("Postcode", "EH6 5DT")
    hand.fill("How many people live there?", "2")
    hand.fill("How much electricity do you use in a year?", "3412")
    hand.pick("one rate")
    hand.fill("What do you pay now in a year?", "1150,50")
    hand.fill("When does your present contract end?", "2031-02-01")
    hand.pick("it would be nice")
    hand.fill("For how long would you sign at most?", "12")
    hand.press("Next: who sees what")
    hand.page.wait_for_url("**/who-sees/")
    hand.look()
    hand.follow("Next: check and publish")
    hand.page.wait_for_url("**/check/")
    hand.look()
    hand.fill("E-mail address", "new@people.example")
    hand.press("Publish request")
    hand.page.wait_for_url("**/publish/code/")
    hand.look()
    hand.fill("Six digits", code())
    hand.press("Confirm and publish")
    hand.page.wait_for_url("**/sent/")
    hand.look()
    assert Rfp.objects.get().published_at is not None
    assert hand.faults == []
    assert (hand.count <= MOST_TAPS, len(hand.crowded)) == (True, 1), (hand.count, hand.crowded)


@pytest.fixture
def fits(supplier: Organisation) -> None:
    """One company wants to hear of electricity."""
    delivery.subscription(supplier)


@pytest.mark.timeout(300)
def test_a_stranger_publishes_on_a_phone(watched: Watched, page: Page, fits: None) -> None:
    watched.open("/")
    publish(Hand(page, "en", watched))
    expect(page.get_by_role("heading", level=1)).to_have_text("Your request is on its way to 1 company that fits")


@pytest.mark.timeout(300)
def test_the_same_in_german(watched: Watched, page: Page, fits: None) -> None:
    watched.open("/")
    hand = Hand(page, "de")
    hand.press("Deutsch")
    page.wait_for_selector("html[lang=de]")
    publish(hand)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ihre Anfrage ist unterwegs zu 1 Unternehmen")


def test_the_same_without_javascript(browser: Browser, live_server: LiveServer, fits: None) -> None:
    context = browser.new_context(base_url=live_server.url, locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    publish(Hand(page, "en"))
    page.get_by_role("link", name="Look again").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    context.close()


def test_a_line_moves_by_one_tap_without_leaving_the_page(
    watched: Watched, page: Page, sign_in: object, customer: User
) -> None:
    rfp = make.draft(customer)
    assert callable(sign_in)
    sign_in(customer)
    watched.open(f"/requests/{rfp.public_id}/who-sees/")
    offering = page.get_by_role("region", name="Those that make you an offer")
    offering.get_by_role("button", name="Hide until I choose").click()
    chosen = page.get_by_role("region", name="The one you choose")
    chosen.get_by_role("button", name="Leave out Electricity used in a year").click()
    page.get_by_role("region", name="Nobody").get_by_role(
        "button", name="Put back Electricity used in a year"
    ).wait_for()
    assert [row["field"] for row in drafting.given_of(make.again(rfp))["fields"]] == ["home.address"]
    assert watched.inspect() == []


def test_the_keyboard_goes_along_with_a_line(watched: Watched, page: Page, sign_in: object, customer: User) -> None:
    rfp = make.draft(customer)
    assert callable(sign_in)
    sign_in(customer)
    watched.open(f"/requests/{rfp.public_id}/who-sees/")
    page.get_by_role("button", name="Hide until I choose Electricity used in a year").press("Enter")
    chosen = page.get_by_role("region", name="The one you choose")
    expect(chosen.locator("dt", has_text="Electricity used in a year")).to_be_focused()
    page.keyboard.press("Tab")
    expect(chosen.get_by_role("button", name="Show with an offer Electricity used in a year")).to_be_focused()


@pytest.mark.timeout(300)
def test_parts_and_wishes_row_by_row(watched: Watched, page: Page, sign_in: object, customer: User) -> None:
    rfp = make.draft(customer)
    assert callable(sign_in)
    sign_in(customer)
    watched.open(f"/requests/{rfp.public_id}/check/")
    page.get_by_role("link", name="Change Asked for").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Must have and nice to have")
    assert watched.inspect(named="-wanted") == []
    page.get_by_label("Add one that companies answer with").select_option("One of several")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("One of several")
    page.get_by_label("What you ask for").fill("How the meter is read")
    page.get_by_label("What companies choose from").fill("By itself\nBy post")
    assert watched.inspect(named="-row") == []
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Up How the meter is read").click()
    expect(page.locator("#row-1")).to_contain_text("How the meter is read")
    page.get_by_role("button", name="Take out 100 % renewable").click()
    expect(page.locator(".arranged > li")).to_have_count(2)
    page.get_by_role("link", name="Done").click()
    page.get_by_role("link", name="Change Parts").click()
    expect(page.locator(".arranged > li")).to_have_count(2)
    assert watched.inspect(named="-parts") == []
    watched.expected_status = 422
    page.get_by_role("link", name="Add a part").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert watched.inspect(named="-part") == []


@pytest.mark.timeout(300)
def test_the_small_forms_and_what_is_wrong(watched: Watched, page: Page, sign_in: object, customer: User) -> None:
    rfp = make.draft(customer, need="Write to shop@shop.example", area=None)
    assert callable(sign_in)
    sign_in(customer)
    base = f"/requests/{rfp.public_id}"
    for path in [f"{base}/what/", f"{base}/check/", "/start/", "/conditions/PDC-INTENT/"]:
        watched.open(path)
        assert watched.inspect() == []
    for part in ("words", "place", "budget", "dates", "rules", "counting"):
        watched.open(f"{base}/check/{part}/")
        assert watched.inspect() == []
    watched.open(f"{base}/check/counting/")
    page.get_by_label("Trust: weight").fill("many")
    watched.expected_status = 422
    page.get_by_role("button", name="Save").click()
    page.get_by_role("alert").wait_for()
    assert watched.inspect() == []


def test_going_back_after_publishing_loses_nothing(
    watched: Watched, page: Page, sign_in: object, customer: User
) -> None:
    rfp = drafting.change(make.draft(customer), actor=actor_of_person(customer), body={"title": "Power"})
    assert callable(sign_in)
    sign_in(customer)
    watched.open(f"/requests/{rfp.public_id}/check/")
    page.get_by_role("button", name="Publish request").click()
    page.wait_for_url("**/sent/")
    page.go_back()
    page.wait_for_url("**/sent/")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Your request is on its way"))
