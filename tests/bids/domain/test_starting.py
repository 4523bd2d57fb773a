"""How far a new supplier got."""

from __future__ import annotations

from dataclasses import astuple

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.domain import checking
from accounts.models import Organisation, Supplier, User
from accounts.policies import actor_of_organisation, actor_of_person
from bids.domain.starting import progress
from marketplace.kernel.errors import NotAllowed
from rfps.delivery.models import Opportunity
from tests.factories import bids, delivery, people


def steps(organisation: Organisation) -> tuple[bool, ...]:
    return astuple(progress(actor=actor_of_organisation(organisation)))


def test_each_step_by_itself(customer: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    new = people.organisation(checked=False)
    actor = actor_of_organisation(new)
    assert steps(new) == (False, False, False, False, False, False)
    Supplier.objects.filter(organisation=new).update(description="We light Leith.")
    assert steps(new) == (True, False, False, False, False, False)
    checking.ask(new, actor=actor, kind="identity")
    assert steps(new) == (True, True, False, False, False, False)
    people.check(new)
    delivery.subscription(new)
    assert steps(new) == (True, True, True, True, False, False)
    opportunity = bids.opportunity(bids.request(customer), new)
    assert steps(new)[4] is False
    Opportunity.objects.filter(pk=opportunity.pk).update(opened_at=timezone.now())
    bids.bid(opportunity.rfp, new, state="draft")
    assert steps(new) == (True, True, True, True, True, False)
    bids.bid(opportunity.rfp, new, option=2)
    with django_assert_num_queries(1):
        found = progress(actor=actor)
    assert (found.offered, found.done) == (True, True)


def test_what_others_did_counts_for_nobody_else(customer: User, supplier: Organisation, rival: Organisation) -> None:
    delivery.subscription(rival)
    bids.bid(bids.request(customer), rival)
    assert steps(supplier) == (False, False, True, False, False, False)


def test_only_a_supplier_has_steps(customer: User, attester: Organisation) -> None:
    for actor in (actor_of_person(customer), actor_of_organisation(attester)):
        with pytest.raises(NotAllowed):
            progress(actor=actor)
