"""kill -9 of the worker in the middle of a fan-out: nobody is missed, nobody is told twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db.models import Max
from django.db.models.functions import Now

from accounts.models import User
from rfps.delivery.models import Event, FanoutShard, Match, Opportunity
from tests.factories import delivery, rfps
from tests.faults.engines import Faults, await_true, brought

SUPPLIERS = 20_000


def reached(count: int) -> Callable[[], bool]:
    return lambda: Match.objects.count() >= count


def claimed() -> bool:
    return (FanoutShard.objects.aggregate(most=Max("lease_no"))["most"] or 0) > 0


@pytest.mark.timeout(300)
def test_killed_again_and_again(faults: Faults, customer: User) -> None:
    fitting = delivery.crowd(SUPPLIERS)
    rfps.published(customer)
    event = Event.objects.get()
    for moment in (claimed, reached(1), reached(5_001), reached(15_001)):
        worker = faults.start_worker()
        faults.start_clock()
        await_true(moment, 40)
        faults.kill(worker)
        FanoutShard.objects.update(leased_until=Now())  # else each round waits out the 30 s
    faults.start_worker()
    await_true(lambda: Event.objects.get().fanned_out_at is not None, 60)
    assert brought() == [(event.pk, supplier) for supplier in fitting]
    assert Opportunity.objects.count() == SUPPLIERS


@pytest.mark.timeout(300)
def test_a_killed_workers_shard_goes_on_within_its_lease(faults: Faults, customer: User) -> None:
    fitting = delivery.crowd(SUPPLIERS)
    rfps.published(customer)
    worker = faults.start_worker()
    await_true(reached(1), 40)
    faults.kill(worker)
    left = SUPPLIERS - Match.objects.count()
    faults.start_worker()
    faults.start_clock()
    took = await_true(lambda: Event.objects.get().fanned_out_at is not None, 60)
    assert left > 0
    assert took < 45
    assert [supplier for _event, supplier in brought()] == fitting
