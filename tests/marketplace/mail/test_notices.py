"""The customer's mails: that something waits, never what it says."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import User
from marketplace.mail import notices
from marketplace.mail.models import Mail

pytestmark = pytest.mark.django_db


def subjects() -> list[str]:
    return list(Mail.objects.order_by("pk").values_list("subject", flat=True))


def test_sealed_offers_are_told_once_a_day_by_number(customer: User) -> None:
    rfp = uuid4()
    for number in (1, 2, 3):
        notices.bid_received(customer.pk, rfp_id=rfp, number=number, sealed=True)
    assert subjects() == ["1 offer is in"]
    Mail.objects.update(dedupe_key="bid.received of yesterday")
    notices.bid_received(customer.pk, rfp_id=rfp, number=4, sealed=True)
    assert subjects() == ["1 offer is in", "4 offers are in"]
    assert "stay closed" in Mail.objects.latest("pk").body


def test_open_offers_are_told_each(customer: User) -> None:
    rfp = uuid4()
    for number in (1, 2, 2):
        notices.bid_received(customer.pk, rfp_id=rfp, number=number, sealed=False)
    assert subjects() == ["1 offer is in", "2 offers are in"]


def test_opened_and_due_are_told_once(customer: User) -> None:
    rfp, now = uuid4(), timezone.now()
    for _ in range(2):
        notices.rfp_opened(customer.pk, rfp_id=rfp, number=0, closed_at=now)
        notices.decision_due(customer.pk, rfp_id=rfp, decides_by=now)
    notices.decision_due(customer.pk, rfp_id=rfp, decides_by=now, reminder=2)
    assert subjects() == ["Your offers are open", "Time to choose", "Time to choose"]


@pytest.mark.parametrize("word", ["RFP", "RFI", "S0", "S1", "S2", "S3", "S4", "award", "grant", "attestation"])
def test_mails_speak_plainly(customer: User, word: str) -> None:
    rfp, now = uuid4(), timezone.now()
    notices.bid_received(customer.pk, rfp_id=rfp, number=1, sealed=False)
    notices.rfp_opened(customer.pk, rfp_id=rfp, number=0, closed_at=now)
    notices.rfp_opened(customer.pk, rfp_id=uuid4(), number=3, closed_at=now)
    notices.decision_due(customer.pk, rfp_id=rfp, decides_by=now)
    assert Mail.objects.count() == 4
    assert [mail.subject for mail in Mail.objects.all() if word in mail.subject + mail.body] == []
