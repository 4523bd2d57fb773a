"""The clock's kick and the watch over what is late."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Organisation
from marketplace.kernel.locks import try_lock
from rfps.delivery import tasks
from rfps.delivery.domain import emitting
from rfps.delivery.domain.reconciling import Findings, reconcile
from rfps.delivery.models import Event, FanoutShard, Match
from tests.factories import delivery

pytestmark = pytest.mark.django_db


def publish() -> Event:
    body = {"title": "Power"}
    return emitting.announce(delivery.open_rfp(), type="rfp.published", body=body, match=delivery.facts())


def test_kick_brings_what_waits(supplier: Organisation) -> None:
    publish()
    delivery.subscription(supplier)
    tasks.kick()
    assert Match.objects.count() == 1
    publish()
    delivery.subscription(supplier, rematch_at=Now())
    tasks.kick()
    assert Match.objects.count() == 2


def test_an_empty_kick_asks_once_for_each_kind_of_work(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(5) as asked:  # savepoint, lock, shards, subscriptions, release
        tasks.kick()
    assert "delivery_fanoutshard" in asked.captured_queries[2]["sql"]


def test_only_one_clock_kicks_at_a_time(transactional_db: None, supplier: Organisation) -> None:
    publish()
    delivery.subscription(supplier)

    def kick() -> None:
        tasks.kick()
        connection.close()

    with transaction.atomic():
        assert try_lock("delivery.kick") is True
        other = Thread(target=kick)
        other.start()
        other.join(10)
    assert Match.objects.count() == 0


def test_reconcile_names_what_is_late(caplog: pytest.LogCaptureFixture) -> None:
    publish()
    assert reconcile() == Findings(late=0, poisoned=0)
    assert caplog.text == ""
    Event.objects.update(occurred_at=timezone.now() - timedelta(minutes=5))
    FanoutShard.objects.update(state="poisoned")
    assert reconcile() == Findings(late=1, poisoned=1)
    assert "1 events late, 1 shards given up" in caplog.text
    Event.objects.update(occurred_at=timezone.now() - timedelta(hours=49))
    assert reconcile() == Findings(late=0, poisoned=0)
