"""What the clock sees to, once each, however often it ticks."""

from __future__ import annotations

import pytest

from accounts.models import User
from marketplace.audit.models import AuditRow
from marketplace.mail.models import Mail
from rfps.delivery.models import Event
from rfps.domain import timing
from rfps.models import Rfp
from rfps.states import Phase
from tests.factories import rfps as make

pytestmark = pytest.mark.django_db


def told(rfp: Rfp) -> list[str]:
    return list(Event.objects.filter(rfp=rfp).order_by("pk").values_list("type", flat=True))


def mails(rfp: Rfp) -> list[str]:
    found = Mail.objects.filter(recipient=rfp.customer, dedupe_key__contains=str(rfp.public_id))
    return sorted(found.values_list("kind", flat=True))


def test_a_deadline_is_told_once(customer: User) -> None:
    rfp = make.in_phase(customer, Phase.DECIDING)
    assert [timing.tick(), timing.tick()] == [1, 0]
    assert told(rfp) == ["rfp.published", "rfp.closed"]
    assert make.again(rfp).closing_told_at is not None


@pytest.mark.parametrize("phase", [Phase.DRAFT, Phase.OPEN, Phase.CANCELLED, Phase.ENDED])
def test_nothing_is_due_in_other_phases(phase: Phase, customer: User) -> None:
    make.in_phase(customer, phase)
    assert timing.tick() == 0


def test_a_decision_is_reminded_of_twice(customer: User) -> None:
    rfp = make.moved_back(make.published(customer), days=25)
    assert [timing.remind(), timing.remind()] == [1, 0]
    make.moved_back(rfp, days=4)
    assert [timing.remind(), timing.remind()] == [1, 0]
    assert mails(rfp) == ["decision.due", "decision.due"]


def test_no_reminder_before_the_day(customer: User) -> None:
    make.moved_back(make.published(customer), days=23)
    assert timing.remind() == 0


def test_a_lapse_is_recorded_once_and_after_the_closing(customer: User) -> None:
    rfp = make.in_phase(customer, Phase.LAPSED)
    assert [timing.tick(), timing.tick()] == [2, 0]
    assert told(rfp) == ["rfp.published", "rfp.closed"]
    assert AuditRow.objects.filter(object_id=rfp.public_id, verb="rfp.lapsed").count() == 1
