"""A real Chromium against a real server. Every page that a test opens is watched for what must never happen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.browser import chromium
from tests.browser.watching import Watched
from tests.machine import leave_out

HERE = Path(__file__).parent
WITHOUT = "Browser tests left out: no Chromium on this machine (apt-get install chromium)."


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A newcomer without Chromium still gets a green run; CI without Chromium does not."""
    if not chromium.find():
        leave_out(config, items, HERE, WITHOUT)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests in this folder."""
    path = chromium.find()
    assert path, "CI needs Chromium: apt-get install chromium"
    patch = pytest.MonkeyPatch()
    # Playwright's synchronous interface keeps an event loop running in this thread; the ORM would refuse to work.
    patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=chromium.FLAGS)
        yield running
        running.close()
    patch.undo()


@pytest.fixture
def watched(browser: Browser, live_server: LiveServer) -> Iterator[Watched]:
    """A tab that remembers errors, refusals and requests to other hosts, and fails the test if there were any."""
    cache.clear()  # limits on how often one may sign up or in
    context = browser.new_context(base_url=live_server.url, locale="en-GB")
    tab = Watched(context.new_page(), live_server.url)
    yield tab
    context.close()
    assert tab.complaints == []


@pytest.fixture
def page(watched: Watched) -> Page:
    """The tab itself."""
    return watched.page


@pytest.fixture
def sign_in(page: Page, live_server: LiveServer) -> Iterator[object]:
    """Makes the tab's session that of a person."""

    def become(user: User) -> None:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        cookie = client.cookies["sessionid"]
        page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])

    return become
