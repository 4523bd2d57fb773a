"""What a supplier reads at each stage, and that every read is in the log."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.datastore.domain import keeping
from accounts.datastore.models import FieldValue
from accounts.domain import checking, sharing
from accounts.models import HouseholdMember, Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import NotAllowed
from rfps.delivery.models import Opportunity
from rfps.disclosure.domain import granting
from rfps.disclosure.domain.reading import disclosed
from rfps.disclosure.models import DisclosureEvent
from rfps.disclosure.policies import visible_disclosures
from rfps.disclosure.states import Stage
from rfps.models import Rfp
from tests.factories import datastore, disclosure

pytestmark = pytest.mark.django_db


@pytest.fixture
def fitting(customer: User, supplier: Organisation) -> Opportunity:
    """The supplier accepted the terms of a customer who keeps all that identifies her."""
    datastore.secrets(customer)
    datastore.value(customer, "energy.kwh_per_year", 3412)
    return disclosure.opportunity(disclosure.request(customer), supplier)


def read(opportunity: Opportunity) -> dict[str, Any]:
    found = disclosed(opportunity, actor=actor_of_organisation(opportunity.organisation))
    return {each["field"]: each["value"] for each in found}


def decade_of_birth() -> dict[str, int]:
    today = timezone.now().date()
    age = today.year - 1984 - ((today.month, today.day) < (3, 31))
    return {"age_from": age // 10 * 10, "age_to": age // 10 * 10 + 9}


def test_a_bidder_sees_coarse_facts_only(fitting: Opportunity) -> None:
    found = disclosed(fitting, actor=actor_of_organisation(fitting.organisation))
    assert found == [
        {"field": "energy.kwh_per_year", "value": {"from": 3000, "to": 3999, "unit": "kWh"}, "stage": "S1"},
        {"field": "identity.birth_date", "value": decade_of_birth(), "stage": "S1"},
    ]


def test_nothing_that_identifies_goes_out_before_the_award(customer: User, fitting: Opportunity) -> None:
    seen = json.dumps(read(fitting))
    granting.grant(fitting, Stage.SHORTLISTED, actor=actor_of_person(customer))
    shortlisted = read(fitting)
    assert shortlisted["energy.kwh_per_year"] == 3412
    assert shortlisted["home.address"] == {"country": "GB", "district": "EH6"}
    seen += json.dumps(shortlisted)
    for secret in ("Morag", "Quill", "7700", "Leith", "5DT", "1984", "@"):
        assert seen.count(secret) == 0


def test_the_winner_sees_everything_asked_for(customer: User, fitting: Opportunity) -> None:
    granting.grant(fitting, Stage.AWARDED, actor=actor_of_person(customer))
    secrets = {field: datastore.SECRETS[field] for field in disclosure.FIELDS if field in datastore.SECRETS}
    assert read(fitting) == {**secrets, "energy.kwh_per_year": 3412}


def test_what_was_not_asked_for_is_never_shown(customer: User, fitting: Opportunity) -> None:
    granting.grant(fitting, Stage.AWARDED, actor=actor_of_person(customer))
    assert sorted(read(fitting)) == sorted(disclosure.FIELDS)
    assert FieldValue.objects.filter(field="contact.email").count() == 1


def test_every_value_read_is_logged(customer: User, fitting: Opportunity) -> None:
    read(fitting)
    kept = FieldValue.objects.get(field="energy.kwh_per_year")
    logged = DisclosureEvent.objects.get(field="energy.kwh_per_year")
    assert (logged.owner, logged.value, logged.value_version, logged.outcome) == (kept.owner, kept, 1, "read")
    assert logged.ciphertext_sha256 == hashlib.sha256(bytes(kept.ciphertext)).hexdigest()
    assert (logged.organisation, logged.actor_id, logged.stage) == (
        fitting.organisation,
        fitting.organisation.public_id,
        "S1",
    )
    assert DisclosureEvent.objects.count() == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(e::text, ' ') FROM disclosure_disclosureevent e")
        assert cursor.fetchone()[0].count("3412") == 0


def test_without_its_log_nothing_is_read(fitting: Opportunity) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE disclosure_disclosureevent ADD CONSTRAINT stop CHECK (outcome = 'never')")
    with pytest.raises(DatabaseError), transaction.atomic():
        read(fitting)
    assert DisclosureEvent.objects.count() == 0


def test_before_the_terms_nothing_is_shown(customer: User, rival: Organisation) -> None:
    datastore.secrets(customer)
    made = disclosure.opportunity(disclosure.request(customer), rival, accepted=False)
    assert (read(made), DisclosureEvent.objects.count()) == ({}, 0)


def test_others_read_nothing(customer: User, fitting: Opportunity, rival: Organisation) -> None:
    for actor in (actor_of_organisation(rival), actor_of_person(customer), SYSTEM):
        with pytest.raises(NotAllowed):
            disclosed(fitting, actor=actor)
    assert DisclosureEvent.objects.count() == 0


def test_a_withdrawn_value_is_gone_and_the_attempt_logged(customer: User, fitting: Opportunity) -> None:
    kept = FieldValue.objects.get(field="energy.kwh_per_year")
    keeping.withdraw(kept, actor=actor_of_person(customer))
    assert list(read(fitting)) == ["identity.birth_date"]
    blocked = DisclosureEvent.objects.get(outcome="blocked")
    assert (blocked.field, blocked.rule, blocked.value) == ("energy.kwh_per_year", "withdrawn", None)


def test_a_correction_is_what_is_read(customer: User, fitting: Opportunity) -> None:
    kept = FieldValue.objects.get(field="energy.kwh_per_year")
    keeping.correct(kept, actor=actor_of_person(customer), value=5120)
    assert read(fitting)["energy.kwh_per_year"]["from"] == 5000
    assert DisclosureEvent.objects.get(field="energy.kwh_per_year").value_version == 2


def test_after_the_end_attempts_are_logged(customer: User, fitting: Opportunity) -> None:
    granting.end(fitting, cause="lost", actor=actor_of_person(customer))
    assert read(fitting) == {}
    blocked = DisclosureEvent.objects.order_by("id").values_list("field", "outcome", "rule")
    assert list(blocked) == [
        ("energy.kwh_per_year", "blocked", "grant_ended"),
        ("identity.birth_date", "blocked", "grant_ended"),
    ]


@pytest.mark.parametrize(("fact", "rule"), [("cancelled_at", "request_cancelled"), ("ended_at", "request_ended")])
def test_a_request_that_is_over_shows_nothing(fitting: Opportunity, fact: str, rule: str) -> None:
    Rfp.objects.update(**{fact: timezone.now()})
    assert read(fitting) == {}
    assert set(DisclosureEvent.objects.values_list("outcome", "rule")) == {("blocked", rule)}


def test_a_supplier_whose_check_ran_out_reads_nothing(operator: User, fitting: Opportunity) -> None:
    checking.revoke(fitting.organisation.checks.get(), actor=actor_of_person(operator))
    assert read(fitting) == {}
    assert set(DisclosureEvent.objects.values_list("outcome", "rule")) == {("blocked", "not_checked")}


def test_who_declined_reads_nothing(fitting: Opportunity) -> None:
    fitting.declined_at = timezone.now()
    fitting.save()
    assert read(fitting) == {}


def test_facts_of_the_home_come_from_the_household(customer: User, partner: User, supplier: Organisation) -> None:
    shared = datastore.value(partner, "energy.kwh_per_year", 7100)
    fitting = disclosure.opportunity(disclosure.request(customer), supplier)
    assert read(fitting) == {"energy.kwh_per_year": {"from": 7000, "to": 7999, "unit": "kWh"}}
    assert list(visible_disclosures(actor_of_person(partner))) == [DisclosureEvent.objects.get(owner=shared.owner)]
    home = HouseholdMember.objects.get(user=customer).household
    sharing.leave(home, customer, actor=actor_of_person(customer))
    assert read(fitting) == {}
    assert list(visible_disclosures(actor_of_person(customer))) == []


def test_the_partners_own_facts_stay_hers(customer: User, partner: User, supplier: Organisation) -> None:
    datastore.value(partner, "identity.birth_date", date(1990, 1, 1).isoformat())
    assert read(disclosure.opportunity(disclosure.request(customer), supplier)) == {}


def test_the_log_is_the_owners_alone(customer: User, fitting: Opportunity, supplier: Organisation) -> None:
    read(fitting)
    assert visible_disclosures(actor_of_person(customer)).count() == 2
    assert visible_disclosures(actor_of_organisation(supplier)).count() == 0
