"""Every URL of the API as every persona: a new URL without a row fails, and so does every surprise."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.domain import checking, joining, keys
from accounts.models import Organisation, SignIn, User
from accounts.policies import actor_of_member
from tests.access import MATRIX, PAGES
from tests.routes import pages, routes
from tests.world import PERSONAS, World

MOST_QUERIES = 12
OWN = ("customer", "supplier", "operator", "anonymous")  # whose pages have most on them, first
FOREIGN = frozenset({"admin/"})  # Django's own page


def test_every_url_has_a_row() -> None:
    assert sorted(set(MATRIX) ^ set(routes())) == []
    assert sorted(set(PAGES) ^ set(pages())) == []


@pytest.fixture
def deciding(world: World) -> World:
    """A request with two bids, closed: the richest state that a stranger could want to look into."""
    world.subscribe("supplier", "rival")
    world.publish()
    world.bid("supplier", "0.2400")
    world.bid("rival", "0.2600")
    world.ask("supplier")
    assert world["customer"].post(f"rfps/{world.ids['rfp']}/close/").status == 200
    entry = {"title": "A leaflet", "total": "990.00"}
    world.ids["entry"] = world["customer"].post(f"rfps/{world.ids['rfp']}/own-entries/", entry).body["id"]
    world.learn()
    return world


def test_every_persona_gets_what_the_row_says(deciding: World) -> None:
    seen, expected = {}, {}
    for (method, route), row in MATRIX.items():
        path = deciding.path(route)
        for persona, status in zip(PERSONAS, row.split(), strict=True):
            with transaction.atomic():
                answer = deciding[persona].call(method, path, None if method == "GET" else {})
                transaction.set_rollback(True)
            seen[method, route, persona], expected[method, route, persona] = answer.status, int(status)
    assert {each: seen[each] for each in seen if seen[each] != expected[each]} == {}


def standing(supplier: Organisation) -> dict[str, str]:
    """Ids of what an owner of the supplier can open."""
    owner = supplier.memberships.get().user
    actor = actor_of_member(owner, supplier)
    signed_in("supplier")
    made = {
        "invitation": joining.invite(supplier, actor=actor, email="new@people.example", role="viewer"),
        "key": keys.issue(supplier, actor=actor, name="prices")[0],
        "asked": checking.ask(supplier, actor=actor, kind="trade"),
        "person": owner,
        "sign_in": SignIn.objects.latest("pk"),
    }
    return {name: str(row.public_id) for name, row in made.items()}


def signed_in(persona: str) -> Client:
    client = Client()
    if persona != "anonymous":
        client.force_login(
            User.objects.get(email=f"{persona}@personas.example"), backend=settings.AUTHENTICATION_BACKENDS[0]
        )
    return client


def test_every_person_gets_the_pages_that_the_row_says(deciding: World, supplier: Organisation) -> None:
    clients, seen = {persona: signed_in(persona) for persona in PERSONAS}, {}
    deciding.ids |= standing(supplier)
    for route in PAGES:
        path = deciding.page(route)
        seen[route] = " ".join(str(clients[persona].get(path).status_code) for persona in PERSONAS)
    assert {route: seen[route] for route in PAGES if seen[route] != PAGES[route]} == {}


def test_no_page_asks_the_database_more_than_twelve_times(deciding: World, supplier: Organisation) -> None:
    clients, asked = {persona: signed_in(persona) for persona in OWN}, {}
    deciding.ids |= standing(supplier)
    for route, row in PAGES.items():
        answers = dict(zip(PERSONAS, row.split(), strict=True))
        persona = next((each for each in OWN if answers[each] == "200"), None)
        if persona and route not in FOREIGN:
            with CaptureQueriesContext(connection) as found:
                clients[persona].get(deciding.page(route))
            asked[route] = sum("SAVEPOINT" not in query["sql"] for query in found)
    assert {route: count for route, count in asked.items() if count > MOST_QUERIES} == {}
    assert len(asked) > 60
