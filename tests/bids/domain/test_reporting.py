"""What a supplier sees of its own offers, and nothing of anybody else's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person
from bids.domain import awarding, reporting
from marketplace.kernel.errors import NotAllowed
from rfps.disclosure.domain import granting
from rfps.disclosure.states import Stage
from rfps.domain import closing
from rfps.models import Rfp
from tests.factories import bids


def outcomes(supplier: Organisation) -> list[list[str]]:
    actor = actor_of_organisation(supplier)
    page = list(reporting.answered(actor))
    return [[str(offer.outcome.value) for offer in row.offers] for row in reporting.rows(page, actor=actor)]


@pytest.mark.parametrize(
    ("state", "facts", "closes_in", "outcome"),
    [
        ("draft", {}, 3, "draft"),
        ("draft", {}, -1, "missed"),
        ("submitted", {}, 3, "standing"),
        ("needs_reconfirm", {}, 3, "needs_reconfirm"),
        ("submitted", {}, -1, "deciding"),
        ("withdrawn", {}, 3, "withdrawn"),
        ("not_awarded", {"awarded_at": timezone.now()}, -1, "lost"),
        ("not_awarded", {}, -1, "deciding"),
        ("not_awarded", {"cancelled_at": timezone.now()}, 3, "no_choice"),
        ("submitted", {}, -60, "no_choice"),
    ],
)
def test_what_became_of_an_offer(
    customer: User, supplier: Organisation, state: str, facts: dict[str, Any], closes_in: int, outcome: str
) -> None:
    published = timezone.now() - timedelta(days=90)
    rfp = bids.request(customer, closes_in=timedelta(days=closes_in), published_at=published, **facts)
    bids.bid(rfp, supplier, state=state)
    assert outcomes(supplier) == [[outcome]]


def test_chosen_confirmed_and_turned_down(customer: User, supplier: Organisation, rival: Organisation) -> None:
    rfp = bids.request(customer, sealing="open", version={"announced": bids.ANNOUNCED})
    bid, other = bids.bid(rfp, supplier), bids.bid(rfp, rival)
    for each in (bid, other):
        granting.grant(each.opportunity, Stage.BIDDER, actor=actor_of_organisation(each.organisation))
    contract = awarding.award(rfp, actor=actor_of_person(customer), bid=bid)
    assert (outcomes(supplier), outcomes(rival)) == ([["won"]], [["lost"]])
    actor = actor_of_organisation(supplier)
    (row,) = reporting.rows(list(reporting.answered(actor)), actor=actor)
    assert (row.offers[0].confirm_by, row.title) == (contract.confirm_by, "Electricity for a flat")
    awarding.decline(contract, actor=actor)
    assert (outcomes(supplier), outcomes(rival)) == ([["turned_down"]], [["deciding"]])


def test_offers_of_one_request_stand_together_and_cost_three_queries(
    customer: User, supplier: Organisation, rival: Organisation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    actor = actor_of_organisation(supplier)
    for wanted in (1, 3):
        while Rfp.objects.count() < wanted:
            rfp = bids.request(customer)
            bids.bid(rfp, supplier)
            bids.bid(rfp, supplier, option=2)
            bids.bid(rfp, rival)
        with django_assert_num_queries(3):
            found = reporting.rows(list(reporting.answered(actor)), actor=actor)
        assert [[offer.bid.option for offer in row.offers] for row in found] == [[1, 2]] * wanted
        assert {offer.bid.organisation_id for row in found for offer in row.offers} == {supplier.pk}


def test_nobody_but_a_supplier_asks(customer: User) -> None:
    with pytest.raises(NotAllowed):
        reporting.answered(actor_of_person(customer))


def test_an_early_close_is_the_deadline(customer: User, supplier: Organisation) -> None:
    rfp = bids.request(customer, version={"announced": bids.ANNOUNCED})
    bids.bid(rfp, supplier)
    closed = closing.close(rfp, actor=actor_of_person(customer))
    actor = actor_of_organisation(supplier)
    (row,) = reporting.rows(list(reporting.answered(actor)), actor=actor)
    assert (row.closes_at, row.phase) == (closed.closed_early_at, "deciding")
