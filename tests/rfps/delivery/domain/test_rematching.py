"""A new or changed subscription meets the requests that are open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Organisation
from marketplace.mail.models import Mail
from rfps.delivery.domain import emitting, fanning, rematching
from rfps.delivery.models import Event, Match, Opportunity, Subscription
from rfps.models import Rfp
from tests.factories import delivery

pytestmark = pytest.mark.django_db


def publish(rfp: Rfp, **options: Any) -> Event:
    body = {"title": "Power"}
    event = emitting.announce(rfp, type="rfp.published", body=body, match=delivery.facts(), **options)
    fanning.fan_out()
    return event


def test_open_requests_are_brought_once_and_without_mail(supplier: Organisation) -> None:
    event = publish(delivery.open_rfp())
    publish(delivery.open_rfp(closed_early_at=timezone.now()))
    publish(delivery.open_rfp(cancelled_at=timezone.now()))
    publish(delivery.open_rfp(), excluded=[supplier.pk])
    wish = delivery.subscription(supplier, rematch_at=Now(), mail="instant")
    assert rematching.anything_waits() is True
    assert rematching.rematch() == 1
    assert list(Match.objects.values_list("event", "organisation", "subscriptions")) == [
        (event.pk, supplier.pk, [wish.pk])
    ]
    assert (Opportunity.objects.count(), Mail.objects.count()) == (1, 0)
    assert rematching.rematch() == 0


def test_who_comes_late_hears_of_a_later_deadline_too(supplier: Organisation, rival: Organisation) -> None:
    rfp = delivery.open_rfp()
    first = publish(rfp)
    later = [emitting.announce(rfp, type="rfp.amended", body={"closes_at": "later"}).pk for _ in range(2)]
    emitting.tell([delivery.opportunity(rfp, rival)], type="bid.shortlisted", data={})
    fanning.fan_out()
    delivery.subscription(supplier, rematch_at=Now())
    rematching.rematch()
    told = Match.objects.filter(organisation=supplier).order_by("pk").values_list("event", flat=True)
    assert list(told) == [first.pk, *later]
    assert Opportunity.objects.filter(organisation=supplier).count() == 1


def test_what_does_not_fit_is_not_brought(supplier: Organisation) -> None:
    publish(delivery.open_rfp())
    delivery.subscription(supplier, categories=["home"], rematch_at=Now())
    delivery.subscription(supplier, sandbox=True, rematch_at=Now())
    assert rematching.rematch() == 2
    assert Match.objects.count() == 0


def test_unchecked_suppliers_get_nothing() -> None:
    publish(delivery.open_rfp())
    delivery.subscription(delivery.people.organisation(checked=False), rematch_at=Now())
    rematching.rematch()
    assert Opportunity.objects.count() == 0


def test_a_request_still_being_brought_meets_no_supplier_twice(supplier: Organisation) -> None:
    event = emitting.announce(delivery.open_rfp(), type="rfp.published", body={}, match=delivery.facts())
    delivery.subscription(supplier, rematch_at=Now())
    rematching.rematch()
    fanning.fan_out()
    assert list(Match.objects.values_list("event", "organisation")) == [(event.pk, supplier.pk)]


def test_many_open_requests_come_in_chunks(supplier: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rematching, "CHUNK", 2)
    events = [publish(delivery.open_rfp()).pk for _ in range(3)]
    delivery.subscription(supplier, rematch_at=Now())
    assert rematching.rematch_next() is True
    assert sorted(Match.objects.values_list("event", flat=True)) == events[:2]
    assert rematching.rematch() == 1
    assert sorted(Match.objects.values_list("event", flat=True)) == events


def test_one_that_fails_rests_and_stops_nobody_else(
    supplier: Organisation, rival: Organisation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    publish(delivery.open_rfp())
    bad = delivery.subscription(supplier, rematch_at=timezone.now() - timedelta(hours=1), area_kind="radius",
                                lat=1e308, lon=1e308, radius_km=50)  # fmt: skip
    delivery.subscription(rival, rematch_at=Now())
    assert rematching.rematch() == 2
    assert list(Match.objects.values_list("organisation", flat=True)) == [rival.pk]
    bad.refresh_from_db()
    assert bad.rematch_at is not None
    assert bad.rematch_at > timezone.now()
    assert "was not matched" in caplog.text


def test_a_window_that_opens_later_meets_what_is_open_then(supplier: Organisation) -> None:
    event = publish(delivery.open_rfp())
    opens = timezone.now() + timedelta(days=2)
    wish = delivery.subscription(supplier, rematch_at=Now(), active_from_at=opens)
    assert rematching.rematch() == 1
    wish.refresh_from_db()
    assert (Match.objects.count(), wish.rematch_at) == (0, opens)
    Subscription.objects.update(active_from_at=Now(), rematch_at=Now())
    assert rematching.rematch() == 1
    assert list(Match.objects.values_list("event", "organisation")) == [(event.pk, supplier.pk)]
