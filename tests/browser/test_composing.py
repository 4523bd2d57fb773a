"""From the front page to a published request, on a phone, without an account."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from playwright.sync_api import Page

from accounts.models import Organisation
from rfps.models import Rfp
from tests.browser.watching import Watched
from tests.factories import delivery

MOST_TAPS = 25
MANY = 4  # inputs on a page; more may stand on one page at most
INPUTS = "main input:not([type=hidden]), main select, main textarea"


class Hand:
    """Taps and fills, and counts both."""

    def __init__(self, watched: Watched) -> None:
        self.watched, self.page = watched, watched.page
        self.count = 0
        self.crowded: list[str] = []
        self.faults: list[str] = []

    def look(self) -> None:
        """A new page: how many questions stand on it, and is anything wrong with it?"""
        names = {each.get_attribute("name") for each in self.page.locator(INPUTS).all() if each.is_visible()}
        asked = {name for name in names if name and not name.startswith("unsure-")}
        if len(asked) > MANY:
            self.crowded.append(self.page.url)
        self.faults += [f"{self.page.url}: {fault}" for fault in self.watched.inspect()]
        self.page.set_viewport_size({"width": 390, "height": 800})

    def tap(self, name: str, *, exact: bool = False) -> None:
        self.page.get_by_role("button", name=name, exact=exact).or_(
            self.page.get_by_role("link", name=name, exact=exact)
        ).first.click()
        self.count += 1

    def pick(self, name: str) -> None:
        self.page.get_by_label(name, exact=True).check()
        self.count += 1

    def fill(self, name: str, text: str) -> None:
        self.page.get_by_label(name).first.fill(text)
        self.count += 1


def code() -> str:
    found = re.search(r"^\d{6}$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found
    return found[0]


@pytest.fixture
def hand(watched: Watched, supplier: Organisation) -> Hand:
    """A hand on a phone; one company wants to hear of electricity."""
    delivery.subscription(supplier)
    watched.page.set_viewport_size({"width": 390, "height": 800})
    return Hand(watched)


def test_a_stranger_publishes_on_a_phone(hand: Hand, page: Page) -> None:
    hand.watched.open("/")
    hand.look()
    hand.fill("What do you need?", "A year of electricity for a small flat")
    hand.tap("Go on")
    hand.look()
    hand.tap("Electricity")
    hand.look()
    hand.fill("Postcode", "EH6 5DT")
    hand.fill("How many people live there?", "2")
    hand.fill("How much electricity", "3,412")
    hand.pick("one rate")
    hand.fill("What do you pay now", "1.150,50")
    hand.pick("it would be nice")
    hand.fill("For how long would you sign", "12")
    hand.tap("Next: who sees what")
    hand.look()
    assert "3,000 to 3,999" in page.get_by_role("region", name="Those that make you an offer").inner_text()
    hand.tap("Next: check and publish")
    hand.look()
    hand.fill("E-mail address", "new@people.example")
    hand.tap("Publish request")
    hand.look()
    hand.fill("Six digits", code())
    hand.tap("Confirm and publish")
    page.wait_for_url("**/sent/")
    hand.look()
    assert "1 company that fits" in page.get_by_role("heading", level=1).inner_text()
    assert Rfp.objects.get().published_at is not None
    assert hand.faults == []
    assert (hand.count <= MOST_TAPS, hand.crowded) == (True, hand.crowded[:1])
