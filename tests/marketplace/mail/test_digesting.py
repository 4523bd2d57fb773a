"""One mail a day: every notice in exactly one, whoever runs it how often."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.domain.noticing import choose_pace
from accounts.models import User
from accounts.policies import actor_of_person
from marketplace.kernel.clock import database_now
from marketplace.mail import notices
from marketplace.mail.digesting import digest, next_morning
from marketplace.mail.models import Digest, Mail, Notice, NoticeSetting
from marketplace.mail.tasks import digest as task
from tests.racing import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def daily(customer: User) -> NoticeSetting:
    return choose_pace(customer, actor=actor_of_person(customer), pace="daily")


def tell(customer: User, number: int) -> None:
    notices.bid_received(customer.pk, rfp_id=UUID(int=7), number=number, sealed=False)


def make_due() -> None:
    NoticeSetting.objects.update(next_at=database_now() - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("after", "zone", "expected"),
    [
        ("2026-03-28T06:59:00+00:00", "Europe/London", "2026-03-28T07:00:00+00:00"),
        ("2026-03-28T07:00:00+00:00", "Europe/London", "2026-03-29T06:00:00+00:00"),
        ("2026-10-24T06:00:00+00:00", "Europe/London", "2026-10-25T07:00:00+00:00"),
        ("2026-06-01T12:00:00+00:00", "Asia/Tokyo", "2026-06-01T22:00:00+00:00"),
    ],
)
def test_the_next_morning_where_the_person_is(after: str, zone: str, expected: str) -> None:
    found = next_morning(datetime.fromisoformat(after), zone)
    assert found.astimezone(ZoneInfo("UTC")).isoformat() == expected


def test_nothing_is_written_before_it_is_due(customer: User, daily: NoticeSetting) -> None:
    tell(customer, 1)
    assert (digest(), Mail.objects.count()) == (0, 0)


def test_a_day_without_news_has_no_mail(daily: NoticeSetting) -> None:
    make_due()
    task()
    daily.refresh_from_db()
    assert (Digest.objects.count(), Mail.objects.count()) == (0, 0)
    assert daily.next_at is not None
    assert daily.next_at > timezone.now()


def test_windows_lie_end_to_end_and_every_notice_is_in_one(customer: User, daily: NoticeSetting) -> None:
    for day in (1, 2):
        tell(customer, 10 * day)
        tell(customer, 10 * day + 1)
        make_due()
        assert (digest(), digest()) == (1, 0)
    first, second = Digest.objects.order_by("pk")
    assert first.until == second.since
    assert [each.notices.count() for each in (first, second)] == [2, 2]
    mail = Mail.objects.order_by("pk").first()
    assert mail is not None
    assert mail.body.count("An offer is in") == mail.body.count(f"/requests/{UUID(int=7)}/") == 2
    assert Notice.objects.filter(digest=None).count() == 0


def test_one_that_came_late_is_in_the_next(customer: User, daily: NoticeSetting) -> None:
    tell(customer, 1)
    make_due()
    digest()
    tell(customer, 2)
    Notice.objects.filter(digest=None).update(occurred_at=timezone.now() - timedelta(days=2))
    make_due()
    assert (digest(), Notice.objects.filter(digest=None).count()) == (1, 0)


def test_what_waits_goes_out_after_a_change_of_mind(customer: User, daily: NoticeSetting) -> None:
    tell(customer, 1)
    choose_pace(customer, actor=actor_of_person(customer), pace="needs_me")
    make_due()
    assert digest() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clocks_write_one_digest(customer: User) -> None:
    choose_pace(customer, actor=actor_of_person(customer), pace="daily")
    tell(customer, 1)
    make_due()
    assert sorted(race(digest, times=3)) == [0, 0, 1]
    assert Mail.objects.count() == 1
