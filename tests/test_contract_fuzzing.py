"""Every operation under generated requests, right and wrong ones, with keys that work and ids that exist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck
from hypothesis import settings as bounds
from schemathesis.checks import load_all_checks
from schemathesis.config import ChecksConfig, PositiveDataAcceptanceConfig, SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.pytest.lazy import get_all_tests

from tests.world import World

# Content can be well formed and still be refused: a date that has passed, a cursor of somebody else's making.
REFUSED = ["400", "401", "403", "404", "409", "410", "422", "429"]
SUPPLIERS = ("subscriptions", "opportunities", "feed", "bids", "reports")


@pytest.fixture
def furnished(world: World) -> World:
    """One request with two bids and a question."""
    world.subscribe("supplier", "rival")
    world.publish(sealing="open")
    world.bid("supplier", "0.24")
    world.bid("rival", "0.30")
    world.ask("supplier")
    world.learn()
    asked = world["supplier"].get(f"opportunities/{world.ids['opportunity of supplier']}/").body
    world.ids |= {"line": asked["lines"][0]["id"], "requirement": asked["requirements"][0]["id"]}
    world.ids["bid"] = world.ids["bid of supplier"]
    return world


MOST, MOST_CALLS = 4, 30
BOUNDS = bounds(
    max_examples=MOST, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture
def one_connection(furnished: World) -> Iterator[None]:
    """Requests share the test's transaction, as with Django's own client (which puts the signals back)."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def api(one_connection: None) -> Any:
    config = SchemathesisConfig()
    config.projects.default.generation.update(max_examples=MOST, deterministic=True, database="none", no_shrink=True)
    config.projects.default.checks = ChecksConfig(
        positive_data_acceptance=PositiveDataAcceptanceConfig(expected_statuses=["2xx", "304", *REFUSED])
    )
    described = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    schema = schemathesis.openapi.from_dict(described, config=config)
    schema.app = get_wsgi_application()
    return schema


@pytest.mark.timeout(400)
def test_every_operation_keeps_its_promises(api: Any, furnished: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "API_RATE_PER_MINUTE", 10**9)
    load_all_checks()
    broken: dict[str, str] = {}
    calls: Counter[str] = Counter()

    def call(case: Any) -> None:
        calls[case.operation.label] += 1
        if calls[case.operation.label] > MOST_CALLS:
            return
        key = furnish(case, furnished)
        with transaction.atomic():
            try:
                case.call_and_validate(headers={"Authorization": f"Bearer {key}"})
            except FailureGroup as group:
                for failure in group.exceptions:
                    broken.setdefault(
                        f"{case.operation.label}: {failure.title}", f"{failure}\n{case.as_curl_command()}"
                    )
            transaction.set_rollback(True)

    tests = get_all_tests(schema=api, test_func=call, settings=BOUNDS, given_kwargs={})
    for made in tests:
        made.ok()[1]()
    assert list(broken.values()) == []
    assert len(calls) == sum(1 for _ in api.get_all_operations())


def furnish(case: Any, world: World) -> str:
    """Puts ids that exist where any would do; the key of who may."""
    first = case.path.removeprefix("/api/v1/").split("/")[0]
    persona = "supplier" if first in SUPPLIERS else "customer"
    if is_id(case.path_parameters.get("id")):
        case.path_parameters["id"] = world.path_of(persona, f"{first}/<uuid:id>/").split("/")[1]
    if is_id(case.path_parameters.get("supplier")):
        case.path_parameters["supplier"] = world.ids["supplier"]
    case.body = grounded(case.body, world.ids)
    return world[persona].key or ""


def grounded(value: Any, ids: dict[str, str]) -> Any:
    """The body with ids that exist where any would do."""
    if isinstance(value, list):
        return [grounded(each, ids) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: ids[name] if name in ids and is_id(inner) else grounded(inner, ids) for name, inner in value.items()}


def is_id(text: Any) -> bool:
    try:
        return isinstance(text, str) and bool(UUID(text))
    except ValueError:
        return False
