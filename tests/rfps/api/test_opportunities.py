"""What fits a supplier, over REST: what it sees when, and what nobody sees."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.domain import keys
from accounts.models import Organisation, User
from accounts.policies import actor_of_person
from marketplace.kernel.actors import SYSTEM
from rfps.delivery.domain import fanning
from rfps.delivery.models import Opportunity
from rfps.domain import closing
from tests.factories import datastore, delivery, rfps
from tests.rest import Rest

pytestmark = pytest.mark.django_db


def rest(organisation: Organisation) -> Rest:
    return Rest(keys.issue(organisation, actor=SYSTEM)[1])


@pytest.fixture
def path(customer: User, supplier: Organisation) -> str:
    """An opportunity of the supplier, whose customer keeps much that must not leak, and a yearly use."""
    datastore.secrets(customer)
    datastore.value(customer, "energy.kwh_per_year", 3412)
    delivery.subscription(supplier)
    rfps.published(customer)
    fanning.fan_out()
    return f"opportunities/{Opportunity.objects.get(organisation=supplier).public_id}/"


def test_a_row_of_the_list(path: str, supplier: Organisation) -> None:
    known = Opportunity.objects.get()
    (row,) = rest(supplier).get("opportunities/").body["data"]
    assert {name: row[name] for name in ("id", "rfp", "version", "title", "category", "phase", "status")} == {
        "id": str(known.public_id),
        "rfp": str(known.rfp.public_id),
        "version": 1,
        "title": "Electricity for a flat",
        "category": "energy/electricity",
        "phase": "open",
        "status": "new",
    }
    assert (row["closes_at"][-1], row["decides_by"][-1]) == ("Z", "Z")


def test_the_detail_is_the_announcement_and_marks_it_opened(path: str, supplier: Organisation) -> None:
    body = rest(supplier).get(path).body
    known = Opportunity.objects.get()
    announced = known.rfp.current.announced if known.rfp.current else {}
    assert known.opened_at is not None
    assert (body["status"], body["stage"], body["disclosed"]) == ("opened", "S0", [])
    assert (body["lines"], body["requirements"]) == (announced["lines"], announced["requirements"])
    assert [line["title"] for line in body["lines"]] == ["Electricity", "Meter"]
    assert all(row["id"] for row in body["lines"] + body["requirements"])
    assert body["customer"] == str(known.pseudonym)


def test_accepting_the_terms_opens_the_first_stage(path: str, supplier: Organisation) -> None:
    door = rest(supplier)
    assert door.post(f"{path}accept-terms/", {"terms": "SD-BASE"}).status == 422
    accepted = door.post(f"{path}accept-terms/", {"terms": "PDC-INTENT"})
    assert (accepted.status, accepted.body["status"], accepted.body["stage"]) == (200, "accepted", "S1")
    (shown,) = accepted.body["disclosed"]
    assert (shown["field"], shown["stage"]) == ("energy.kwh_per_year", "S1")
    assert door.get(path).body["disclosed"] == [shown]


def test_nothing_of_the_person_before_the_award(path: str, supplier: Organisation) -> None:
    door = rest(supplier)
    answers = [door.get("opportunities/"), door.get(path), door.post(f"{path}accept-terms/", {"terms": "PDC-INTENT"})]
    said = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{64}", "id", json.dumps([answer.body for answer in answers]))
    secrets = ("Morag", "Quill", "quill", "Leith", "EH6", "EH1", "7700", "1984", "personas.example", "3412", "1200.00")
    assert [secret for secret in secrets if secret in said] == []


def test_refusing_and_declining(path: str, supplier: Organisation) -> None:
    door = rest(supplier)
    assert door.post(f"{path}refuse-terms/", {"reason": "No."}).body["status"] == "refused"
    assert door.post(f"{path}decline/").body["status"] == "declined"
    assert door.post(f"{path}decline/", {"reason": "Too far"}).status == 409
    assert door.post(f"{path}decline/", {"reason": 5}).status == 422
    assert door.post(f"{path}decline/", {"cause": "x"}).status == 422


def test_others_see_nothing(path: str, rival: Organisation, outsider: Organisation) -> None:
    for each in (rest(rival), rest(outsider)):
        assert each.get("opportunities/").body["data"] == []
        verbs = ("accept-terms", "refuse-terms", "decline")
        bodies: list[Any] = [{"terms": "PDC-INTENT"}, {}, {}]
        answers = [each.post(f"{path}{verb}/", body) for verb, body in zip(verbs, bodies, strict=True)]
        assert [answer.status for answer in [each.get(path), *answers]] == [404] * 4
    assert Opportunity.objects.get().opened_at is None


def test_readable_after_the_end_as_far_as_announced(path: str, customer: User, supplier: Organisation) -> None:
    door = rest(supplier)
    door.post(f"{path}accept-terms/", {"terms": "PDC-INTENT"})
    closing.cancel(Opportunity.objects.get().rfp, actor=actor_of_person(customer), reason="Found one.")
    body = door.get(path).body
    assert (body["phase"], body["stage"], body["disclosed"]) == ("cancelled", "S4", [])
    assert door.post(f"{path}decline/").status == 409


def test_tags(path: str, supplier: Organisation) -> None:
    door = rest(supplier)
    tag = door.get(path).headers["ETag"]
    assert door.get(path, **{"If-None-Match": tag}).status == 304
    accepted = door.post(f"{path}accept-terms/", {"terms": "PDC-INTENT"}, **{"If-Match": tag})
    assert (accepted.status, accepted.headers["ETag"] == tag) == (200, False)
    assert door.post(f"{path}decline/", **{"If-Match": tag}).status == 412


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_as_often_for_three_as_for_one(
    customer: User, supplier: Organisation, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    delivery.subscription(supplier)
    for _ in range(number):
        rfps.published(customer)
    fanning.fan_out()
    door = rest(supplier)
    door.get("opportunities/")
    with django_assert_num_queries(2):
        assert len(door.get("opportunities/").body["data"]) == number
