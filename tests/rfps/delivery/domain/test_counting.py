"""Counts before publishing and dry runs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Organisation
from rfps.delivery.domain import counting, emitting
from rfps.delivery.models import Event
from tests.factories import delivery, people

pytestmark = pytest.mark.django_db
NONE = {"kind": 0, "area": 0, "budget": 0, "keywords": 0, "capabilities": 0}


def test_each_condition_says_whom_it_alone_keeps_away(supplier: Organisation, rival: Organisation) -> None:
    delivery.subscription(supplier)
    delivery.subscription(supplier, area_kind="remote")  # another subscription of it fits
    delivery.subscription(rival, area_kind="country", country="IE")
    delivery.subscription(people.organisation(), area_kind="radius", lat=51.5, lon=0.0, radius_km=100)
    delivery.subscription(people.organisation(), budget_min=5000, budget_currency="GBP")
    delivery.subscription(people.organisation(), excluded_keywords=["power"])
    delivery.subscription(people.organisation(), kinds=["rfi"])
    delivery.subscription(people.organisation(), kinds=["rfi"], keywords=["solar"])  # two conditions: named by none
    facts = delivery.facts(**delivery.budget("1000", "1000"), lexemes=("power",))
    expected = {"kind": 1, "area": 2, "budget": 1, "keywords": 1, "capabilities": 0}
    assert counting.audience(facts) == counting.Audience(1, expected)


def test_capabilities_keep_away(supplier: Organisation, rival: Organisation) -> None:
    delivery.subscription(supplier, capabilities=["solar", "smart"])
    delivery.subscription(rival)
    audience = counting.audience(delivery.facts(capabilities=("smart",)))
    assert audience == counting.Audience(1, {**NONE, "capabilities": 1})


def test_who_may_not_match_is_not_counted(supplier: Organisation, rival: Organisation) -> None:
    delivery.subscription(supplier)
    delivery.subscription(rival, categories=["home"])
    delivery.subscription(people.organisation(checked=False))
    delivery.subscription(people.organisation(sandbox=True))
    assert counting.audience(delivery.facts(), excluded=[supplier.pk]) == counting.Audience(0, NONE)


@pytest.mark.parametrize(("requests", "shown"), [(0, 0), (2, 0), (3, 5), (7, 5), (8, 10)])
def test_dry_run_counts_requests_to_the_nearest_five(supplier: Organisation, requests: int, shown: int) -> None:
    rfps = [delivery.open_rfp() for _ in range(requests)]
    for rfp in [*rfps, *rfps[:1]]:
        emitting.announce(rfp, type="rfp.published", body={}, match=delivery.facts())
    old = emitting.announce(delivery.open_rfp(), type="rfp.published", body={}, match=delivery.facts())
    Event.objects.filter(pk=old.pk).update(occurred_at=timezone.now() - timedelta(days=31))
    emitting.announce(delivery.open_rfp(), type="rfp.published", body={}, match=delivery.facts(kind="rfi"))
    wish = delivery.subscription(supplier, kinds=["rfp"])
    assert counting.received(wish, days=30) == shown
