"""Publishing: all gaps at once, one version and one event, and nothing of the person in what suppliers read."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts.datastore.domain import keeping
from accounts.datastore.domain.owning import owner_for_person
from accounts.models import Organisation, User
from accounts.policies import actor_of_person
from marketplace.kernel.errors import Conflict, Invalid
from rfps.delivery.models import Event, FanoutShard
from rfps.disclosure.models import Terms
from rfps.domain import announcing, blocking, drafting, publishing
from rfps.models import Rfp, RfpVersion
from rfps.states import Phase
from tests.factories import delivery, people
from tests.factories import rfps as make

SECRETS = {
    "identity.full_name": "Morag Sutherland-Quill",
    "identity.birth_date": "1980-02-03",
    "contact.email": "morag@quill.example",
    "contact.phone": "+44 131 496 0123",
    "home.address": "12 Rose Street, Edinburgh EH2 2PR",
    "home.postcode": "EH2 2PR",
    "energy.kwh_per_year": 3412,
}
PUBLISHING = 22  # statements, the two ends of the transaction among them


def keep(customer: User) -> None:
    for field, value in SECRETS.items():
        keeping.add(owner_for_person(customer), actor=actor_of_person(customer), field=field, value=value)


def refused(rfp: Rfp, customer: User) -> Invalid:
    with pytest.raises(Invalid) as error:
        publishing.publish(rfp, actor=actor_of_person(customer))
    assert (make.again(rfp).phase, Event.objects.count(), RfpVersion.objects.count()) == (Phase.DRAFT, 0, 0)
    return error.value


@pytest.mark.django_db
def test_everything_missing_is_said_at_once(customer: User) -> None:
    rfp = drafting.draft(actor=actor_of_person(customer), body={"kind": "rfp"})
    error = refused(rfp, customer)
    assert (error.code, sorted((fault.pointer, fault.code) for fault in error.faults)) == (
        "incomplete",
        [
            (f"/{name}", "required")
            for name in ("area", "category", "closes_at", "criteria", "currency", "lines", "title")
        ],
    )


@pytest.mark.django_db
def test_half_written_rows_are_gaps(customer: User) -> None:
    rows = {
        "lines": [{"title": "Power"}],
        "criteria": [
            {"kind": "total_price", "weight": 0, "best": "1"},
            {"kind": "choice", "weight": 0},
            {"kind": "line_price", "weight": 0, "best": "1", "worst": "2"},
        ],
    }
    error = refused(make.draft(customer, **rows), customer)
    assert [(fault.pointer, fault.code) for fault in error.faults] == [
        ("/lines/0/quantity", "required"),
        ("/criteria/0/worst", "required"),
        ("/criteria/1/requirement", "required"),
        ("/criteria/1/scores", "required"),
        ("/criteria/2/line", "required"),
        ("/criteria", "no_weight"),
    ]


@pytest.mark.django_db
def test_gaps_and_texts_that_give_one_away_are_told_together(customer: User) -> None:
    keep(customer)
    changes = {
        "title": "For Morag Sutherland-Quill",
        "need": "Ring 0131 555 0199",
        "capabilities": ["gas-safe", "morag_sutherland-quill"],
        "lines": [{"title": "12, Rose Street", "quantity": "1", "spec": "EH2 2PR"}],
        "area": None,
    }
    rfp = make.draft(customer, **{**changes, "fields": [], "budget": None, "closes_at": None, "decides_by": None})
    found = {(fault.pointer, fault.code) for fault in refused(rfp, customer).faults}
    assert found == {
        ("/closes_at", "required"),
        ("/title", "own_identifier"),
        ("/need", "contact_in_text"),
        ("/lines/0/title", "own_identifier"),
        ("/lines/0/spec", "own_identifier"),
        ("/capabilities/1", "own_identifier"),
    }


@pytest.mark.django_db
def test_a_deadline_that_went_by_is_told(customer: User) -> None:
    closes_at = make.soon(seconds=3)
    rfp = make.draft(customer, closes_at=closes_at, decides_by=make.soon(days=1))
    connection.cursor().execute("SELECT pg_sleep_until(%s::timestamptz)", [closes_at])
    assert [(fault.pointer, fault.code) for fault in refused(rfp, customer).faults] == [("/closes_at", "past")]


@pytest.mark.django_db
def test_a_deadline_of_seconds_is_long_enough(customer: User) -> None:
    assert make.published(customer, closes_at=make.soon(seconds=5)).phase == Phase.OPEN


@pytest.mark.django_db
def test_what_was_published_stands_in_rows(customer: User) -> None:
    rfp = make.published(customer)
    version = rfp.current
    assert version is not None
    assert [(row.title, row.quantity) for row in version.lines.all()] == [
        ("Electricity", Decimal(3400)),
        ("Meter", Decimal(1)),
    ]
    assert [(row.text, row.level, row.constraint) for row in version.requirements.all()] == [
        ("100 % renewable", "must", {"equals": True}),
        ("Notice period", "should", {"max": 30}),
    ]
    criteria = list(version.criteria.all())
    assert [(row.kind, row.weight, row.best, row.worst) for row in criteria] == [
        ("total_price", 60, "600.00", "1400.00"),
        ("number", 25, "0", "90"),
        ("rating", 15, "", ""),
    ]
    assert criteria[1].requirement == version.requirements.get(position=1)
    assert list(version.fields.values_list("field", "stage")) == [("energy.kwh_per_year", "S1"), ("home.address", "S3")]
    assert (version.budget_amount, version.budget_disclosure, version.cell_label) == (
        1200,
        "band",
        "Edinburgh, Scotland",
    )
    assert Terms.objects.get(slug=version.terms, version=version.terms_version).sha256 == version.terms_sha256


@pytest.mark.django_db
def test_what_was_announced_is_hashed_and_never_changes(customer: User) -> None:
    version = make.published(customer).current
    assert version is not None
    version.refresh_from_db()
    assert version.sha256 == hashlib.sha256(rfc8785.dumps(version.announced)).hexdigest()
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        RfpVersion.objects.filter(pk=version.pk).update(announced={})


@pytest.mark.django_db
def test_the_announced_body(customer: User) -> None:
    keep(customer)
    rfp = make.published(customer, fields=[{"field": "energy.kwh_per_year", "stage": "S1"}])
    event = Event.objects.get(rfp=rfp)
    said, version = event.data, rfp.current
    assert version is not None
    body = drafting.given_of(rfp)
    assert said == {
        "rfp": str(rfp.public_id),
        "version": 1,
        **{name: body[name] for name in ("kind", "title", "need", "category", "currency", "closes_at", "decides_by")},
        **{name: body[name] for name in ("horizon_months", "sealing", "blind", "valid_for_days", "options")},
        "area": {"country": "GB", "label": "Edinburgh, Scotland"},
        "budget": {"disclosure": "band", "currency": "GBP", "binding": False, "from": "1000.00", "to": "2000.00"},
        "capabilities": [],
        "fields": [],
        "terms": {"id": "PDC-INTENT", "version": version.terms_version, "sha256": version.terms_sha256},
        "lines": [
            {"id": str(row.public_id), **said} for row, said in zip(version.lines.all(), body["lines"], strict=True)
        ],
        "requirements": [
            {"id": str(row.public_id), "unit": "", "choices": [], "evidence": False, **said}
            for row, said in zip(version.requirements.all(), body["requirements"], strict=True)
        ],
    }
    assert version.announced == said


@pytest.mark.django_db
def test_nothing_of_the_person_is_announced(customer: User) -> None:
    keep(customer)
    fields = [{"field": key, "stage": "S3"} for key in SECRETS if key != "home.postcode"]
    area = {"country": "GB", "lat": 55.953251, "lon": -3.188267}
    budget = {"amount": "1234.56", "currency": "GBP", "disclosure": "hidden", "binding": True}
    rfp = make.published(
        customer, fields=[*fields, {"field": "home.postcode", "stage": "S0"}], area=area, budget=budget
    )
    said = json.dumps(Event.objects.get(rfp=rfp).data)
    owner = owner_for_person(customer)
    parts = ["Morag", "Sutherland", "1980-", "131 496", "Rose Street", "EH2", "55.95", "3.188", "1234.56"]
    leaks = [*map(str, SECRETS.values()), *parts, customer.email, str(customer.public_id), str(owner.public_id)]
    assert [leak for leak in leaks if leak in said] == []


@pytest.mark.django_db
def test_a_fact_marked_for_all_is_announced_as_its_ladder_shows_it(customer: User) -> None:
    keep(customer)
    rfp = make.published(customer, fields=[{"field": "home.postcode", "stage": "S0"}])
    said = Event.objects.get(rfp=rfp).data["fields"]
    assert said == [{"field": "home.postcode", "stage": "S0", "value": {"country": "GB", "region": "Scotland"}}]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("budget", "shown"),
    [
        ({"disclosure": "hidden"}, None),
        ({}, None),
        ({"disclosure": "exact"}, {"disclosure": "exact", "currency": "GBP", "binding": False, "amount": "1200.00"}),
    ],
)
def test_the_budget_is_told_as_the_person_set_it(budget: dict[str, Any], shown: Any, customer: User) -> None:
    rfp = make.published(customer, budget={"amount": "1200.00", "currency": "GBP", **budget})
    event = Event.objects.get(rfp=rfp)
    ends = (event.budget_low, event.budget_high)
    assert (event.data["budget"], ends) == (shown, (None, None) if shown is None else (Decimal(1200), Decimal(1200)))


@pytest.mark.django_db
def test_matching_knows_the_centre_of_the_cell_only(customer: User) -> None:
    near = [{"country": "GB", "lat": 55.95, "lon": -3.19}, {"country": "GB", "lat": 55.951, "lon": -3.2}]
    events = [Event.objects.get(rfp=make.published(customer, area=area)) for area in near]
    assert (events[0].lat, events[0].lon) == (events[1].lat, events[1].lon)
    assert (events[0].lat, events[0].lon) != (55.95, -3.19)
    assert events[0].categories == ["energy", "energy/electricity"]


@pytest.mark.django_db
def test_blocked_suppliers_and_ones_own_never_hear_of_it(customer: User, supplier: Organisation) -> None:
    own = people.organisation(customer)
    blocking.block(supplier, actor=actor_of_person(customer))
    event = Event.objects.get(rfp=make.published(customer))
    assert event.excluded_organisations == sorted([supplier.pk, own.pk])


@pytest.mark.django_db
@pytest.mark.parametrize("subscriptions", [1, 2_000])
def test_the_cost_does_not_grow_with_the_suppliers(subscriptions: int, customer: User, partner: User) -> None:
    keep(customer)
    delivery.crowd(subscriptions)
    rfp = make.draft(customer, fields=[{"field": "home.postcode", "stage": "S0"}])
    with CaptureQueriesContext(connection) as caught:
        publishing.publish(rfp, actor=actor_of_person(customer))
    assert len(caught) == PUBLISHING


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_publish_once(customer: User) -> None:
    rfp = make.draft(customer)

    def publish(_: int) -> str:
        try:
            return publishing.publish(rfp, actor=actor_of_person(customer)).phase
        except Conflict as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        outcomes = sorted(pool.map(publish, range(20)))
    assert outcomes == [Phase.OPEN, *["wrong_phase"] * 19]
    assert (RfpVersion.objects.count(), Event.objects.count(), FanoutShard.objects.count()) == (1, 1, 1)


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_a_band_holds_the_amount_and_its_ends_are_of_the_series(amount: Decimal) -> None:
    low, high = announcing.band(amount)
    assert low <= amount < high
    assert low == 0 or low.normalize().as_tuple().digits in [(1,), (2,), (5,)]
    assert high.normalize().as_tuple().digits in [(1,), (2,), (5,)]
