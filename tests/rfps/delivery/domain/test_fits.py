"""The database's matching against the oracle, on random populations."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import Organisation
from rfps.delivery.domain import emitting, fanning
from rfps.delivery.domain.matching import MatchFacts
from rfps.delivery.models import Event, Match, Subscription
from rfps.models import Rfp
from tests.factories import delivery, people
from tests.rfps.delivery import oracle
from tests.rfps.delivery.populations import requests, wishes

pytestmark = pytest.mark.django_db


def announce(rfp: Rfp, facts: MatchFacts, **options: Any) -> Event:
    return emitting.announce(rfp, type="rfp.published", body={"title": "Power"}, match=facts, **options)


def matched(event: Event) -> set[int]:
    return set(Match.objects.filter(event=event).values_list("organisation_id", flat=True))


class FitsTest(TestCase):
    """Four suppliers with up to three subscriptions each."""

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(facts=requests(), wanted=st.lists(st.tuples(st.integers(0, 3), wishes()), max_size=9))
    def test_equals_the_oracle(self, facts: MatchFacts, wanted: list[tuple[int, dict[str, Any]]]) -> None:
        organisations = [people.organisation(sandbox=each % 2 == 1) for each in range(4)]
        for owner, columns in wanted:
            delivery.subscription(organisations[owner], **columns)
        event = announce(delivery.open_rfp(sandbox=facts.sandbox), facts)
        fanning.fan_out()
        now = timezone.now()
        expected: dict[int, list[int]] = {}
        for wish in Subscription.objects.order_by("pk"):
            if oracle.fits(facts, wish, now):
                expected.setdefault(wish.organisation_id, []).append(wish.pk)
        found = Match.objects.filter(event=event).values_list("organisation_id", "subscriptions")
        assert {organisation: sorted(by) for organisation, by in found} == expected

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(facts=requests(), wanted=st.lists(wishes(), min_size=1, max_size=5))
    def test_equal_at_s0_means_equal_matches(self, facts: MatchFacts, wanted: list[dict[str, Any]]) -> None:
        for columns in wanted:
            delivery.subscription(people.organisation(sandbox=facts.sandbox), **columns)
        one = announce(delivery.open_rfp(sandbox=facts.sandbox), facts)
        other = announce(delivery.open_rfp(sandbox=facts.sandbox), replace(facts))
        fanning.fan_out()
        assert matched(one) == matched(other)


def test_only_checked_suppliers_that_are_not_excluded(supplier: Organisation, rival: Organisation) -> None:
    suspended = people.organisation()
    Organisation.objects.filter(pk=suspended.pk).update(suspended_at=timezone.now())
    unchecked, attester = people.organisation(checked=False), people.organisation(kind="attester")
    for each in (supplier, rival, suspended, unchecked, attester):
        delivery.subscription(each)
    event = announce(delivery.open_rfp(), delivery.facts(), excluded=[rival.pk])
    fanning.fan_out()
    assert matched(event) == {supplier.pk}
