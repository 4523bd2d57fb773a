"""Alive and ready, as a load balancer asks."""

from __future__ import annotations

import pytest
from celery import current_app
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from marketplace import health
from marketplace.celery import app


@pytest.fixture
def broken_broker(monkeypatch, tmp_path):
    monkeypatch.setattr(app.conf, "broker_write_url", f"redis+socket://{tmp_path}/nothing.sock")


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


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_only_reading(client, path):
    assert client.post(path).status_code == 405
