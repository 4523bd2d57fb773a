"""Grants, the log and the roster through REST."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
import rfc8785

from accounts.domain import keys
from accounts.models import Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person
from marketplace.kernel.actors import SYSTEM
from rfps.delivery.models import Opportunity
from rfps.disclosure import roster
from rfps.disclosure.domain import granting, reading
from rfps.disclosure.models import Grant
from rfps.disclosure.states import Stage
from tests.factories import datastore, disclosure, people
from tests.rest import Rest

pytestmark = pytest.mark.django_db


def rest(holder: User | Organisation, *scopes: str) -> Rest:
    return Rest(keys.issue(holder, actor=SYSTEM, scopes=scopes or None)[1])


@pytest.fixture
def fitting(customer: User, supplier: Organisation) -> Opportunity:
    """The supplier accepted the terms and read once."""
    datastore.secrets(customer)
    datastore.value(customer, "energy.kwh_per_year", 3412)
    made = disclosure.opportunity(disclosure.request(customer), supplier)
    reading.disclosed(made, actor=actor_of_organisation(supplier))
    return made


def test_both_parties_read_the_same_grant(customer: User, supplier: Organisation, fitting: Opportunity) -> None:
    hers = rest(customer).get("grants/").body["data"]
    assert rest(supplier).get("grants/").body["data"] == hers
    grant = Grant.objects.get()
    assert rest(supplier, "opportunities:read").get(f"grants/{grant.public_id}/").body == hers[0]
    assert (hers[0]["supplier"]["name"], hers[0]["stage"], hers[0]["purpose"]) == (
        "Northlight Energy",
        "S1",
        "prepare_offer",
    )
    assert (hers[0]["terms"]["id"], hers[0]["award_terms"]["id"], hers[0]["ended_at"]) == (
        "PDC-INTENT",
        "SD-BASE",
        None,
    )


def test_nobody_else_reads_it(partner: User, rival: Organisation, attester: Organisation, fitting: Opportunity) -> None:
    path = f"grants/{Grant.objects.get().public_id}/"
    for stranger in (partner, rival):
        assert rest(stranger).get(path).status == 404
        assert rest(stranger).get("grants/").body["data"] == []
    assert rest(attester).get(path).status == 403
    assert Rest().get(path).status == 401


def test_the_log_names_reader_field_and_version_but_no_value(customer: User, fitting: Opportunity) -> None:
    log = rest(customer).get("data-store/disclosures/").body["data"]
    assert [line["field"] for line in log] == ["identity.birth_date", "energy.kwh_per_year"]
    assert {(line["outcome"], line["rule"], line["version"], line["supplier"]["name"]) for line in log} == {
        ("read", None, 1, "Northlight Energy")
    }
    text = json.dumps(log)
    assert [text.count(value) for value in ("3412", "1984")] == [0, 0]


def test_the_log_is_the_owners_alone(partner: User, supplier: Organisation, fitting: Opportunity) -> None:
    shared = rest(partner).get("data-store/disclosures/").body["data"]
    assert [line["field"] for line in shared] == ["energy.kwh_per_year"]  # of their household
    assert rest(people.person()).get("data-store/disclosures/").body["data"] == []
    assert rest(supplier).get("data-store/disclosures/").status == 403


def test_a_blind_request_hides_the_name_until_the_shortlist(customer: User, supplier: Organisation) -> None:
    datastore.value(customer, "energy.kwh_per_year", 3412)
    made = disclosure.opportunity(disclosure.request(customer, blind=True), supplier)
    reading.disclosed(made, actor=actor_of_organisation(supplier))
    api = rest(customer)

    def names() -> set[Any]:
        lists = api.get("grants/").body["data"] + api.get("data-store/disclosures/").body["data"]
        return {line["supplier"]["name"] for line in lists}

    assert (names(), rest(supplier).get("grants/").body["data"][0]["supplier"]["name"]) == ({None}, supplier.name)
    granting.grant(made, Stage.SHORTLISTED, actor=actor_of_person(customer))
    assert names() == {"Northlight Energy"}


def test_lists_cost_the_same(
    customer: User, supplier: Organisation, rival: Organisation, fitting: Opportunity, django_assert_num_queries: Any
) -> None:
    api = rest(customer)
    api.get("grants/")
    for expected in (1, 3):
        with django_assert_num_queries(2):
            assert len(api.get("grants/").body["data"]) == expected
        if expected == 1:
            granting.grant(fitting, Stage.AWARDED, actor=actor_of_person(customer))
            disclosure.opportunity(fitting.rfp, rival)
    with django_assert_num_queries(2):
        assert len(api.get("data-store/disclosures/").body["data"]) == 2


def test_everybody_reads_the_terms() -> None:
    terms = {each["id"]: each for each in Rest().get("terms/").body["data"]}
    assert {"PDC-INTENT", "SD-BASE"} - set(terms) == set()
    for slug, each in terms.items():
        sha256 = each.pop("sha256")
        assert sha256 == roster.agreement(slug).sha256 == hashlib.sha256(rfc8785.dumps(each)).hexdigest()
