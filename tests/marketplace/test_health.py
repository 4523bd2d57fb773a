"""Alive and ready, as a load balancer asks."""

from __future__ import annotations

import socket
import time
from contextlib import closing
from datetime import timedelta

import pytest
from celery import current_app
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from marketplace import health
from marketplace.celery import app
from rfps.delivery.models import Event, FanoutShard
from rfps.delivery.states import EventType


@pytest.fixture
def broken_broker(monkeypatch, tmp_path):
    monkeypatch.setattr(app.conf, "broker_url", f"redis+socket://{tmp_path}/nothing.sock")


def test_the_project_has_one_celery_app():
    assert current_app._get_current_object() is app


def test_healthz_asks_nobody(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_ready_when_everything_is_there(client, django_assert_num_queries):
    health.own_migrations()
    with django_assert_num_queries(3):
        answer = client.get("/readyz")
    expected = {"status": "ok", "database": "ok", "migrations": "ok", "fan_out": "ok", "broker": "ok"}
    assert (answer.status_code, answer.json()) == (200, expected)
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_pending_migrations_are_503(client):
    MigrationRecorder(connection).record_unapplied("bids", "0001_initial")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["migrations"]) == (503, "pending")
    assert answer.json()["status"] == "unavailable"


@pytest.mark.django_db
def test_a_broker_away_degrades(client, broken_broker):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"], answer.json()["broker"]) == (200, "degraded", "degraded")


@pytest.mark.django_db
def test_a_broker_that_hangs_is_not_waited_for(client, monkeypatch, tmp_path):
    with closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind(str(tmp_path / "hanging.sock"))
        server.listen()
        monkeypatch.setattr(app.conf, "broker_url", f"redis+socket://{tmp_path}/hanging.sock")
        began = time.monotonic()
        assert client.get("/readyz").json()["broker"] == "degraded"
    assert time.monotonic() - began < 2


@pytest.mark.django_db
def test_work_that_waits_too_long_degrades(client):
    event = Event.objects.create(type=EventType.RFP_PUBLISHED, data={})
    FanoutShard.objects.create(event=event, first_supplier=1, last_supplier=9, cursor=0)
    assert client.get("/readyz").json()["fan_out"] == "ok"
    Event.objects.filter(pk=event.pk).update(occurred_at=timezone.now() - timedelta(seconds=61))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"], answer.json()["fan_out"]) == (200, "degraded", "degraded")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_only_reading(client, path):
    assert client.post(path).status_code == 405
