"""Every URL of a request as the one with whom it is shared: reading as the customer does, and no verb of theirs."""

from __future__ import annotations

import json

import pytest
from django.db import transaction

from accounts.models import User
from accounts.policies import actor_of_person
from rfps.domain.sharing import share
from rfps.models import Rfp
from tests.access import MATRIX
from tests.world import SECRETS, World

OF_A_REQUEST = [(method, route) for method, route in MATRIX if route.startswith("rfps/<uuid:id>/")]
# The household may know the facts of the home; nothing else of the customer's.
PERSONAL = [str(SECRETS[key]) for key in SECRETS if key.partition(".")[0] in {"identity", "contact"}]


@pytest.fixture
def deciding(world: World) -> World:
    world.subscribe("supplier", "rival")
    world.publish()
    world.bid("supplier", "0.2400")
    assert world["customer"].post(f"rfps/{world.ids['rfp']}/close/").status == 200
    world.learn()
    return world


@pytest.mark.parametrize("way", ["look", "help", "decide"])
def test_reads_what_the_customer_reads_and_does_nothing(deciding: World, customer: User, way: str) -> None:
    rfp = Rfp.objects.get(public_id=deciding.ids["rfp"])
    share(rfp, actor=actor_of_person(customer), sharing=way)
    for method, route in OF_A_REQUEST:
        path = deciding.path(route)
        with transaction.atomic():
            answer = deciding["partner"].call(method, path, None if method == "GET" else {})
            theirs = deciding["customer"].call(method, path, None if method == "GET" else {})
            transaction.set_rollback(True)
        assert [needle for needle in PERSONAL if needle in json.dumps(answer.body)] == [], (method, route)
        if method == "GET":
            assert answer.status == theirs.status, route
        else:
            assert answer.status in {403, 409, 422}, (method, route, answer.status)


def test_no_personal_value_at_any_stage(deciding: World, customer: User) -> None:
    rfp = Rfp.objects.get(public_id=deciding.ids["rfp"])
    share(rfp, actor=actor_of_person(customer), sharing="decide")
    for stage in ("S0", "S1", "S2", "S3"):
        answer = deciding["partner"].get(f"rfps/{rfp.public_id}/preview/?stage={stage}")
        assert answer.status == 200
        assert [needle for needle in PERSONAL if needle in json.dumps(answer.body)] == []
