"""An event and its work are rows of the caller's transaction."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from accounts.models import Organisation
from rfps.delivery.domain import emitting
from rfps.delivery.models import Epoch, Event, FanoutShard, Match
from rfps.delivery.signals import work_waiting
from rfps.delivery.states import EventType, ShardState
from tests.factories import delivery

pytestmark = pytest.mark.django_db


def announce(rfp: Any, kind: str = EventType.RFP_PUBLISHED, **options: Any) -> Event:
    return emitting.announce(rfp, type=kind, body={"title": "Power"}, **options)


def test_event_holds_the_body_and_the_facts(supplier: Organisation) -> None:
    rfp = delivery.open_rfp()
    facts = delivery.facts(**delivery.budget("1000", "2000"), lexemes=("green", "power"), capabilities=("smart",))
    event = announce(rfp, match=facts, excluded=[7, 7, 3])
    event.refresh_from_db()
    assert event.data == {"title": "Power"}
    assert event.matches_subscriptions is True
    assert event.excluded_organisations == [3, 7]
    assert (event.categories, event.lexemes) == (["energy", "energy/electricity"], ["green", "power"])
    assert (event.budget_low, event.budget_high, event.budget_currency) == (Decimal(1000), Decimal(2000), "GBP")
    assert event.fanned_out_at is None


def test_shards_cover_every_supplier_once(supplier: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emitting, "SUPPLIERS_PER_SHARD", 3)
    last = max(delivery.people.organisation().pk for _ in range(7))
    event = announce(delivery.open_rfp(), match=delivery.facts())
    ranges = FanoutShard.objects.filter(event=event).order_by("id").values_list("first_supplier", "last_supplier")
    covered = [each for first, upto in ranges for each in range(first, upto + 1)]
    assert covered == list(range(1, last + 1))


def test_event_without_facts_matches_no_subscription() -> None:
    event = announce(delivery.open_rfp(sandbox=True), EventType.RFP_CLOSED)
    assert (event.matches_subscriptions, event.sandbox) == (False, True)


def test_nothing_is_left_when_the_caller_fails() -> None:
    rfp = delivery.open_rfp()

    @transaction.atomic
    def publish_and_fail() -> None:
        announce(rfp, match=delivery.facts())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        publish_and_fail()
    assert (Event.objects.count(), FanoutShard.objects.count()) == (0, 0)


def test_hint_goes_out_after_commit_and_its_failure_is_nobodys(django_capture_on_commit_callbacks: Any) -> None:
    heard = []

    def deaf(**kwargs: Any) -> None:
        heard.append(kwargs["sender"])
        raise ConnectionError

    work_waiting.connect(deaf)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            announce(delivery.open_rfp(), match=delivery.facts())
            assert heard == []
    finally:
        work_waiting.disconnect(deaf)
    assert heard == [Event]


def test_cancelling_stops_what_is_on_its_way() -> None:
    rfp, other = delivery.open_rfp(), delivery.open_rfp()
    announce(rfp, match=delivery.facts())
    announce(other, match=delivery.facts())
    announce(rfp, EventType.RFP_CANCELLED)
    states = FanoutShard.objects.order_by("event_id").values_list("event__rfp", "event__type", "state")
    assert list(states) == [
        (rfp.pk, "rfp.published", ShardState.CANCELLED),
        (other.pk, "rfp.published", ShardState.WAITING),
        (rfp.pk, "rfp.cancelled", ShardState.WAITING),
    ]


def test_tell_reaches_known_suppliers_at_once(supplier: Organisation, rival: Organisation) -> None:
    Epoch.objects.create(number=4)
    rfp = delivery.open_rfp()
    told = [delivery.opportunity(rfp, supplier)]
    delivery.opportunity(rfp, rival)
    event = emitting.tell(told, type=EventType.BID_AWARDED, data={"bid": "b"})
    matches = Match.objects.values_list("event", "organisation", "opportunity", "epoch")
    assert list(matches) == [(event.pk, supplier.pk, told[0].pk, 4)]
    assert (event.rfp_id, FanoutShard.objects.count()) == (rfp.pk, 0)
