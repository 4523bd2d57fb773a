"""What a customer hears while the request waits for offers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from accounts.models import Organisation, User
from accounts.policies import actor_of_person
from bids.domain import waiting
from bids.tasks import wait
from marketplace.mail.models import Mail, Notice
from rfps.models import Rfp
from rfps.states import Phase
from tests.factories import bids, questions
from tests.factories import rfps as make

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def told() -> list[tuple[str, int | None]]:
    return list(Notice.objects.order_by("pk").values_list("kind", "number"))


@pytest.mark.parametrize(("days", "expected"), [(3, 0), (4, 1)])
def test_nobody_yet_after_a_third_of_the_time(customer: User, days: int, expected: int) -> None:
    make.moved_back(make.published(customer), days=days)  # of ten
    assert [waiting.tell_nobody_yet(), waiting.tell_nobody_yet()] == [expected, 0]
    assert told() == [("rfp.nobody_yet", None)] * expected
    assert Mail.objects.count() == expected


def test_not_when_an_offer_stands(customer: User, supplier: Organisation) -> None:
    bid = bids.bid(bids.request(customer), supplier)
    assert waiting.tell_nobody_yet() == 0
    bid.opportunity.declined_at = bid.created_at
    bid.opportunity.save()
    assert waiting.tell_nobody_yet() == 1


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase != Phase.OPEN])
def test_only_while_open(customer: User, phase: Phase) -> None:
    rfp = make.in_phase(customer, phase)
    if phase != Phase.DRAFT:
        Rfp.objects.filter(pk=rfp.pk).update(published_at=F("published_at") - timedelta(days=30))
    assert waiting.tell() == 0


def test_it_is_said_once_even_after_more_time(customer: User) -> None:
    rfp = make.moved_back(make.published(customer), days=5)
    waiting.tell_nobody_yet()
    Rfp.objects.filter(pk=rfp.pk).update(nobody_told_at=None)
    waiting.tell_nobody_yet()
    assert told() == [("rfp.nobody_yet", None)]


def test_the_end_is_near_again_after_more_time(customer: User, supplier: Organisation) -> None:
    rfp = bids.request(customer, sealing="open", closes_in=HOUR)
    bids.bid(rfp, supplier)
    assert [waiting.tell_closing_soon(), waiting.tell_closing_soon()] == [1, 0]
    Rfp.objects.filter(pk=rfp.pk).update(closes_at=F("closes_at") + timedelta(days=2))
    assert waiting.tell_closing_soon() == 0
    Rfp.objects.filter(pk=rfp.pk).update(soon_told_at=F("soon_told_at") - timedelta(days=2))
    Rfp.objects.filter(pk=rfp.pk).update(closes_at=F("closes_at") - timedelta(hours=30))
    assert waiting.tell_closing_soon() == 1
    assert told() == [("rfp.closing_soon", 1)] * 2


@pytest.mark.parametrize(("offers", "expected"), [(0, 1), (1, 0)])
def test_a_sealed_request_tells_no_number_twice_a_day(
    customer: User, supplier: Organisation, offers: int, expected: int
) -> None:
    rfp = bids.request(customer, closes_in=HOUR)
    for _ in range(offers):
        bids.bid(rfp, supplier)
    assert [waiting.tell_closing_soon(), waiting.tell_closing_soon()] == [expected, 0]


@pytest.mark.parametrize(
    ("days", "offers", "expected"), [(3, 0, False), (4, 0, True), (4, 1, False), (12, 0, True), (12, 1, False)]
)
def test_changes_are_offered_when_they_are_due(
    customer: User, supplier: Organisation, days: int, offers: int, expected: bool
) -> None:
    rfp = make.moved_back(make.published(customer), days=days)
    for _ in range(offers):
        bids.bid(rfp, supplier, prices=("0.24", "1.00"))
    assert bool(waiting.offered(rfp, actor=actor_of_person(customer))) == expected


@pytest.mark.parametrize("phase", [Phase.DRAFT, Phase.AWARDED, Phase.ENDED, Phase.CANCELLED])
def test_other_phases_need_no_changes(customer: User, phase: Phase) -> None:
    assert waiting.offered(make.in_phase(customer, phase), actor=actor_of_person(customer)) == []


def test_the_clock_sees_to_it(customer: User) -> None:
    bids.request(customer, closes_in=HOUR)
    wait()
    wait()
    assert sorted(told()) == [("rfp.closing_soon", 0), ("rfp.nobody_yet", None)]


@pytest.mark.parametrize("offers", [0, 1])
def test_the_last_day_warns_of_questions_without_an_answer(customer: User, supplier: Organisation, offers: int) -> None:
    rfp = make.published(customer)
    questions.on(rfp, supplier)
    questions.on(rfp, supplier, "And the cellar?", answer="Dry.")
    for _ in range(offers):
        bids.bid(rfp, supplier, prices=("0.24", "1.00"))
    make.moved_back(rfp, days=9, hours=2)
    Notice.objects.all().delete()
    waiting.tell_closing_soon()
    waiting.tell_closing_soon()
    assert [kind for kind, _number in told()].count("question.asked") == 1
    assert Mail.objects.filter(subject="A question waits for your answer").count() == 1
