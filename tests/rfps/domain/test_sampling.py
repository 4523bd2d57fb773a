"""An example of a request is complete, marked, and in no table."""

from __future__ import annotations

import pytest

from accounts.models import Organisation, User
from accounts.policies import actor_of_organisation
from rfps.delivery.models import Event, Match, Opportunity
from rfps.domain import sampling
from rfps.models import Rfp
from rfps.templates import all_templates
from tests.factories import delivery, rfps

CATEGORIES = [one.category for one in all_templates()]


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_category_with_a_template_has_an_example(db: None, category: str) -> None:
    body = sampling.sample(category)
    assert (body["sample"], body["rfp"], body["area"], body["budget"]) == (True, None, {}, None)
    assert body["title"].startswith("Example: ")
    assert all(body[name] for name in ("need", "lines", "requirements", "fields", "closes_at", "decides_by"))
    assert {row["id"] for row in (*body["lines"], *body["requirements"])} == {None}
    assert {row["stage"] for row in body["fields"]} <= {"S0", "S1"}
    assert "value" not in str([list(row) for row in body["fields"]])


def test_an_example_has_the_members_of_a_real_one(customer: User) -> None:
    real = rfps.published(customer).current
    assert real is not None
    assert set(sampling.sample("energy/electricity")) == {"sample", *real.announced}


def test_it_is_of_what_the_supplier_wants_to_hear_about(supplier: Organisation) -> None:
    actor = actor_of_organisation(supplier)
    assert sampling.sample_for(actor) is None
    delivery.subscription(supplier, categories=["energy"])
    body = sampling.sample_for(actor, country="DE")
    assert body is not None
    assert (body["category"], body["currency"]) == ("energy/electricity", "EUR")
    assert (Rfp.objects.count(), Event.objects.count(), Match.objects.count(), Opportunity.objects.count()) == (
        0,
        0,
        0,
        0,
    )


def test_no_example_once_a_request_fitted(supplier: Organisation) -> None:
    delivery.subscription(supplier)
    delivery.opportunity(delivery.open_rfp(), supplier)
    assert sampling.sample_for(actor_of_organisation(supplier)) is None


def test_a_category_without_template_has_the_general_example(supplier: Organisation) -> None:
    delivery.subscription(supplier, categories=["gone"])
    body = sampling.sample_for(actor_of_organisation(supplier))
    assert body is not None
    assert body["category"] == CATEGORIES[0]
