"""Each fact is shown from its stage on, and direct identifiers stay with the last."""

from __future__ import annotations

import pytest

from accounts.models import User
from accounts.policies import actor_of_person
from marketplace.kernel.errors import Invalid
from rfps.domain import drafting
from rfps.domain.revealing import Sight, left_out, reveal, sights
from rfps.models import Rfp
from tests.factories import datastore
from tests.factories import rfps as make

pytestmark = pytest.mark.django_db


def seen(rfp: Rfp, user: User) -> dict[str, Sight]:
    return {one.field.key: one for one in sights(drafting.content_of(rfp), actor=actor_of_person(user))}


def test_each_fact_says_what_its_stage_sees(customer: User) -> None:
    datastore.value(customer, "energy.kwh_per_year", 3412)
    found = seen(make.draft(customer), customer)
    use, home = found["energy.kwh_per_year"], found["home.address"]
    assert (use.stage, use.shown, use.exact) == ("S1", "3,000 to 3,999\u00a0kWh", "3,412\u00a0kWh")
    assert (use.moves, home.locked, home.moves, home.shown) == (("S3",), True, (), "")


def test_a_fact_moves_and_leaves(customer: User) -> None:
    rfp, actor = make.draft(customer), actor_of_person(customer)
    rfp = reveal(rfp, "energy.kwh_per_year", "S3", actor=actor)
    assert drafting.given_of(rfp)["fields"][0] == {"field": "energy.kwh_per_year", "stage": "S3"}
    rfp = reveal(rfp, "energy.kwh_per_year", "", actor=actor)
    assert [row["field"] for row in drafting.given_of(rfp)["fields"]] == ["home.address"]
    assert "energy.kwh_per_year" in [one.key for one in left_out(drafting.content_of(rfp))]
    rfp = reveal(rfp, "energy.kwh_per_year", "S3", actor=actor)
    assert [row["field"] for row in drafting.given_of(rfp)["fields"]] == ["home.address", "energy.kwh_per_year"]


@pytest.mark.parametrize(("key", "stage"), [("home.address", "S1"), ("nothing", "S3"), ("home.address", "?")])
def test_what_may_not_be_is_refused(customer: User, key: str, stage: str) -> None:
    rfp = make.draft(customer)
    with pytest.raises(Invalid):
        reveal(rfp, key, stage, actor=actor_of_person(customer))
    assert make.again(rfp).revision == rfp.revision


def test_all_that_fit_are_offered_only_what_would_show(customer: User) -> None:
    datastore.value(customer, "plans.start_on", "2030-02-03")
    rfp = make.draft(customer, fields=[{"field": "plans.start_on", "stage": "S1"}])
    assert seen(rfp, customer)["plans.start_on"].moves == ("S0", "S3")


def test_another_s_values_are_not_said(customer: User, partner: User) -> None:
    datastore.value(customer, "identity.birth_date", "1980-02-03")
    rfp = make.draft(customer, owner="household", fields=[{"field": "identity.birth_date", "stage": "S3"}])
    assert seen(rfp, customer)["identity.birth_date"].shown == "3 February 1980"
    assert seen(rfp, partner)["identity.birth_date"].shown == ""
