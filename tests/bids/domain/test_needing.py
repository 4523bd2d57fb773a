"""What needs the person, in the order in which it does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person
from bids.domain import approving, awarding
from bids.domain.needing import Need, needs
from bids.models import Bid, Contract
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.clock import database_now
from rfps.disclosure.domain import granting
from rfps.disclosure.states import Stage
from rfps.domain.sharing import share
from rfps.models import Rfp
from rfps.states import Phase, Sharing
from tests.factories import bids, questions
from tests.factories import rfps as make

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def of(user: User) -> list[Need]:
    return needs(actor_of_person(user))


def why(user: User) -> list[str]:
    return [need.why.value for need in of(user)]


def decided(customer: User, supplier: Organisation) -> Contract:
    rfp = bids.request(customer, closes_in=-HOUR)
    bid = bids.bid(rfp, supplier)
    granting.grant(bid.opportunity, Stage.BIDDER, actor=SYSTEM)
    return awarding.award(rfp, actor=actor_of_person(customer), bid=bid)


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        (Phase.DRAFT, ["draft"]),
        (Phase.OPEN, []),
        (Phase.DECIDING, ["no_offers"]),
        (Phase.AWARDED, []),
        (Phase.ENDED, []),
        (Phase.CANCELLED, []),
        (Phase.LAPSED, []),
    ],
)
def test_every_phase(customer: User, phase: Phase, expected: list[str]) -> None:
    make.in_phase(customer, phase)
    assert why(customer) == expected


@pytest.mark.parametrize(
    ("facts", "offers", "expected"),
    [
        ({"closes_in": 3 * DAY}, 0, ["nobody_yet"]),
        ({"closes_in": HOUR}, 0, ["closing_soon"]),
        ({"closes_in": HOUR}, 1, []),
        ({"closes_in": -HOUR}, 1, ["choose"]),
        ({"closes_in": -15 * DAY}, 1, ["choice_overdue"]),
        ({"closes_in": -15 * DAY}, 0, ["no_offers"]),
    ],
)
def test_what_a_request_needs(
    customer: User, supplier: Organisation, facts: dict[str, Any], offers: int, expected: list[str]
) -> None:
    rfp = bids.request(customer, **facts)
    for _ in range(offers):
        bids.bid(rfp, supplier)
    assert why(customer) == expected
    assert [need.number for need in of(customer)] == [offers] * len(expected)


def test_before_a_third_of_the_time_nothing_is_missing(customer: User) -> None:
    bids.request(customer, closes_in=200 * DAY)
    assert why(customer) == []


def test_the_days_that_count(customer: User, supplier: Organisation) -> None:
    rfp = bids.request(customer, closes_in=-15 * DAY)
    bids.bid(rfp, supplier)
    assert rfp.decides_by is not None
    assert [need.due_at for need in of(customer)] == [rfp.decides_by + timedelta(days=7)]


def test_after_the_choice(customer: User, supplier: Organisation) -> None:
    contract = decided(customer, supplier)
    assert [(need.why, need.due_at, need.needs_me) for need in of(customer)] == [
        ("confirm_pending", contract.confirm_by, False)
    ]
    awarding.confirm(contract, actor=actor_of_organisation(supplier))
    assert why(customer) == ["confirmed"]
    Contract.objects.update(confirmed_at=database_now() - 15 * DAY)
    assert why(customer) == []


def test_a_no_means_choosing_again(customer: User, supplier: Organisation) -> None:
    awarding.decline(decided(customer, supplier), actor=actor_of_organisation(supplier))
    assert why(customer) == ["choose_again"]


@pytest.mark.parametrize("way", ["none", "look", "help", "decide"])
def test_only_who_decides_is_needed(customer: User, partner: User, supplier: Organisation, way: str) -> None:
    rfp = bids.request(customer, closes_in=-HOUR)
    bids.bid(rfp, supplier)
    share(rfp, actor=actor_of_person(customer), sharing=way)
    assert why(partner) == (["choose"] if way == "decide" else [])


def test_one_yes_asks_for_the_others(customer: User, partner: User, supplier: Organisation) -> None:
    rfp = bids.request(customer, closes_in=-HOUR)
    bid = bids.bid(rfp, supplier)
    share(rfp, actor=actor_of_person(customer), sharing="decide")
    approving.approve(rfp, actor=actor_of_person(customer), bid=bid)
    assert why(customer) == ["approval_pending"]
    assert [(need.why, need.bid, need.owned) for need in of(partner)] == [("approve", bid.public_id, False)]


def test_a_yes_is_asked_for_while_offers_still_come(customer: User, partner: User, supplier: Organisation) -> None:
    rfp = bids.request(customer, sealing="open", closes_in=HOUR)
    bid = bids.bid(rfp, supplier)
    share(rfp, actor=actor_of_person(customer), sharing="decide")
    approving.approve(rfp, actor=actor_of_person(partner), bid=bid)
    assert (why(customer), why(partner)) == (["approve"], ["approval_pending"])


def test_the_soonest_comes_first_and_drafts_last(customer: User, supplier: Organisation, rival: Organisation) -> None:
    make.draft(customer)
    bids.request(customer, closes_in=3 * DAY)
    decided(customer, rival)
    bids.request(customer, closes_in=HOUR)
    bids.bid(bids.request(customer, closes_in=-HOUR), supplier)
    assert why(customer) == ["closing_soon", "nobody_yet", "choose", "confirm_pending", "draft"]


def test_strangers_and_suppliers_need_nothing(customer: User, operator: User, supplier: Organisation) -> None:
    make.draft(customer)
    assert needs(actor_of_organisation(supplier)) == needs(actor_of_person(operator)) == []


def _some(customer: User, supplier: Organisation) -> tuple[Rfp, Bid]:
    rfp = bids.request(customer, closes_in=-HOUR)
    make.draft(customer)
    share(rfp, actor=actor_of_person(customer), sharing="decide")
    return rfp, bids.bid(rfp, supplier)


def test_it_costs_the_same_for_many(
    customer: User, partner: User, supplier: Organisation, django_assert_num_queries: Any
) -> None:
    for _ in range(3):
        _some(customer, supplier)
        with django_assert_num_queries(6):
            needs(actor_of_person(customer))


def test_a_question_that_waits_needs_those_who_may_answer(
    customer: User, partner: User, supplier: Organisation
) -> None:
    rfp = make.published(customer)
    share(rfp, actor=actor_of_person(customer), sharing=Sharing.DECIDE)
    question = questions.on(rfp, supplier)
    questions.on(rfp, supplier, "And the fuse box?")
    (need,) = of(customer)
    assert (need.why, need.number, need.due_at, need.needs_me) == ("answer", 2, rfp.closes_at, True)
    assert of(partner) == []
    questions.told(question, "In the hall.")
    assert [each.number for each in of(customer)] == [1]
    make.moved_back(rfp, days=11)
    assert why(customer) == ["no_offers"]
