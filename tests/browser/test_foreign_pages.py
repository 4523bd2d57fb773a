"""Pages that others made, under our policy: the API docs and the operators' admin."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from tests.browser.watching import Watched

OPERATION = {
    "summary": "Say hello",
    "parameters": [{"name": "kind", "in": "query", "schema": {"type": "string", "enum": ["short", "long"]}}],
    "requestBody": {"content": {"application/json": {"schema": {"type": "object"}, "example": {"hello": "there"}}}},
    "responses": {"200": {"description": "Hello."}},
}
DESCRIPTION = {
    "openapi": "3.1.0",
    "info": {"title": "Small", "version": "1"},
    "paths": {"/hello/": {"post": OPERATION}},
}


def test_api_docs_show_the_description(watched: Watched, page: Page) -> None:
    watched.open("/api/docs/")
    expect(page.locator(".info .title")).to_contain_text("Beckon API")


def test_api_docs_open_and_try_an_operation(watched: Watched, page: Page) -> None:
    def describe(route: Route) -> None:
        route.fulfill(json=DESCRIPTION)

    page.route("**/api/v1/schema/**", describe)
    page.route("**/hello/**", lambda route: route.fulfill(json={"hello": "you"}))
    watched.open("/api/docs/")
    page.get_by_text("Say hello").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table").first).to_contain_text("hello")


@pytest.fixture
def superuser(operator: User) -> User:
    operator.is_superuser = True
    operator.save()
    return operator


@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/organisation/", "/admin/accounts/check/add/"])
def test_admin_works_under_our_policy(
    watched: Watched, sign_in: Callable[[User], None], superuser: User, path: str
) -> None:
    sign_in(superuser)
    watched.open(path)
    expect(watched.page.get_by_role("main")).to_have_count(1)
