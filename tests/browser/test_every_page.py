"""Every page, as those who may see it: accessible by day and by night, on a phone and at a desk, and quiet."""

from __future__ import annotations

import pytest
from django.conf import settings

from accounts.models import Organisation, User
from tests.access import PAGES
from tests.browser.scenes import SCENES, Cast
from tests.browser.watching import WIDTHS, Watched

# Routes that show no page of ours. A route that refuses to be read (405) is where a form goes; pages that say what
# went wrong stand in test_pages.
BUTTON = "where a button goes; leads back to its page"
NO_PAGE = {
    "admin/": "Django's own; test_foreign_pages opens it",
    "admin/login/": "leads to the one place where everybody signs in",
    "api/docs/": "Swagger UI; test_foreign_pages opens it",
    "healthz": "for machines",
    "readyz": "for machines",
    "accounts/2fa/recovery-codes/download/": "a file",
    "accounts/2fa/webauthn/login/": "where the button for a passkey goes",
    "company/<uuid:organisation>/requests/<uuid:opportunity>/contract.json": "a file",
    "requests/<uuid:id>/check/meant/": "where a form goes; leads back to its page",
    "requests/<uuid:id>/compare/table.csv": "a file",
    "requests/<uuid:id>/contract/contract.json": "a file",
    "requests/<uuid:id>/publish/": "where a form goes; leads back to its page",
    "requests/<uuid:id>/who-sees/move/": "where a form goes; leads back to its page",
} | dict.fromkeys(
    (
        "company/<uuid:organisation>/requests/<uuid:opportunity>/<answer:word>/",
        "company/<uuid:organisation>/requests/<uuid:opportunity>/offer/<int:option>/<act:word>/",
        "company/<uuid:organisation>/requests/<uuid:opportunity>/offer/<int:option>/total/",
        "quick/<str:token>/decline/",
        "requests/<uuid:id>/change/",
        "requests/<uuid:id>/check/meant/",
        "requests/<uuid:id>/compare/<uuid:bid>/shortlist/",
        "requests/<uuid:id>/compare/own/<uuid:entry>/out/",
        "requests/<uuid:id>/compare/weights/",
        "requests/<uuid:id>/rows/<slug:name>/<int:at>/move/",
        "requests/<uuid:id>/together/propose/",
        "requests/<uuid:id>/together/take-back/",
        "settings/notices/read/",
        "requests/<uuid:id>/publish/",
        "requests/<uuid:id>/who-sees/later/",
        "requests/<uuid:id>/who-sees/move/",
    ),
    BUTTON,
)


def test_no_page_is_left_out() -> None:
    opened = {route for _scene, routes in SCENES.values() for route in routes}
    pages = {route for route, row in PAGES.items() if "405" not in row.split()}
    assert sorted(pages - NO_PAGE.keys() - opened) == []
    assert sorted(opened - pages) == sorted(opened & NO_PAGE.keys()) == []


@pytest.fixture
def cast(
    customer: User, partner: User, supplier: Organisation, rival: Organisation, attester: Organisation, operator: User
) -> Cast:
    return Cast(customer, partner, supplier, rival, attester, operator)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", SCENES)
def test_page(watched: Watched, cast: Cast, name: str) -> None:
    build, routes = SCENES[name]
    scene = build(cast)
    watched.become(scene.client)
    paths = [path for route in routes for path in scene.paths(route)]
    found = {path: watched.inspect(named=path) if watched.stays(path) else ["leads on"] for path in paths}
    speak_german(watched)
    for path in paths:
        watched.open(path)
        found[f"{path} in German"] = [fault for width in WIDTHS for fault in watched.fits(width)]
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def speak_german(watched: Watched) -> None:
    """The longer words: whoever is signed in chose them, and so did the stranger."""
    User.objects.update(locale="de")
    watched.page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": "de", "url": watched.origin}])
