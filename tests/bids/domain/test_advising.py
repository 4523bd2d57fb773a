"""Helping: words, proposals and weights of one's own; the customer's judging stays as it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Organisation, User
from accounts.policies import actor_of_person
from bids.domain import advising, comparing, counting, evaluating, explaining, exporting
from bids.domain.shortlisting import shortlist
from bids.models import Bid, Comment
from bids.policies import bid_count, can_judge, visible_bids
from marketplace.kernel.errors import Conflict, Invalid, NotAllowed
from rfps.domain.sharing import share
from rfps.models import Rfp
from tests.factories import bids

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


def shared(customer: User, way: str, *, closes_in: timedelta = -HOUR) -> Rfp:
    rfp = bids.request(customer, closes_in=closes_in)
    return share(rfp, actor=actor_of_person(customer), sharing=way)


@pytest.fixture
def rfp(customer: User, partner: User) -> Rfp:
    return shared(customer, "help")


@pytest.fixture
def bid(rfp: Rfp, supplier: Organisation) -> Bid:
    return bids.bid(rfp, supplier)


def weights(rfp: Rfp, *values: int) -> dict[str, int]:
    assert rfp.current is not None
    return {str(row.public_id): value for row, value in zip(rfp.current.criteria.all(), values, strict=True)}


def test_who_looks_reads_what_the_customer_reads(customer: User, partner: User, supplier: Organisation) -> None:
    rfp = shared(customer, "look")
    bid = bids.bid(rfp, supplier)
    one, other = actor_of_person(customer), actor_of_person(partner)
    assert comparing.compare(rfp, actor=one) == comparing.compare(rfp, actor=other)
    assert counting.funnel(rfp, actor=one) == counting.funnel(rfp, actor=other)
    assert exporting.as_csv(rfp, actor=one) == exporting.as_csv(rfp, actor=other)
    key = str(bid.public_id)
    assert explaining.explain(rfp, actor=one, key=key) == explaining.explain(rfp, actor=other, key=key)
    with pytest.raises(NotAllowed):
        advising.comment(rfp, actor=other, text="Mine!")


@pytest.mark.parametrize("way", ["none", "look", "help", "decide"])
def test_sealed_stays_sealed(customer: User, partner: User, supplier: Organisation, way: str) -> None:
    rfp = shared(customer, way, closes_in=HOUR)
    bids.bid(rfp, supplier)
    actor = actor_of_person(partner)
    assert list(visible_bids(actor)) == []
    assert bid_count(actor, rfp) == (way != "none")


@pytest.mark.parametrize("way", ["look", "help", "decide"])
def test_the_customers_judging_is_theirs(customer: User, partner: User, supplier: Organisation, way: str) -> None:
    rfp, actor = shared(customer, way), actor_of_person(partner)
    bid = bids.bid(rfp, supplier)
    assert not can_judge(actor, rfp)
    with pytest.raises(NotAllowed):
        evaluating.evaluate(rfp, actor=actor, body={"weights": weights(rfp, 1, 2, 3)})
    with pytest.raises(NotAllowed):
        shortlist(rfp, actor=actor, bid=bid)


def test_own_weights_change_only_ones_own_view(rfp: Rfp, bid: Bid, customer: User, partner: User) -> None:
    one, other = actor_of_person(customer), actor_of_person(partner)
    before = comparing.compare(rfp, actor=one)
    advising.weigh(rfp, actor=other, weights=weights(rfp, 0, 100, 0))
    assert comparing.compare(rfp, actor=one) == before
    mine = advising.compare(rfp, actor=other)
    assert [row["weight"] for row in mine["criteria"]] == [0, 100, 0]
    assert advising.compare(rfp, actor=one, person_id=partner.pk) == mine
    advising.weigh(rfp, actor=other, weights={})
    assert advising.compare(rfp, actor=other) == before


@pytest.mark.parametrize("bad", [[], "x", {"no": 1}, {"": None}])
def test_weights_are_checked(rfp: Rfp, partner: User, bad: Any) -> None:
    with pytest.raises(Invalid):
        advising.weigh(rfp, actor=actor_of_person(partner), weights=bad)


def test_a_proposal_stands_beside_and_can_be_taken_back(rfp: Rfp, bid: Bid, customer: User, partner: User) -> None:
    for proposed in (bid, None):
        advising.propose(rfp, actor=actor_of_person(partner), bid=proposed)
        found = advising.advice(rfp, actor=actor_of_person(customer))
        assert [(row["name"], row["mine"], row["proposed"]) for row in found] == [
            ("Innes Quill", False, proposed.public_id if proposed else None)
        ]


def test_comments_are_read_by_those_who_share(rfp: Rfp, bid: Bid, customer: User, partner: User) -> None:
    advising.comment(rfp, actor=actor_of_person(partner), text=" The notice is long. ", bid=bid)
    advising.comment(rfp, actor=actor_of_person(customer), text="Yes.")
    found = advising.comments(rfp, actor=actor_of_person(customer))
    assert [(row["text"], row["mine"], row["bid"]) for row in found] == [
        ("The notice is long.", False, bid.public_id),
        ("Yes.", True, None),
    ]
    assert b"notice" not in b"".join(bytes(row.sealed_text) for row in Comment.objects.all())


@pytest.mark.parametrize("text", ["", "  ", "x" * 2001])
def test_a_comment_says_something_and_not_too_much(rfp: Rfp, partner: User, text: str) -> None:
    with pytest.raises(Invalid):
        advising.comment(rfp, actor=actor_of_person(partner), text=text)


def test_comments_end(rfp: Rfp, partner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advising, "MOST_COMMENTS", 1)
    advising.comment(rfp, actor=actor_of_person(partner), text="One.")
    with pytest.raises(Conflict):
        advising.comment(rfp, actor=actor_of_person(partner), text="Two.")


def test_a_bid_of_another_request_is_not_proposed(rfp: Rfp, customer: User, partner: User, rival: Organisation) -> None:
    foreign = bids.bid(bids.request(customer, closes_in=-HOUR), rival)
    with pytest.raises(Conflict):
        advising.propose(rfp, actor=actor_of_person(partner), bid=foreign)


def test_reading_costs_the_same_for_many(rfp: Rfp, bid: Bid, partner: User, django_assert_num_queries: Any) -> None:
    actor = actor_of_person(partner)
    for _ in range(2):
        advising.comment(rfp, actor=actor, text="Again.")
        with django_assert_num_queries(3):
            advising.comments(rfp, actor=actor)
