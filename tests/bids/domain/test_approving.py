"""Deciding together: both say yes, once; and nobody blocks the other for ever."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection

from accounts.domain import sharing as households
from accounts.models import HouseholdMember, Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person, household_of
from bids.domain import approving, awarding
from bids.models import Approval, Award, Bid, Contract
from bids.states import BidState
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import Conflict, NotAllowed
from rfps.disclosure.domain import granting
from rfps.disclosure.states import Stage
from rfps.domain.sharing import share
from rfps.models import Rfp
from rfps.states import Phase
from tests.factories import bids, people
from tests.factories import rfps as make
from tests.racing import race

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def rfp(customer: User, partner: User) -> Rfp:
    return share(bids.request(customer, closes_in=-HOUR), actor=actor_of_person(customer), sharing="decide")


@pytest.fixture
def bid(rfp: Rfp, supplier: Organisation) -> Bid:
    return granted(bids.bid(rfp, supplier))


@pytest.fixture
def other(rfp: Rfp, rival: Organisation) -> Bid:
    return granted(bids.bid(rfp, rival))


def granted(bid: Bid) -> Bid:
    granting.grant(bid.opportunity, Stage.BIDDER, actor=SYSTEM)
    return bid


def approve(rfp: Rfp, user: User, bid: Bid) -> Contract | None:
    return approving.approve(rfp, actor=actor_of_person(user), bid=bid)


def leave(user: User) -> None:
    home = household_of(user)
    assert home is not None
    households.leave(home, user, actor=actor_of_person(user))


def test_the_last_yes_chooses(rfp: Rfp, bid: Bid, other: Bid, customer: User, partner: User) -> None:
    assert (approve(rfp, customer, bid), approve(rfp, partner, other), Award.objects.count()) == (None, None, 0)
    contract = approve(rfp, partner, bid)
    assert contract is not None
    bid.refresh_from_db()
    assert (bid.state, make.again(rfp).phase, Award.objects.count()) == (BidState.AWARDED, Phase.AWARDED, 1)
    assert Approval.objects.count() == 0


def test_the_same_person_twice_is_one_yes(rfp: Rfp, bid: Bid, customer: User) -> None:
    assert [approve(rfp, customer, bid), approve(rfp, customer, bid)] == [None, None]
    found = approving.assent(rfp, [bid])[bid.pk]
    assert (found.approved, len(found.missing)) == ((customer.pk,), 1)


def test_nobody_chooses_alone(rfp: Rfp, bid: Bid, customer: User, partner: User) -> None:
    with pytest.raises(Conflict) as refused:
        awarding.award(rfp, actor=actor_of_person(customer), bid=bid)
    assert refused.value.code == "needs_approval"
    with pytest.raises(NotAllowed):
        awarding.award(rfp, actor=actor_of_person(partner), bid=bid)


@pytest.mark.parametrize("way", ["none", "look", "help"])
def test_only_a_common_decision_is_approved(rfp: Rfp, bid: Bid, customer: User, partner: User, way: str) -> None:
    share(rfp, actor=actor_of_person(customer), sharing=way)
    with pytest.raises(Conflict) as refused:
        approve(rfp, customer, bid)
    assert refused.value.code == "not_shared"
    with pytest.raises((Conflict, NotAllowed)):
        approve(rfp, partner, bid)


def test_strangers_and_suppliers_approve_nothing(rfp: Rfp, bid: Bid, supplier: Organisation) -> None:
    for actor in (actor_of_person(people.person()), actor_of_organisation(supplier), SYSTEM):
        with pytest.raises(NotAllowed):
            approving.approve(rfp, actor=actor, bid=bid)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same", [True, False])
def test_two_yeses_at_once_choose_once(rfp: Rfp, bid: Bid, customer: User, partner: User, same: bool) -> None:
    approve(rfp, customer, bid)
    people_in_turn = iter([partner, partner if same else customer] * 2)
    outcomes = race(lambda: approve(rfp, next(people_in_turn), bid), times=4)
    assert len([each for each in outcomes if isinstance(each, Contract)]) == 1
    assert all(each is None or isinstance(each, Contract | Conflict) for each in outcomes)
    assert (Award.objects.count(), Contract.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_first_yeses_at_once_choose_once(rfp: Rfp, bid: Bid, customer: User, partner: User) -> None:
    both = iter([customer, partner])
    outcomes = race(lambda: approve(rfp, next(both), bid), times=2)
    assert sorted(isinstance(each, Contract) for each in outcomes) == [False, True]
    assert Award.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_leaving_and_approving_at_once_do_not_wait_for_each_other(
    rfp: Rfp, bid: Bid, customer: User, partner: User
) -> None:
    approve(rfp, customer, bid)
    acts = iter([partial(leave, partner), partial(approve, rfp, partner, bid)])

    def act() -> Contract | None:
        return next(acts)()

    outcomes = race(act, times=2)
    assert [each for each in outcomes if isinstance(each, Exception) and not isinstance(each, NotAllowed)] == []
    assert Award.objects.count() == len([each for each in outcomes if isinstance(each, Contract)])


def test_nothing_is_chosen_by_leaving_and_nobody_blocks(rfp: Rfp, bid: Bid, customer: User, partner: User) -> None:
    third = people.person()
    HouseholdMember.objects.create(household=household_of(customer), user=third)
    approve(rfp, customer, bid)
    approve(rfp, third, bid)
    leave(partner)
    assert Award.objects.count() == 0
    assert approve(rfp, customer, bid) is not None


def test_the_last_one_left_chooses_alone_again(rfp: Rfp, bid: Bid, customer: User, partner: User) -> None:
    approve(rfp, partner, bid)
    leave(partner)
    assert Approval.objects.count() == 0
    with pytest.raises(NotAllowed):
        approve(rfp, partner, bid)
    assert awarding.award(rfp, actor=actor_of_person(customer), bid=bid)


def test_who_comes_back_says_yes_again(rfp: Rfp, bid: Bid, customer: User, partner: User) -> None:
    third = people.person()
    home = household_of(customer)
    HouseholdMember.objects.create(household=home, user=third)
    approve(rfp, partner, bid)
    leave(partner)
    HouseholdMember.objects.create(household=home, user=partner)
    assert approving.assent(make.again(rfp), [bid])[bid.pk].approved == ()


def test_a_yes_is_to_the_bid_as_it_stands(rfp: Rfp, bid: Bid, customer: User) -> None:
    approve(rfp, customer, bid)
    newer = bids.bid(rfp, bid.organisation, option=2)
    Bid.objects.filter(pk=newer.pk).update(standing=None, state="draft")
    Bid.objects.filter(pk=bid.pk).update(standing=newer.standing)
    bid.refresh_from_db()
    assert approving.assent(rfp, [bid])[bid.pk].approved == ()


def test_a_yes_can_be_taken_back(rfp: Rfp, bid: Bid, customer: User, partner: User) -> None:
    approve(rfp, customer, bid)
    approving.retract(rfp, actor=actor_of_person(customer), bid=bid)
    assert approve(rfp, partner, bid) is None


def test_ending_the_common_decision_forgets_it(rfp: Rfp, bid: Bid, customer: User, partner: User) -> None:
    approve(rfp, partner, bid)
    for way in ("look", "decide"):
        share(rfp, actor=actor_of_person(customer), sharing=way)
    assert approve(rfp, customer, bid) is None


def test_an_open_request_closes_with_the_last_yes_only(customer: User, partner: User, supplier: Organisation) -> None:
    rfp = bids.request(customer, sealing="open", closes_in=HOUR, version={"announced": bids.ANNOUNCED})
    share(rfp, actor=actor_of_person(customer), sharing="decide")
    bid = granted(bids.bid(rfp, supplier))
    approve(rfp, partner, bid)
    assert make.again(rfp).phase == Phase.OPEN
    approve(rfp, customer, bid)
    assert make.again(rfp).phase == Phase.AWARDED


def test_sealed_bids_are_not_approved(customer: User, partner: User, supplier: Organisation) -> None:
    rfp = bids.request(customer, closes_in=HOUR)
    share(rfp, actor=actor_of_person(customer), sharing="decide")
    with pytest.raises(Conflict) as refused:
        approve(rfp, partner, bids.bid(rfp, supplier))
    assert refused.value.code == "wrong_phase"


def test_the_page_names_who_is_missing(rfp: Rfp, bid: Bid, customer: User, partner: User) -> None:
    approve(rfp, customer, bid)
    found = approving.approvals(rfp, actor=actor_of_person(partner))[bid.public_id]
    assert {way: [(one["name"], one["mine"]) for one in some] for way, some in found.items()} == {
        "approved": [("Morag Sutherland-Quill", False)],
        "missing": [("Innes Quill", True)],
    }
    share(rfp, actor=actor_of_person(customer), sharing="look")
    assert approving.approvals(make.again(rfp), actor=actor_of_person(partner)) == {}


def test_assent_costs_the_same_for_many(rfp: Rfp, bid: Bid, other: Bid, django_assert_num_queries: object) -> None:
    for some in ([bid], [bid, other]):
        with django_assert_num_queries(2):  # type: ignore[operator]
            approving.assent(rfp, some)
    assert connection.vendor == "postgresql"
