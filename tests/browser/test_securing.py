"""Passkeys, codes from an app and recovery codes, with an authenticator that Chromium plays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.watching import Watched

PASSWORD = "a long enough password"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
SignIn = Callable[[User], None]
pytestmark = pytest.mark.usefixtures("device")


@pytest.fixture
def customer(customer: User) -> User:
    """The customer, with a confirmed address."""
    EmailAddress.objects.create(user=customer, email=customer.email, verified=True, primary=True)
    return customer


@pytest.fixture
def device(page: Page) -> Iterator[None]:
    """A phone that keeps passkeys and recognises its person."""
    tab = page.context.new_cdp_session(page)
    tab.send("WebAuthn.enable")
    tab.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    yield
    tab.detach()


def once_more(page: Page) -> None:
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def leave(watched: Watched, page: Page) -> None:
    watched.open("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()


def enter_by_password(watched: Watched, page: Page, customer: User) -> None:
    watched.open("/accounts/login/")
    page.get_by_label("E-mail address").fill(customer.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def digits_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))


def test_a_passkey_opens_the_account_by_itself(watched: Watched, page: Page, sign_in: SignIn, customer: User) -> None:
    sign_in(customer)
    watched.open("/accounts/2fa/")
    assert watched.inspect() == []
    page.get_by_role("link", name="Add a passkey").click()
    assert watched.inspect() == []
    once_more(page)
    assert watched.inspect() == []
    page.get_by_label("Name").fill("My phone")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.locator(".codes li")).to_have_count(10)
    assert watched.inspect() == []
    watched.open("/accounts/2fa/")
    expect(page.get_by_role("region", name="Passkeys")).to_contain_text("My phone")
    assert watched.inspect() == []
    leave(watched, page)
    watched.open("/accounts/login/?next=/accounts/email/")
    assert watched.inspect() == []
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("E-mail addresses")
    expect(page.get_by_text(customer.email).first).to_be_visible()


def test_a_password_alone_is_not_enough_then(watched: Watched, page: Page, sign_in: SignIn, customer: User) -> None:
    sign_in(customer)
    watched.open("/accounts/2fa/webauthn/add/")
    once_more(page)
    page.get_by_role("button", name="Make the passkey").click()
    code = page.locator(".codes li").first.inner_text()
    leave(watched, page)
    enter_by_password(watched, page, customer)
    expect(page.get_by_role("heading", level=1)).to_have_text("One thing more")
    assert watched.inspect() == []
    page.get_by_label("Code from the app, or a recovery code").fill("00000000" if code != "00000000" else "11111111")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("That did not fit. Try again.")
    assert watched.inspect() == []
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(customer.name)
    leave(watched, page)
    enter_by_password(watched, page, customer)
    page.get_by_label("Code from the app, or a recovery code").fill(code)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(customer.name)


def test_a_passkey_is_renamed_and_removed(watched: Watched, page: Page, sign_in: SignIn, customer: User) -> None:
    sign_in(customer)
    watched.open("/accounts/2fa/webauthn/add/")
    once_more(page)
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_role("link", name="Back").click()
    page.get_by_role("link", name="Rename Passkey 1").click()
    assert watched.inspect() == []
    page.get_by_label("Name").fill("Old phone")
    page.get_by_role("button", name="Save the name").click()
    watched.open("/accounts/2fa/webauthn/")
    assert watched.inspect() == []
    page.get_by_role("link", name="Remove Old phone").click()
    assert watched.inspect() == []
    page.get_by_role("button", name="Remove the passkey").click()
    expect(page.get_by_role("status")).to_have_text("The passkey is removed.")
    assert not Authenticator.objects.exists()  # the recovery codes with it


def test_a_refusal_of_the_device_is_said_plainly(watched: Watched, page: Page, sign_in: SignIn, customer: User) -> None:
    watched.open("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("there is no passkey for this site here")
    assert watched.inspect() == []


def test_an_app_is_set_up_asked_and_given_up(watched: Watched, page: Page, sign_in: SignIn, customer: User) -> None:
    sign_in(customer)
    watched.open("/accounts/2fa/totp/activate/")
    once_more(page)
    assert watched.inspect() == []
    page.get_by_label("Six digits from the app").fill("12")
    page.get_by_role("button", name="Ask for them from now on").click()
    assert watched.inspect() == []
    secret = page.locator("code").inner_text()
    page.get_by_label("Six digits from the app").fill(digits_of(secret))
    page.get_by_role("button", name="Ask for them from now on").click()
    page.get_by_role("link", name="Make new ones").click()
    assert watched.inspect() == []
    page.get_by_role("button", name="Make ten new ones").click()
    leave(watched, page)
    enter_by_password(watched, page, customer)
    cache.clear()  # the digits count once, and these were used a moment ago
    page.get_by_label("Code from the app, or a recovery code").fill(digits_of(secret))
    page.get_by_role("button", name="Sign in", exact=True).click()
    watched.open("/accounts/2fa/")
    assert watched.inspect() == []
    page.get_by_role("link", name="Stop asking for them").click()
    page.get_by_role("link", name="Use a code").click()
    assert watched.inspect() == []
    cache.clear()
    page.get_by_label("Code from the app, or a recovery code").fill(digits_of(secret))
    page.get_by_role("button", name="Go on").click()
    assert watched.inspect() == []
    page.get_by_role("button", name="Stop asking").click()
    expect(page.get_by_role("status")).to_have_text("We ask for no code from the app any more.")


def test_a_passkey_is_asked_once_more_before_a_change(
    watched: Watched, page: Page, sign_in: SignIn, customer: User
) -> None:
    sign_in(customer)
    customer.set_unusable_password()
    customer.save()
    sign_in(customer)
    watched.open("/accounts/2fa/webauthn/add/")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.locator(".codes li")).to_have_count(0)
    page.get_by_role("link", name="Use a passkey").click()
    assert watched.inspect() == []
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator(".codes li")).to_have_count(10)


def test_who_has_no_password_sets_one(watched: Watched, page: Page, sign_in: SignIn, customer: User) -> None:
    customer.set_unusable_password()
    customer.save()
    sign_in(customer)
    watched.open("/accounts/email/")
    page.get_by_role("navigation", name="Your account").get_by_role("link", name="Password").click()
    assert watched.inspect() == []
    page.get_by_label("Password", exact=True).fill("quite another password")
    page.get_by_label("Password, again").fill("quite another password")
    page.get_by_role("button", name="Save the password").click()
    expect(page.get_by_role("status")).to_have_text("Your password is set.")
    customer.refresh_from_db()
    assert customer.check_password("quite another password")


def test_a_code_in_a_mail_alone_is_not_enough_with_a_passkey(
    watched: Watched, page: Page, sign_in: SignIn, customer: User
) -> None:
    sign_in(customer)
    watched.open("/accounts/2fa/webauthn/add/")
    once_more(page)
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.locator(".codes li")).to_have_count(10)
    leave(watched, page)
    watched.open("/join/?next=/accounts/email/")
    page.get_by_label("E-mail address").fill(customer.email)
    page.get_by_role("button", name="Send the code").click()
    found = re.search(r"^\d{6}$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found
    page.get_by_label("Six digits").fill(found[0])
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("E-mail addresses")


def test_where_one_is_signed_in(watched: Watched, page: Page, sign_in: SignIn, customer: User) -> None:
    elsewhere = Client(headers={"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/604.1"})
    for _ in range(2):
        elsewhere.logout()
        elsewhere.force_login(customer)
        held = elsewhere.session
        held["seen"] = ""
        held.save()
        elsewhere.get("/settings/sign-ins/")
        elsewhere.cookies.clear()
    sign_in(customer)
    watched.open("/accounts/email/")
    page.get_by_role("link", name="Signed in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Where you are signed in")
    assert watched.inspect(named="-both") == []
    page.get_by_role("button", name="End it Safari, iPhone").first.click()
    expect(page.get_by_text("You are signed out there.")).to_be_visible()
    page.get_by_role("button", name="End all others").click()
    expect(page.get_by_text("You are signed in nowhere else.")).to_be_visible()
    assert watched.inspect(named="-alone") == []
