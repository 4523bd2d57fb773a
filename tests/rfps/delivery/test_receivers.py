"""A supplier that is checked meets what is open."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.domain import checking
from accounts.models import Organisation, User
from marketplace.kernel.actors import SYSTEM
from rfps.delivery.domain import emitting, fanning, rematching
from rfps.delivery.models import Match
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
