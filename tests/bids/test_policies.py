"""Sealing, blindness and ownership, in the querysets that every door uses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person
from bids import policies
from bids.models import Bid
from marketplace.kernel.actors import ANONYMOUS, SYSTEM
from rfps.delivery.models import Opportunity
from tests.factories import bids, people

HOUR = timedelta(hours=1)


def seen(actor: Any) -> list[Bid]:
    return list(policies.visible_bids(actor).order_by("pk"))


def test_a_supplier_sees_its_own_in_every_state_and_no_rivals(
    customer: User, supplier: Organisation, rival: Organisation
) -> None:
    rfp = bids.request(customer)
    own = [bids.bid(rfp, supplier, state=state, option=at + 1) for at, state in enumerate(["draft", "withdrawn"])]
    theirs = bids.bid(rfp, rival)
    assert seen(actor_of_organisation(supplier)) == own
    assert seen(actor_of_organisation(rival)) == [theirs]


@pytest.mark.parametrize(
    ("facts", "open_to_customer"),
    [
        ({"sealing": "sealed", "closes_in": HOUR}, False),
        ({"sealing": "sealed", "closes_in": -HOUR}, True),
        ({"sealing": "open", "closes_in": HOUR}, True),
        ({"closes_in": HOUR, "closed_early_at": timezone.now() - HOUR}, True),
        ({"closes_in": HOUR, "cancelled_at": timezone.now()}, False),
        ({"closes_in": -HOUR, "cancelled_at": timezone.now() - 2 * HOUR}, False),
        ({"closes_in": -HOUR, "cancelled_at": timezone.now()}, True),
        ({"closes_in": -HOUR, "ended_at": timezone.now() - 2 * HOUR, "end_reason": "other"}, False),
        ({"closes_in": -HOUR, "ended_at": timezone.now(), "end_reason": "other"}, True),
        ({"closes_in": timedelta(days=-30)}, True),
    ],
)
def test_a_sealed_bid_is_a_number_until_the_deadline(
    customer: User, supplier: Organisation, facts: dict[str, Any], open_to_customer: bool
) -> None:
    rfp = bids.request(customer, **facts)
    bid = bids.bid(rfp, supplier)
    actor = actor_of_person(customer)
    assert seen(actor) == ([bid] if open_to_customer else [])
    assert policies.is_sealed(rfp) is not open_to_customer
    assert policies.bid_count(actor, rfp) == 1


@pytest.mark.parametrize(
    ("state", "visible"),
    [
        ("draft", False),
        ("submitted", True),
        ("needs_reconfirm", False),
        ("withdrawn", False),
        ("awarded", True),
        ("reserve", True),
        ("not_awarded", True),
    ],
)
def test_the_customer_sees_and_counts_only_what_stands(
    customer: User, supplier: Organisation, state: str, visible: bool
) -> None:
    rfp = bids.request(customer, closes_in=-HOUR)
    bids.bid(rfp, supplier, state=state)
    actor = actor_of_person(customer)
    assert (len(seen(actor)), policies.bid_count(actor, rfp)) == (int(visible), int(visible))


def test_who_declined_after_all_has_no_bid_standing(customer: User, supplier: Organisation) -> None:
    rfp = bids.request(customer, closes_in=-HOUR)
    bid = bids.bid(rfp, supplier)
    Opportunity.objects.filter(pk=bid.opportunity_id).update(declined_at=rfp.closes_at)
    actor = actor_of_person(customer)
    assert (seen(actor), policies.bid_count(actor, rfp)) == ([], 0)
    assert seen(actor_of_organisation(supplier)) == [bid]


def test_the_household_sees_what_belongs_to_the_household_only(
    customer: User, partner: User, supplier: Organisation
) -> None:
    bids.bid(bids.request(customer, closes_in=-HOUR), supplier)
    assert seen(actor_of_person(partner)) == []


def test_nobody_else_sees_a_bid(
    customer: User, supplier: Organisation, outsider: Organisation, attester: Organisation, operator: User
) -> None:
    rfp = bids.request(customer, closes_in=-HOUR)
    bids.bid(rfp, supplier)
    others = [actor_of_person(operator), actor_of_person(people.person()), ANONYMOUS, SYSTEM]
    others += [actor_of_organisation(outsider), actor_of_organisation(attester)]
    assert [seen(actor) for actor in others] == [[]] * 6
    assert [policies.bid_count(actor, rfp) for actor in others] == [0] * 6


def test_a_blind_request_hides_names_until_shortlisted_or_chosen(customer: User, supplier: Organisation) -> None:
    bid = bids.bid(bids.request(customer, blind=True, closes_in=-HOUR), supplier)
    assert policies.shows_supplier(bid) is False
    bid.shortlisted_at = timezone.now()
    assert policies.shows_supplier(bid) is True
    bid.shortlisted_at, bid.state = None, "awarded"
    assert policies.shows_supplier(bid) is True


def test_no_admin_page_holds_a_bid() -> None:
    assert [model.__name__ for model in admin.site._registry if model._meta.app_label == "bids"] == []
