"""A supplier that is checked meets what is open."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db.models import F

from accounts.domain import checking
from accounts.models import Check, Organisation, User
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.clock import database_now
from rfps.delivery import tasks
from rfps.delivery.domain import emitting, fanning, rematching
from rfps.delivery.models import Match, Subscription
from tests.factories import delivery, people

pytestmark = pytest.mark.django_db


def test_open_requests_reach_a_supplier_once_it_is_checked(operator: User) -> None:
    newcomer: Organisation = people.organisation(checked=False)
    delivery.subscription(newcomer)
    emitting.announce(delivery.open_rfp(), type="rfp.published", body={}, match=delivery.facts())
    fanning.fan_out()
    assert Match.objects.count() == 0
    today = date.today()  # noqa: DTZ011 - any day around now
    days = {"valid_from_on": today - timedelta(days=2), "valid_until_on": today + timedelta(days=9)}
    checking.check(newcomer, actor=SYSTEM, kind="identity", checked_by=operator, **days)
    assert rematching.rematch() == 1
    assert list(Match.objects.values_list("organisation", flat=True)) == [newcomer.pk]


def test_open_requests_reach_a_supplier_on_the_day_its_check_begins(operator: User) -> None:
    newcomer: Organisation = people.organisation(checked=False)
    wish = delivery.subscription(newcomer)
    emitting.announce(delivery.open_rfp(), type="rfp.published", body={}, match=delivery.facts())
    fanning.fan_out()
    begins = database_now().date() + timedelta(days=3)
    days = {"valid_from_on": begins, "valid_until_on": begins + timedelta(days=9)}
    made = checking.check(newcomer, actor=SYSTEM, kind="identity", checked_by=operator, **days)
    assert rematching.rematch() == 1
    tasks.kick()
    wish.refresh_from_db()
    assert (Match.objects.count(), wish.rematch_at) == (0, datetime.combine(begins, time.min, UTC))
    Check.objects.filter(pk=made.pk).update(valid_from_on=begins - timedelta(days=3))  # the day has come
    Subscription.objects.update(rematch_at=F("rematch_at") - timedelta(days=3))
    tasks.kick()
    assert list(Match.objects.values_list("organisation", flat=True)) == [newcomer.pk]
    wish.refresh_from_db()
    assert wish.rematch_at is None
