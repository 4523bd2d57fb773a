"""Every component, in the light, in the dark, on a phone; and what the small script does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from accounts.models import Household, User
from tests.browser.watching import Watched

pytestmark = pytest.mark.urls("tests.pages")


@pytest.mark.parametrize("path", ["/gallery/", "/gallery/?wrong"])
def test_every_component(watched: Watched, path: str) -> None:
    watched.open(path)
    assert watched.inspect() == []


def test_form_with_problems(watched: Watched, page: Page, sign_in: Callable[[User], None], customer: User) -> None:
    sign_in(customer)
    watched.open("/form/")
    page.get_by_label("Full name").fill("taken")
    watched.expected_status = 422
    page.get_by_role("button", name="Save").click()
    assert page.evaluate("document.activeElement.className") == "problems"
    assert watched.inspect() == []


def test_form_sent_twice_is_sent_once(
    watched: Watched, page: Page, sign_in: Callable[[User], None], customer: User
) -> None:
    sign_in(customer)
    watched.open("/form/")
    page.get_by_label("Full name").fill("Home")
    watched.expected_status = 404
    page.get_by_role("button", name="Save").dblclick()
    page.wait_for_url("**/made/**")
    assert Household.objects.count() == 1
    page.go_back()
    assert page.locator("form[aria-busy]").count() == 0
