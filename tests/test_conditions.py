"""If-Match on every writing operation whose path names something: judged first, and under the lock of the effect."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

import pytest
from django.apps import apps
from django.db import transaction

from bids.models import Award
from marketplace.idempotency.models import StoredAnswer
from rfps.disclosure.models import DisclosureEvent
from tests.racing import race
from tests.rest import Rest
from tests.routes import routes
from tests.world import World, ok

APPS = {"accounts", "audit", "bids", "datastore", "delivery", "disclosure", "idempotency", "mail", "rfps"}
CUSTOMERS = ("rfps/", "blocks/", "data-store/", "questions/")
READABLE = {route for method, route in routes() if method == "GET"}
CONDITIONAL = sorted((method, route) for method, route in routes() if method != "GET" and "<" in route)


@pytest.fixture
def busy(world: World) -> World:
    """Two open bids, a question, what the customer has now, a blocked supplier: every id has something to read."""
    world.subscribe("supplier", "rival")
    world.publish(sealing="open")
    world.bid("supplier", "0.2400")
    world.bid("rival", "0.2600")
    world.ask("supplier")
    ok(world["customer"].put(f"rfps/{world.ids['rfp']}/current/", {"title": "Now", "total": "900.00"}))
    ok(world["customer"].put(f"blocks/{world.ids['supplier']}/"))
    world.learn()
    return world


def door(world: World, route: str) -> Rest:
    return world["customer" if route.startswith(CUSTOMERS) else "supplier"]


def named(route: str) -> str:
    """The resource that the route is about: what answers a GET there, or for an action the one above it."""
    return route if route in READABLE else urljoin(f"/{route}", "..")[1:]


def rows() -> dict[str, list[Any]]:
    """Everything that is stored; a refusal is kept under its key, and nothing else."""
    kept = [model for model in apps.get_models() if model._meta.app_label in APPS and model is not StoredAnswer]
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in kept}


def test_there_are_such_operations() -> None:
    paths = {path for _method, path in CONDITIONAL}
    assert len(CONDITIONAL) >= 27
    assert {named(path) for path in paths} <= READABLE


def test_a_tag_that_is_not_current_stops_every_one_of_them(busy: World) -> None:
    before = rows()
    for method, route in CONDITIONAL:
        answer = door(busy, route).call(method, busy.path(route), {}, If_Match='"old"', Idempotency_Key=f"old-{route}")
        assert (answer.status, answer.body["code"]) == (412, "precondition_failed"), (method, route)
        assert {name: now for name, now in rows().items() if now != before[name]} == {}, (method, route)


def test_the_current_tag_stops_none_of_them(busy: World) -> None:
    for method, route in CONDITIONAL:
        api = door(busy, route)
        tag = api.get(busy.path(named(route))).headers["ETag"]
        with transaction.atomic():
            answer = api.call(method, busy.path(route), {}, If_Match=tag, Idempotency_Key=f"new-{route}")
            transaction.set_rollback(True)
        assert answer.status in (200, 201, 204, 409, 422), (method, route, answer.body)


def test_a_stranger_learns_nothing_by_a_tag(busy: World) -> None:
    for method, route in CONDITIONAL:
        if not route.startswith(("blocks/", "data-store/")):  # everybody has those of their own
            other = busy["partner" if route.startswith(CUSTOMERS) else "outsider"]
            answer = other.call(method, busy.path(route), {}, If_Match='"old"', Idempotency_Key=f"old-{route}")
            assert answer.status == 404, (method, route)


def test_any_tag_is_old_where_there_is_nothing(world: World) -> None:
    path = f"blocks/{world.ids['supplier']}/"
    assert [world["customer"].put(path, If_Match=tag).status for tag in ("*", '"x"')] == [412] * 2
    tag = world["customer"].put(path).headers["ETag"]
    assert world["customer"].put(path, If_Match="*").status == 200
    assert world["customer"].get(path, If_None_Match=tag).status == 304
    assert world["customer"].delete(path, If_Match=tag).status == 204


def test_a_repeated_key_replays_although_the_tag_has_become_old(busy: World) -> None:
    path = f"rfps/{busy.ids['rfp']}/"
    headers = {"If_Match": busy["customer"].get(path).headers["ETag"], "Idempotency_Key": "choice"}
    body = {"bid": busy.ids["bid of supplier"]}
    first, again = [busy["customer"].post(f"{path}award/", body, **headers) for _ in range(2)]
    assert (first.status, again.status, again.body) == (200, 200, first.body)
    assert (again.headers["Idempotent-Replayed"], again.headers["ETag"]) == ("true", first.headers["ETag"])
    assert Award.objects.count() == 1


def test_asking_for_the_tag_is_no_reading_of_the_customers_data(busy: World) -> None:
    path = f"opportunities/{busy.ids['opportunity of supplier']}/"
    tag = busy["supplier"].get(path).headers["ETag"]
    before = DisclosureEvent.objects.count()
    assert busy["supplier"].post(f"{path}confirm-award/", If_Match=tag).status == 409
    assert DisclosureEvent.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_declining_and_changing_the_bid_at_once_wait_for_each_other(busy: World) -> None:
    opportunity, bid = f"opportunities/{busy.ids['opportunity of supplier']}/", f"bids/{busy.ids['bid of supplier']}/"
    for note in ("one", "two", "three"):
        calls = [("PATCH", bid, {"note": note}), ("POST", f"{opportunity}decline/", {})]
        outcomes = race(lambda: Rest(busy["supplier"].key).call(*calls.pop()).status, times=2)  # noqa: B023
        assert sorted(outcomes) in ([200, 200], [200, 409]), note  # who declined first changes nothing more
        ok(busy["supplier"].post(f"{opportunity}accept-terms/", {"terms": "PDC-INTENT"}))
        ok(busy["supplier"].post(f"{bid}submit/", Idempotency_Key=note))


@pytest.mark.django_db(transaction=True)
def test_of_conditional_writes_at_once_one_passes(busy: World) -> None:
    customer, supplier = busy["customer"], busy["supplier"]
    rfp, opportunity = f"rfps/{busy.ids['rfp']}/", f"opportunities/{busy.ids['opportunity of supplier']}/"
    value, bid = "data-store/values/home.postcode/", f"bids/{busy.ids['bid of supplier']}/"
    acts = [
        (customer, "PATCH", value, value, {"value": "EH1 1BB"}),
        (supplier, "PATCH", bid, bid, {"note": "Ask us."}),
        (customer, "PUT", f"{rfp}current/", f"{rfp}current/", {"total": "800.00"}),
        (customer, "PUT", f"{rfp}evaluation/", f"{rfp}evaluation/", {"hidden": [busy.ids["bid of rival"]]}),
        (supplier, "POST", opportunity, f"{opportunity}decline/", {}),
        (customer, "POST", rfp, f"{rfp}award/", {"bid": busy.ids["bid of rival"]}),
    ]
    for api, method, resource, path, body in acts:
        tag = api.get(resource).headers["ETag"]
        calls = [Rest(api.key) for _ in range(4)]
        outcomes = race(lambda: calls.pop().call(method, path, body, If_Match=tag).status, times=4)  # noqa: B023
        assert sorted(outcomes) == [200, 412, 412, 412], path
