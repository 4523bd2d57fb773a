"""An address and six digits in the same tab, in a real browser."""

from __future__ import annotations

import re

from django.core import mail
from django.core.cache import cache
from playwright.sync_api import Page, expect

from tests.browser.watching import Watched


def last_code() -> str:
    found = re.search(r"^\d{6}$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found
    return found[0]


def test_an_account_takes_an_address_and_six_digits(watched: Watched, page: Page) -> None:
    cache.clear()
    watched.open("/join/?next=/accounts/email/")
    assert watched.inspect() == []
    watched.expected_status = 422
    page.get_by_label("E-mail address").fill("not an address")
    page.get_by_role("button", name="Send the code").click()
    expect(page.get_by_label("E-mail address")).to_have_value("not an address")
    assert watched.inspect() == []
    page.get_by_label("E-mail address").fill("new@people.example")
    page.get_by_role("button", name="Send the code").click()
    page.get_by_label("Six digits").fill("000000" if last_code() != "000000" else "111111")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("alert").get_by_text("Incorrect code.")).to_have_count(1)
    assert watched.inspect() == []
    page.get_by_role("button", name="Send another code").click()
    page.get_by_label("Six digits").fill(last_code())
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/accounts/email/")
    assert watched.inspect() == []


def test_too_many_wrong_codes_are_said_plainly(watched: Watched, page: Page) -> None:
    cache.clear()
    watched.open("/join/")
    page.get_by_label("E-mail address").fill("other@people.example")
    page.get_by_role("button", name="Send the code").click()
    for status in (422, 422, 429):
        watched.expected_status = status
        page.get_by_label("Six digits").fill("000000" if last_code() != "000000" else "111111")
        page.get_by_role("button", name="Confirm").click()
        page.get_by_role("alert").wait_for()
    expect(page.get_by_role("alert")).to_contain_text("Ask for a new one. Everything is saved.")
    expect(page.get_by_label("E-mail address")).to_have_value("other@people.example")
    assert watched.inspect() == []
