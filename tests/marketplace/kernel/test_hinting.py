"""A broker that is gone or asleep delays nobody."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

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


def listening(path: Path) -> socket.socket:
    """A broker that takes connections and says nothing, ever."""
    silent = socket.socket(socket.AF_UNIX)
    silent.bind(str(path))
    silent.listen()
    silent.setblocking(False)
    return silent


def asked(silent: socket.socket) -> int:
    """How many connections wait at its door."""
    for count in itertools.count():
        try:
            silent.accept()[0].close()
        except BlockingIOError:
            return count
    raise AssertionError


def test_a_dead_broker_is_not_asked_again_for_a_while(broker: Path) -> None:
    assert hinting.hint(fan_out) is False
    with listening(broker) as back:
        assert [hinting.hint(fan_out) for _ in range(50)] == [False] * 50
        assert asked(back) == 0


def test_a_broker_that_takes_connections_and_is_silent_is_left_alone_after_the_first(broker: Path) -> None:
    """It never answers, so that a sender who waits for it would wait until the test is given up."""
    with listening(broker) as silent:
        assert [hinting.hint(fan_out) for _ in range(50)] == [False] * 50
        assert asked(silent) == 1


def test_a_hint_waits_a_tenth_of_a_second_at_most_and_tries_once() -> None:
    assert hinting.OPTIONS == {"socket_timeout": 0.1, "socket_connect_timeout": 0.1, "max_retries": 0}
