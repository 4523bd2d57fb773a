"""What a company wants to hear about, as pages."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Check, Organisation, User
from rfps.delivery.domain import emitting
from rfps.delivery.models import Subscription
from tests.factories import delivery, people

pytestmark = pytest.mark.django_db
WISH: dict[str, Any] = {
    "categories": ["energy/electricity", "home"],
    "area_kind": "radius",
    "country": "GB",
    "postcode": "EH1 1AA",
    "radius_km": "60",
    "keywords": "green power, wind",
    "excluded_keywords": "",
    "budget_min": "1.000,50",
    "budget_max": "",
    "budget_currency": "GBP",
    "capabilities": "",
    "kinds": ["rfp"],
    "mail": "digest",
    "name": "Near",
}


@pytest.fixture
def path(client: Client, supplier: Organisation) -> str:
    """The company's list, opened by its owner."""
    sign_in(client, supplier.memberships.get().user)
    cache.clear()
    return f"/company/{supplier.public_id}/interests/"


def sign_in(client: Client, user: User) -> None:
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")


def text_of(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def post(client: Client, path: str, **fields: Any) -> HttpResponse:
    """Open the form and send it, as a browser does."""
    token = re.search(r'name="once" value="([^"]+)"', text_of(client, path))
    assert token
    answer = client.post(path, {**fields, "once": token[1]})
    assert isinstance(answer, HttpResponse)
    return answer


def test_wish_is_kept_and_told_in_words(client: Client, path: str) -> None:
    assert "Say what you want to hear about" in text_of(client, path)
    assert post(client, f"{path}new/", **WISH)["Location"] == path
    made = Subscription.objects.get()
    assert (made.categories, made.keywords, made.budget_min) == (
        ["energy/electricity", "home"],
        ["green power", "wind"],
        Decimal("1000.50"),
    )
    assert (made.area_kind, made.radius_km, made.mail, made.kinds) == ("radius", 60, "digest", ["rfp"])
    assert made.lat == pytest.approx(55.9, abs=0.2)
    text = text_of(client, path)
    assert "Electricity, House and home" in text
    assert "60 km around Edinburgh, Scotland" in text
    assert "with green power, wind" in text
    assert "worth at least £1,000.50" in text


def test_trying_says_how_many_and_saves_nothing(client: Client, path: str) -> None:
    for _ in range(6):
        emitting.announce(delivery.open_rfp(), type="rfp.published", body={}, match=delivery.facts(lexemes=("wind",)))
    fields = {**WISH, "budget_min": "", "try": ""}
    answer = post(client, f"{path}new/", **fields)
    assert answer.status_code == 200
    assert "These settings would have brought about 5 requests in 30 days." in answer.content.decode()
    none = post(client, f"{path}new/", **{**fields, "keywords": "tide"}).content.decode()
    assert "fewer than three" in none
    assert Subscription.objects.count() == 0


def test_trying_before_a_check_promises_nothing(client: Client, path: str, supplier: Organisation) -> None:
    Check.objects.all().delete()
    text = post(client, f"{path}new/", **WISH, **{"try": ""}).content.decode()
    assert "once an operator has checked who you are" in text
    assert "Ask for the check" in text_of(client, path)


def test_trying_is_limited(client: Client, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rfps.delivery.domain.subscribing.TRIES_AN_HOUR", 1)
    assert post(client, f"{path}new/", **WISH, **{"try": ""}).status_code == 200
    assert post(client, f"{path}new/", **WISH, **{"try": ""}).status_code == 429


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("categories", []),
        ("categories", ["nowhere"]),
        ("postcode", "ZZ99 9ZZ"),
        ("postcode", ""),
        ("radius_km", "3"),
        ("budget_min", "a lot"),
        ("budget_max", "7"),
        ("keywords", "far too many words here"),
        ("mail", "pigeon"),
    ],
)
def test_what_cannot_be_taken_stands_beside_its_field(client: Client, path: str, field: str, value: Any) -> None:
    answer = post(client, f"{path}new/", **{**WISH, field: value})
    assert answer.status_code == 422
    assert f'href="#id_{field}' in answer.content.decode()
    assert Subscription.objects.count() == 0


def test_change_keeps_the_place_when_the_postcode_is_empty(client: Client, path: str, supplier: Organisation) -> None:
    row = delivery.subscription(supplier, area_kind="radius", lat=55.9, lon=-3.2, radius_km=40, webhook=False)
    text = text_of(client, f"{path}{row.public_id}/")
    assert "Now: around Edinburgh, Scotland" in text
    assert re.search(r'value="energy" checked', text)
    post(client, f"{path}{row.public_id}/", **{**WISH, "postcode": "", "radius_km": "80"})
    row.refresh_from_db()
    assert (row.lat, row.lon, row.radius_km, row.webhook, row.name) == (55.9, -3.2, 80, False, "Near")


def test_remove_asks_once_more(client: Client, path: str, supplier: Organisation) -> None:
    row = delivery.subscription(supplier)
    assert "Remove “Energy”?" in text_of(client, f"{path}{row.public_id}/remove/")
    assert post(client, f"{path}{row.public_id}/remove/")["Location"] == path
    row.refresh_from_db()
    assert row.deleted_at
    text_of(client, f"{path}{row.public_id}/", 404)


def test_viewer_reads_and_others_find_nothing(
    client: Client, path: str, supplier: Organisation, attester: Organisation
) -> None:
    row = delivery.subscription(supplier)
    people.member(supplier, viewer := people.person(), "viewer")
    sign_in(client, viewer)
    assert "Change" not in text_of(client, path).partition("<main")[2].partition("</main")[0]
    text_of(client, f"{path}{row.public_id}/", 403)
    text_of(client, f"{path}new/", 403)
    sign_in(client, attester.memberships.get().user)
    text_of(client, path, 404)
    text_of(client, f"/company/{attester.public_id}/interests/", 404)


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_database_a_fixed_number_of_times(
    client: Client, path: str, supplier: Organisation, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        row = delivery.subscription(supplier)
    with django_assert_num_queries(5):
        text_of(client, path)
    with django_assert_num_queries(5):
        text_of(client, f"{path}{row.public_id}/")
