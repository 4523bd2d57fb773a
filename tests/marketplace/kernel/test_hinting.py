"""A broker that is gone or asleep delays nobody."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import pytest
from django.conf import LazySettings

from marketplace.celery import app
from marketplace.kernel import hinting
from rfps.delivery.tasks import fan_out


@pytest.fixture
def broker(settings: LazySettings) -> Iterator[Path]:
    """The address of a broker on a socket that does not exist yet; hints are not paused."""
    known = app.conf.broker_url
    hinting._silent_until[0] = 0.0
    with TemporaryDirectory(prefix="hint") as folder:
        path = Path(folder) / "s"
        app.conf.broker_url = f"redis+socket://{path}"
        yield path
    app.conf.broker_url = known
    hinting._silent_until[0] = 0.0


def test_a_dead_broker_costs_next_to_nothing(broker: Path) -> None:
    began = monotonic()
    assert hinting.hint(fan_out) is False
    assert monotonic() - began < 0.5


def test_a_broker_that_takes_connections_and_is_silent_costs_little_and_once(broker: Path) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(broker))
        silent.listen()
        began = monotonic()
        assert [hinting.hint(fan_out) for _ in range(50)] == [False] * 50
        assert monotonic() - began < 0.5
