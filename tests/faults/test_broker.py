"""Publishing never waits for the broker or a worker, and what was published arrives."""

from __future__ import annotations

import os
import signal
import time

import pytest
from django.db import transaction

from accounts.models import Organisation, User
from accounts.policies import actor_of_person
from marketplace.kernel import hinting
from rfps.delivery.models import Event
from rfps.delivery.tasks import fan_out
from rfps.domain import publishing
from rfps.models import Rfp
from tests.factories import delivery, rfps
from tests.faults.engines import Faults, await_true, brought

# Seconds. Not a speed: publishing waits for none of the broker's time-outs (which last from here to for ever),
# however busy the machine is.
AT_ONCE = 3


@pytest.fixture
def draft(faults: Faults, customer: User, supplier: Organisation, rival: Organisation) -> Rfp:
    delivery.subscription(supplier)
    delivery.subscription(rival, categories=["home"])
    with transaction.atomic():  # data files are read once, programs warm up once
        rfps.published(customer)
        transaction.set_rollback(True)
    hinting.hint(fan_out)
    return rfps.draft(customer)


def publish(draft: Rfp) -> float:
    """How many seconds it took."""
    began = time.monotonic()
    publishing.publish(draft, actor=actor_of_person(draft.customer))
    return time.monotonic() - began


def arrived(supplier: Organisation) -> bool:
    return brought() == [(Event.objects.get().pk, supplier.pk)]


def test_worker_stopped_while_publishing(faults: Faults, draft: Rfp, supplier: Organisation) -> None:
    assert publish(draft) < AT_ONCE
    assert brought() == []
    faults.start_worker()
    await_true(lambda: arrived(supplier), 30)


def test_broker_killed_while_publishing(faults: Faults, draft: Rfp, supplier: Organisation) -> None:
    assert faults.broker is not None
    faults.kill(faults.broker)
    assert publish(draft) < AT_ONCE
    faults.start_worker()
    faults.start_clock()
    faults.start_broker()
    await_true(lambda: arrived(supplier), 40)


def test_broker_paused_while_publishing(faults: Faults, draft: Rfp, supplier: Organisation) -> None:
    assert faults.broker is not None
    os.kill(faults.broker.pid, signal.SIGSTOP)
    assert publish(draft) < AT_ONCE
    os.kill(faults.broker.pid, signal.SIGCONT)
    faults.start_worker()
    faults.start_clock()
    await_true(lambda: arrived(supplier), 40)


def test_worker_and_clock_outlive_a_broker(faults: Faults, draft: Rfp, supplier: Organisation, customer: User) -> None:
    faults.start_worker()
    faults.start_clock()
    publish(draft)
    await_true(lambda: len(brought()) == 1, 30)
    assert faults.broker is not None
    faults.kill(faults.broker)
    second = rfps.draft(customer)
    assert publish(second) < AT_ONCE
    faults.start_broker()
    await_true(lambda: len(brought()) == 2, 40)
    assert brought() == [(event.pk, supplier.pk) for event in Event.objects.order_by("pk")]
