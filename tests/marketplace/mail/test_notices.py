"""What the customer is told: that something waits, never what it says; and a mail as soon as they want one."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from accounts.models import User
from marketplace.mail import notices
from marketplace.mail.models import Mail, Notice, NoticeSetting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_once(customer: User) -> None:
    NoticeSetting.objects.create(person=customer, pace="at_once")


def subjects() -> list[str]:
    return list(Mail.objects.order_by("pk").values_list("subject", flat=True))


def test_sealed_offers_are_told_once_a_day_by_number(customer: User) -> None:
    rfp = uuid4()
    for number in (1, 2, 3):
        notices.bid_received(customer.pk, rfp_id=rfp, number=number, sealed=True)
    assert subjects() == ["1 offer is in"]
    Notice.objects.update(dedupe_key="bid.received of yesterday")
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
    notices.nobody_yet(customer.pk, rfp_id=rfp)
    notices.closing_soon(customer.pk, rfp_id=rfp, number=0, closes_at=now)
    notices.approval_asked(customer.pk, rfp_id=rfp, bid_id=uuid4())
    assert Mail.objects.count() == 7
    assert all(f"/requests/{rfp}/" in mail.body for mail in Mail.objects.exclude(subject="Your offers are open"))
    assert [mail.subject for mail in Mail.objects.all() if word in mail.subject + mail.body] == []


@pytest.mark.parametrize(
    ("pace", "mailed", "waiting"),
    [("at_once", 2, 0), ("daily", 0, 2), ("needs_me", 1, 0), (None, 1, 0)],
)
def test_mails_follow_the_settings(customer: User, pace: str | None, mailed: int, waiting: int) -> None:
    NoticeSetting.objects.all().delete()
    if pace:
        NoticeSetting.objects.create(person=customer, pace=pace)
    for _ in range(2):
        notices.award_confirmed(customer.pk, rfp_id=UUID(int=1), contract_id=UUID(int=2))
        notices.award_declined(customer.pk, rfp_id=UUID(int=1), contract_id=UUID(int=2))
    assert (Notice.objects.count(), Mail.objects.count()) == (2, mailed)
    assert Notice.objects.filter(waits=True).count() == waiting


def test_two_people_are_told_of_the_same(customer: User, partner: User) -> None:
    for user in (customer, partner):
        notices.approval_asked(user.pk, rfp_id=UUID(int=1), bid_id=UUID(int=2))
    assert {each.recipient_id for each in Mail.objects.all()} == {customer.pk, partner.pk}


def test_a_notice_says_what_kind_of_thing_and_no_more() -> None:
    columns = {field.name for field in Notice._meta.concrete_fields}
    told = {"person", "kind", "rfp", "number", "occurred_at", "read_at"}
    assert columns == told | {"id", "public_id", "created_at", "dedupe_key", "waits", "digest"}
