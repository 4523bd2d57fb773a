"""Every component, in the light, in the dark, on a phone; and what the small script does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Response, expect

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
    expect(page.locator(".problems")).to_be_focused()
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
    expect(page.locator("form[aria-busy]")).to_have_count(0)


def test_every_component_from_right_to_left(watched: Watched, page: Page) -> None:
    watched.open("/gallery/")
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert watched.inspect() == []
    name = page.locator(".masthead .name").bounding_box()
    assert name
    assert name["x"] > 600


def test_page_in_german(watched: Watched, page: Page) -> None:
    watched.open("/")
    page.get_by_role("button", name="Deutsch").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Unternehmen machen Ihnen Angebote.")
    assert watched.inspect() == []


def test_first_page_is_light(watched: Watched, page: Page) -> None:
    sizes: dict[str, int] = {}

    def weigh(response: Response) -> None:
        if not response.url.endswith(".woff2"):
            sizes[response.url] = len(response.body()) + len(str(response.headers))

    page.on("response", weigh)
    watched.open("/")
    page.wait_for_load_state("networkidle")
    assert len(sizes) >= 3
    assert sum(sizes.values()) <= 100_000
