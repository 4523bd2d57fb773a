"""Publishing waits for no time-out of a broker, and what was published arrives.

Measured beside publishing with a broker that lives, in the same run. What a sender could wait for: the hint gives up
after ANSWER_SECONDS (0.1) and then asks nobody for PAUSE_SECONDS (2); Celery's own time-out to connect is 4 s, and a
read from a paused broker has none.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from statistics import median

import pytest

from accounts.models import Organisation, User
from accounts.policies import actor_of_person
from marketplace.celery import app
from marketplace.kernel import hinting
from rfps.delivery.models import Event
from rfps.domain import publishing
from tests.factories import delivery, rfps
from tests.faults.engines import Faults, await_true, brought

ROUNDS = 15


class Sender:
    """A process that publishes: its broker, and until when it asks that broker nothing."""

    def __init__(self, url: str, customer: User) -> None:
        self.url, self.customer, self.silent_until = url, customer, 0.0

    def publish(self) -> float:
        """Publish one more; how many seconds it took."""
        draft = rfps.draft(self.customer)
        app.conf.broker_url, hinting._silent_until[0] = self.url, self.silent_until
        began = time.monotonic()
        publishing.publish(draft, actor=actor_of_person(self.customer))
        took = time.monotonic() - began
        self.silent_until = hinting._silent_until[0]
        return took


class Pair:
    """A sender whose broker stays well beside one whose broker may be struck."""

    def __init__(self, well: Sender, struck: Sender) -> None:
        self.well, self.struck = well, struck

    def extra(self, *, asking: bool) -> float:
        """How many seconds longer the struck one takes: the median over rounds in which both publish.

        `asking`: each time it has yet to find out that nobody answers.
        """
        longer = []
        for turn in range(ROUNDS):
            if asking:
                self.struck.silent_until = 0.0
            order = (self.well, self.struck) if turn % 2 else (self.struck, self.well)
            took = {sender: sender.publish() for sender in order}
            longer.append(took[self.struck] - took[self.well])
        return median(longer)


def assert_no_time_out(pair: Pair) -> None:
    """Who asks gives up by the hint's own time-out and not by Celery's; who knows waits not even for that one."""
    assert pair.extra(asking=True) < app.conf.broker_connection_timeout / 2
    assert pair.extra(asking=False) < hinting.ANSWER_SECONDS / 2


@pytest.fixture
def pair(faults: Faults, customer: User, supplier: Organisation, rival: Organisation) -> Iterator[Pair]:
    """Both brokers are well as yet; data files are read and programs warm."""
    delivery.subscription(supplier)
    delivery.subscription(rival, categories=["home"])
    peer = Faults()
    try:
        peer.start_broker()
        made = Pair(Sender(peer.url, customer), Sender(faults.url, customer))
        made.well.publish()
        made.struck.publish()
        yield made
    finally:
        peer.end()


def all_arrived(supplier: Organisation) -> bool:
    return brought() == [(event.pk, supplier.pk) for event in Event.objects.order_by("pk")]


def test_worker_stopped_while_publishing(faults: Faults, pair: Pair, supplier: Organisation) -> None:
    assert_no_time_out(pair)
    assert brought() == []
    faults.start_worker()
    await_true(lambda: all_arrived(supplier), 30)


def test_broker_killed_while_publishing(faults: Faults, pair: Pair, supplier: Organisation) -> None:
    assert faults.broker is not None
    faults.kill(faults.broker)
    assert_no_time_out(pair)
    faults.start_worker()
    faults.start_clock()
    faults.start_broker()
    await_true(lambda: all_arrived(supplier), 40)


def test_broker_paused_while_publishing(faults: Faults, pair: Pair, supplier: Organisation) -> None:
    assert faults.broker is not None
    os.kill(faults.broker.pid, signal.SIGSTOP)
    assert_no_time_out(pair)
    os.kill(faults.broker.pid, signal.SIGCONT)
    faults.start_worker()
    faults.start_clock()
    await_true(lambda: all_arrived(supplier), 40)


def test_worker_and_clock_outlive_a_broker(faults: Faults, pair: Pair, supplier: Organisation) -> None:
    faults.start_worker()
    faults.start_clock()
    await_true(lambda: all_arrived(supplier), 30)
    assert faults.broker is not None
    faults.kill(faults.broker)
    pair.struck.publish()
    faults.start_broker()
    await_true(lambda: all_arrived(supplier), 40)
