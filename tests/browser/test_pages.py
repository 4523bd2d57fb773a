"""Every page: accessible, quiet, from one host, and fit for a narrow phone, by day and by night."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.account.forms import SetPasswordForm
from allauth.account.models import EmailAddress
from django.core import mail
from django.template.loader import render_to_string
from playwright.sync_api import Page, expect

from accounts.models import Organisation, User
from marketplace.kernel.headers import policy_for
from tests.browser.watching import Watched
from tests.factories import bids

PASSWORD = "a long enough password"
SignIn = Callable[[User], None]


@pytest.fixture
def customer(customer: User) -> User:
    """The customer, with a confirmed address."""
    EmailAddress.objects.create(user=customer, email=customer.email, verified=True, primary=True)
    return customer


def last_code() -> str:
    found = re.search(r"^\d{6}$", mail.outbox[-1].body, re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found[0]


def test_home_with_requests(watched: Watched, page: Page, sign_in: SignIn, customer: User) -> None:
    for days in (3, -1, -30):  # the last one is over, and only in the list of all
        bids.request(customer, closes_in=timedelta(days=days))
    sign_in(customer)
    watched.open("/")
    expect(page.get_by_role("region", name="Your requests").get_by_role("listitem")).to_have_count(2)
    assert watched.inspect() == []


def test_the_masthead_takes_two_lines_of_a_phone(
    watched: Watched, page: Page, sign_in: SignIn, supplier: Organisation
) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    sign_in(supplier.memberships.get().user)
    for path in ("/", f"/company/{supplier.public_id}/"):
        watched.open(path)
        box = page.locator(".masthead").bounding_box()
        assert box
        assert box["height"] < 100


def test_page_that_is_not_there(watched: Watched) -> None:
    watched.open("/nothing/here/", status=404)
    assert watched.inspect() == []


@pytest.mark.parametrize(
    "template",
    ["400.html", "403.html", "500.html", "account/signup_closed.html", "account/verified_email_required.html",
     "account/verification_sent.html", "account/password_set.html"],
)  # fmt: skip
def test_page_that_is_seldom_seen(watched: Watched, page: Page, template: str) -> None:
    headers = {"Content-Security-Policy": policy_for("/")}
    body = render_to_string(template, {"form": SetPasswordForm()})
    page.route("**/seldom/", lambda route: route.fulfill(body=body, content_type="text/html", headers=headers))
    watched.open("/seldom/")
    assert watched.inspect() == []


def test_form_without_its_token(watched: Watched, page: Page) -> None:
    watched.open("/accounts/login/")
    page.locator("main [name=csrfmiddlewaretoken]").first.evaluate("field => field.value = 'stale'")
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_label("Password")).to_have_value("")
    assert watched.inspect() == []


def test_signing_up_names_what_to_mend_and_where(watched: Watched, page: Page) -> None:
    watched.open("/accounts/signup/")
    page.get_by_label("E-mail address").fill("not an address")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Create account and send the code").click()
    expect(page.get_by_role("alert").get_by_role("heading")).to_have_text("2 answers need a change.")
    expect(page.locator(".problems")).to_be_focused()
    expect(page.get_by_label("E-mail address")).to_have_value("not an address")
    assert watched.inspect() == []


def test_signing_up_by_code(watched: Watched, page: Page) -> None:
    watched.open("/accounts/signup/")
    page.get_by_label("E-mail address").fill("new@people.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account and send the code").click()
    assert watched.inspect() == []
    page.get_by_label("Six digits").fill("000000" if last_code() != "000000" else "111111")
    page.get_by_role("button", name="Confirm my address").click()
    assert watched.inspect() == []
    page.get_by_label("Six digits").fill(last_code())
    page.get_by_role("button", name="Confirm my address").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("new@people.example")


def test_signing_in_by_password(watched: Watched, page: Page, customer: User) -> None:
    watched.open("/accounts/login/")
    page.get_by_label("E-mail address").fill(customer.email)
    page.get_by_label("Password").fill("a wrong password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert watched.inspect() == []
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(customer.name)


def test_signing_in_by_code(watched: Watched, page: Page, customer: User) -> None:
    watched.open("/accounts/login/code/")
    page.get_by_label("E-mail address").fill(customer.email)
    page.get_by_role("button", name="Send the code").click()
    assert watched.inspect() == []
    page.get_by_label("Six digits").fill(last_code())
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(customer.name)


def test_forgotten_password(watched: Watched, page: Page, customer: User) -> None:
    watched.open("/accounts/password/reset/")
    page.get_by_label("E-mail address").fill(customer.email)
    page.get_by_role("button", name="Send the code").click()
    assert watched.inspect() == []
    page.get_by_label("Six digits").fill(last_code())
    page.get_by_role("button", name="Next: new password").click()
    assert watched.inspect() == []
    page.get_by_label("New password", exact=True).fill("quite another password")
    page.get_by_label("New password, again").fill("quite another password")
    page.get_by_role("button", name="Save the new password").click()
    customer.refresh_from_db()
    assert customer.check_password("quite another password")
    assert watched.inspect() == []


def test_adding_an_address(watched: Watched, page: Page, sign_in: SignIn, customer: User) -> None:
    sign_in(customer)
    watched.open("/accounts/email/")
    page.get_by_label("E-mail address").fill("second@people.example")
    page.get_by_role("button", name="Add and send a code").click()
    page.get_by_label("Six digits").fill(last_code())
    page.get_by_role("button", name="Confirm my address").click()
    watched.open("/accounts/email/")
    expect(page.get_by_role("radio")).to_have_count(2)
    assert watched.inspect() == []


def test_the_keyboard_reaches_the_content_first(watched: Watched, page: Page) -> None:
    watched.open("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
