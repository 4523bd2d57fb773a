"""The preview shows what would be shown, and says what is missing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.datastore.domain import keeping
from accounts.datastore.domain.owning import owner_for_person, owner_of_facts
from accounts.models import Organisation, User
from accounts.policies import actor_of_person
from marketplace.kernel.clock import database_now
from marketplace.kernel.errors import Invalid
from rfps.domain import blocking, drafting
from rfps.domain.previewing import audience, preview
from tests.factories import delivery
from tests.factories import rfps as make

pytestmark = pytest.mark.django_db


def keep(customer: User, field: str, value: object, *, days_ago: int = 0) -> None:
    keeping.add(
        owner_for_person(customer),
        actor=actor_of_person(customer),
        field=field,
        value=value,
        observed_at=database_now() - timedelta(days=days_ago),
    )


def test_each_stage_shows_its_own_projection(customer: User) -> None:
    keep(customer, "energy.kwh_per_year", 3412)
    keep(customer, "home.address", "12 Rose Street, Edinburgh EH2 2PR")
    rfp = make.draft(customer)
    shown = {
        stage: preview(rfp, stage, actor=actor_of_person(customer))["disclosed"] for stage in ("S0", "S1", "S2", "S3")
    }
    band = {"from": 3000, "to": 3999, "unit": "kWh"}
    assert shown == {
        "S0": [],
        "S1": [{"field": "energy.kwh_per_year", "value": band, "stage": "S1"}],
        "S2": [{"field": "energy.kwh_per_year", "value": 3412, "stage": "S2"}],
        "S3": [
            {"field": "energy.kwh_per_year", "value": 3412, "stage": "S3"},
            {"field": "home.address", "value": "12 Rose Street, Edinburgh EH2 2PR", "stage": "S3"},
        ],
    }


def test_what_is_missing_or_old_is_said(customer: User) -> None:
    keep(customer, "energy.kwh_per_year", 3412, days_ago=366)
    found = preview(make.draft(customer), "S3", actor=actor_of_person(customer))
    assert (found["missing"], found["stale"]) == (["home.address"], ["energy.kwh_per_year"])


def test_a_draft_shows_what_would_be_announced(customer: User) -> None:
    found = preview(make.draft(customer), "S0", actor=actor_of_person(customer))
    assert (found["title"], found["area"]) == (
        "Electricity for a flat",
        {"country": "GB", "label": "Edinburgh, Scotland"},
    )
    assert [row["id"] for row in found["lines"]] == [None, None]


def test_an_empty_draft_can_be_looked_at(customer: User) -> None:
    rfp = drafting.draft(actor=actor_of_person(customer), body={})
    assert preview(rfp, "S3", actor=actor_of_person(customer))["disclosed"] == []
    with pytest.raises(Invalid):
        audience(rfp)


def test_a_published_request_shows_what_was_announced(customer: User) -> None:
    rfp = make.published(customer)
    assert rfp.current is not None
    found = preview(rfp, "S0", actor=actor_of_person(customer))
    assert {name: found[name] for name in rfp.current.announced} == rfp.current.announced


def test_the_audience_counts_who_fits_and_who_is_kept_away(
    customer: User, supplier: Organisation, rival: Organisation, outsider: Organisation
) -> None:
    for organisation in (supplier, rival, outsider):
        delivery.subscription(organisation)
    delivery.subscription(rival, kinds=["rfi"])
    rfp = make.draft(customer)
    assert audience(rfp)["matched"] == 3
    blocking.block(outsider, actor=actor_of_person(customer))
    assert audience(rfp)["matched"] == 2


def test_each_condition_says_how_many_it_keeps_away(customer: User, supplier: Organisation) -> None:
    delivery.subscription(supplier, kinds=["rfi"])
    found = audience(make.draft(customer))
    assert (found["matched"], found["exclusions"]["kind"]) == (0, 1)


def test_a_partner_sees_the_values_of_the_household_and_none_of_the_others(customer: User, partner: User) -> None:
    keep(customer, "identity.birth_date", "1980-02-03")
    home = owner_of_facts(customer, "household")
    keeping.add(home, actor=actor_of_person(partner), field="energy.kwh_per_year", value=3412)
    fields = [{"field": key, "stage": "S3"} for key in ("identity.birth_date", "energy.kwh_per_year")]
    rfp = make.draft(customer, owner="household", fields=fields)
    shown = {user: preview(rfp, "S3", actor=actor_of_person(user))["disclosed"] for user in (customer, partner)}
    assert [each["field"] for each in shown[customer]] == ["identity.birth_date", "energy.kwh_per_year"]
    assert [each["field"] for each in shown[partner]] == ["energy.kwh_per_year"]
