"""Suppliers can move a subscription and watch: what they learn by that is no more than S0 says."""

from __future__ import annotations

import random
from typing import Any

import pytest

from accounts.models import User
from rfps.delivery.domain import fanning
from rfps.delivery.models import Event, Match, Subscription
from tests.factories import delivery, people, rfps

pytestmark = pytest.mark.django_db
# Two homes in one cell, two budgets in one band, hidden fields that differ: at S0 they are one request.
ONE = {"area": {"country": "GB", "postcode": "EH1 1AA"}, "budget": "1200.00", "places": 3}
OTHER = {"area": {"country": "GB", "postcode": "EH3 9DR"}, "budget": "1900.00", "places": 8}


def publish(customer: User, area: dict[str, str], budget: str, places: int) -> Event:
    money = {"amount": budget, "currency": "GBP", "disclosure": "band", "binding": False}
    rfp = rfps.published(customer, area=area, budget=money, places=places)
    return Event.objects.get(rfp=rfp)


def probe(dice: random.Random) -> dict[str, Any]:
    """A subscription that feels for the exact place or amount."""
    if dice.random() < 0.5:
        place = {"lat": 55.95 + dice.uniform(-0.5, 0.5), "lon": -3.2 + dice.uniform(-0.8, 0.8)}
        return {"area_kind": "radius", "radius_km": dice.uniform(10, 60), **place}
    low = dice.randint(900, 2100)
    return {"budget_min": low, "budget_max": low + dice.randint(0, 50), "budget_currency": "GBP"}


def shown(event: Event) -> dict[str, Any]:
    """What S0 says, but for the rows' own ids."""
    rows = {name: [{**row, "id": None} for row in event.data[name]] for name in ("lines", "requirements")}
    return {**event.data, **rows, "rfp": None, "closes_at": None, "decides_by": None}


def matched(event: Event) -> set[int]:
    return set(Match.objects.filter(event=event).values_list("organisation_id", flat=True))


def test_a_thousand_probes_tell_no_two_apart_that_are_equal_at_s0(customer: User) -> None:
    dice = random.Random(20)  # noqa: S311 - the same probes every time
    suppliers = delivery.crowd(1000)
    for each in suppliers:
        Subscription.objects.filter(organisation=each).update(**probe(dice))
    one, other = publish(customer, **ONE), publish(people.person(), **OTHER)
    assert shown(one) == shown(other)
    fanning.fan_out()
    assert matched(one) == matched(other)
    assert 0 < len(matched(one)) < 1000
