"""Requests over REST: statuses, what changed, and what others do not see."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain import keys
from accounts.models import Organisation, User
from accounts.policies import actor_of_person
from marketplace.kernel.actors import SYSTEM
from rfps.domain import drafting
from rfps.models import Block, Rfp
from rfps.states import Phase
from tests.factories import people
from tests.factories import rfps as make
from tests.rest import Rest

pytestmark = pytest.mark.django_db


def door(holder: User | Organisation, **options: Any) -> Rest:
    return Rest(keys.issue(holder, actor=SYSTEM, **options)[1])


@pytest.fixture
def api(customer: User) -> Rest:
    return door(customer)


def test_the_body_comes_back_with_its_facts(api: Rest) -> None:
    body = make.body()
    made = api.post("rfps/", body)
    assert (made.status, {name: made.body[name] for name in body}) == (201, body)
    assert (made.body["phase"], made.body["version"], made.body["published_at"]) == ("draft", None, None)
    assert api.get(f"rfps/{made.body['id']}/").body == made.body


def test_a_published_request_carries_ids_for_its_rows(api: Rest) -> None:
    id_ = api.post("rfps/", make.body()).body["id"]
    answer = api.post(f"rfps/{id_}/publish/")
    assert (answer.status, answer.body["phase"], answer.body["version"]) == (200, "open", 1)
    rfp = Rfp.objects.get(public_id=id_)
    assert rfp.current is not None
    for name in ("lines", "requirements", "criteria"):
        rows = getattr(rfp.current, name).all()
        assert [row["id"] for row in answer.body[name]] == [str(row.public_id) for row in rows]
    plain = [{k: v for k, v in row.items() if k != "id"} for row in answer.body["criteria"]]
    assert plain == make.body()["criteria"]
    assert api.post(f"rfps/{id_}/publish/").body["code"] == "wrong_phase"


def test_four_members_make_a_draft_whose_defaults_can_be_read(api: Rest) -> None:
    body = {"kind": "rfp", "title": "Power", "category": "energy/electricity", "closes_at": make.soon()}
    made = api.post("rfps/", body).body
    assert made["lines"]
    assert made["decides_by"] == make.soon(days=24)[:11] + made["closes_at"][11:]
    refused = api.post(f"rfps/{made['id']}/publish/")
    assert (refused.status, refused.body["code"]) == (422, "incomplete")
    assert {"/area", "/currency"} <= {fault["pointer"] for fault in refused.body["errors"]}


def test_every_fault_is_told_with_its_pointer_and_nothing_is_kept(api: Rest) -> None:
    refused = api.post("rfps/", make.body(kind=1, surprise=1, lines=[{"title": "x", "quantity": "NaN"}]))
    assert (refused.status, sorted(fault["pointer"] for fault in refused.body["errors"])) == (
        422,
        ["/kind", "/lines/0/quantity", "/surprise"],
    )
    assert Rfp.objects.count() == 0


@pytest.mark.parametrize("body", [[], "x", 3, None, {"title": "<script>alert(1)</script>" * 9}])
def test_nonsense_is_refused(api: Rest, body: Any) -> None:
    answer = api.call("POST", "rfps/", raw=b"null") if body is None else api.post("rfps/", body)
    assert answer.status == 422
    assert Rfp.objects.count() == 0


def test_scripts_are_text(api: Rest) -> None:
    text = "<script>alert(1)</script> <b onclick=x>&amp;"
    assert api.post("rfps/", {"title": text, "need": text}).body["title"] == text


def test_a_draft_is_changed_and_discarded(api: Rest) -> None:
    made = api.post("rfps/", make.body())
    id_ = made.body["id"]
    changed = api.patch(f"rfps/{id_}/", {"title": "Another"}, If_Match=made.headers["ETag"])
    assert (changed.status, changed.body) == (200, {**made.body, "title": "Another"})
    late = api.patch(f"rfps/{id_}/", {"title": "Lost"}, If_Match=made.headers["ETag"])
    assert (late.status, api.get(f"rfps/{id_}/").body["title"]) == (412, "Another")
    assert [api.delete(f"rfps/{id_}/").status, api.get(f"rfps/{id_}/").status] == [204, 404]


def test_the_verbs_of_a_published_request(api: Rest) -> None:
    id_ = api.post("rfps/", make.body()).body["id"]
    api.post(f"rfps/{id_}/publish/")
    later = make.soon(days=12)
    extended = api.post(f"rfps/{id_}/extend/", {"closes_at": later})
    assert (extended.status, extended.body["closes_at"]) == (200, later)
    closed = api.post(f"rfps/{id_}/close/", {})
    assert (closed.body["phase"], closed.body["closed_early_at"] is not None) == ("deciding", True)
    ended = api.post(f"rfps/{id_}/end/", {"reason": "too_dear"})
    assert (ended.body["phase"], ended.body["end_reason"]) == ("ended", "too_dear")
    copied = api.post(f"rfps/{id_}/copy/")
    assert (copied.status, copied.body["phase"], copied.body["copy_of"]) == (201, "draft", id_)


def test_cancelling_tells_why(api: Rest, customer: User) -> None:
    id_ = make.published(customer).public_id
    answer = api.post(f"rfps/{id_}/cancel/", {"reason": "We moved."})
    assert (answer.body["phase"], answer.body["cancel_reason"]) == ("cancelled", "We moved.")


@pytest.mark.parametrize(
    ("verb", "body", "pointer"),
    [
        ("extend", {}, "/closes_at"),
        ("extend", {"closes_at": "soon"}, "/closes_at"),
        ("extend", {"closes_at": "2020-01-01T00:00:00Z"}, "/closes_at"),
        ("extend", {"closes_at": "9999-12-31T00:00:00Z"}, "/closes_at"),
        ("end", {}, "/reason"),
        ("end", {"reason": "bored"}, "/reason"),
        ("end", {"reason": ["other"]}, "/reason"),
        ("cancel", {"reason": 3}, "/reason"),
        ("cancel", {"reason": "x" * 501}, "/reason"),
        ("cancel", {"reason": "mail me: m@quill.example"}, "/reason"),
        ("close", {"now": True}, "/now"),
    ],
)
def test_a_verb_refuses_what_it_cannot_take(verb: str, body: Any, pointer: str, api: Rest, customer: User) -> None:
    rfp = make.published(customer)
    answer = api.post(f"rfps/{rfp.public_id}/{verb}/", body)
    assert (answer.status, [fault["pointer"] for fault in answer.body["errors"]]) == (422, [pointer])
    assert make.again(rfp).phase == Phase.OPEN


@pytest.mark.parametrize("verb", ["close", "extend", "cancel", "end"])
def test_a_draft_has_no_end_to_move(verb: str, api: Rest, customer: User) -> None:
    body = {"extend": {"closes_at": make.soon()}, "end": {"reason": "other"}}.get(verb, {})
    answer = api.post(f"rfps/{make.draft(customer).public_id}/{verb}/", body)
    assert (answer.status, answer.body["code"]) == (409, "wrong_phase")


PATHS = ["", "versions/", "preview/", "audience/"]
ACTIONS = ["publish", "close", "extend", "cancel", "end", "copy"]


@pytest.mark.parametrize("who", ["stranger", "operator", "supplier"])
def test_others_find_nothing(who: str, customer: User, operator: User, supplier: Organisation) -> None:
    rfp = make.published(customer)
    other = door({"stranger": people.person, "operator": lambda: operator}[who]()) if who != "supplier" else None
    if other is None:
        other = door(supplier)
    statuses = {other.get(f"rfps/{rfp.public_id}/{path}").status for path in PATHS}
    statuses |= {other.post(f"rfps/{rfp.public_id}/{action}/").status for action in ACTIONS}
    statuses |= {other.patch(f"rfps/{rfp.public_id}/", {}).status, other.delete(f"rfps/{rfp.public_id}/").status}
    assert statuses == ({403} if who == "supplier" else {404})
    assert make.again(rfp).phase == Phase.OPEN


def test_a_key_that_only_reads_writes_nothing(customer: User) -> None:
    rfp, reader = make.draft(customer), door(customer, scopes=["rfps:read"])
    assert reader.get(f"rfps/{rfp.public_id}/").status == 200
    assert [reader.post("rfps/", {}).status, reader.post(f"rfps/{rfp.public_id}/publish/").status] == [403, 403]
    assert make.again(rfp).phase == Phase.DRAFT


def test_an_unknown_id_is_404(api: Rest) -> None:
    assert [api.get(f"rfps/{uuid4()}/").status, api.post(f"rfps/{uuid4()}/publish/").status] == [404, 404]


def test_the_list_holds_own_requests_newest_first(api: Rest, customer: User) -> None:
    made = [make.draft(customer), make.published(customer), make.draft(customer)]
    make.draft(people.person())
    first = api.get("rfps/?limit=2").body
    rest = api.get(f"rfps/?limit=2&cursor={first['next_cursor']}").body
    assert [row["id"] for row in first["data"] + rest["data"]] == [str(rfp.public_id) for rfp in reversed(made)]
    assert (first["has_more"], rest["has_more"], rest["next_cursor"]) == (True, False, None)


@pytest.mark.parametrize("kind", ["draft", "published"])
def test_three_cost_as_many_queries_as_one(kind: str, api: Rest, customer: User) -> None:
    one = {"draft": make.draft, "published": make.published}[kind]
    one(customer)
    api.get("rfps/")  # the key's first use is written down
    with CaptureQueriesContext(connection) as few:
        api.get("rfps/")
    one(customer), one(customer)
    with CaptureQueriesContext(connection) as many:
        assert len(api.get("rfps/").body["data"]) == 3
    assert len(many) == len(few)


def test_a_repeated_post_makes_one_draft(api: Rest) -> None:
    body = make.body()
    first, second = (api.post("rfps/", body, Idempotency_Key="once") for _ in range(2))
    assert (first.status, second.status, first.body) == (201, 201, second.body)
    assert Rfp.objects.count() == 1


def test_versions_carry_a_hash_of_what_was_told(api: Rest, customer: User) -> None:
    rfp = make.published(customer)
    assert rfp.current is not None
    answer = api.get(f"rfps/{rfp.public_id}/versions/").body
    assert [(row["version"], row["sha256"], row["announced"]) for row in answer["data"]] == [
        (1, rfp.current.sha256, rfp.current.announced)
    ]


def test_the_preview_names_its_stage(api: Rest, customer: User) -> None:
    id_ = make.draft(customer).public_id
    assert api.get(f"rfps/{id_}/preview/").body["stage"] == "S0"
    assert api.get(f"rfps/{id_}/preview/?stage=S3").body["missing"] == ["energy.kwh_per_year", "home.address"]
    assert api.get(f"rfps/{id_}/preview/?stage=S4").status == 422


def test_the_audience_is_counted(api: Rest, customer: User) -> None:
    answer = api.get(f"rfps/{make.draft(customer).public_id}/audience/").body
    assert (answer["matched"], set(answer["exclusions"]) >= {"area", "budget", "kind"}) == (0, True)


def test_the_phase_changes_the_tag(api: Rest, customer: User) -> None:
    rfp = make.published(customer)
    before = api.get(f"rfps/{rfp.public_id}/").headers["ETag"]
    assert api.get(f"rfps/{rfp.public_id}/", If_None_Match=before).status == 304
    make.moved_back(rfp, days=15)
    after = api.get(f"rfps/{rfp.public_id}/", If_None_Match=before)
    assert (after.status, after.body["phase"]) == (200, "deciding")


def test_categories_are_public() -> None:
    answer = Rest().get("categories/")
    by_id = {row["id"]: row for row in answer.body["data"]}
    assert (answer.status, by_id["energy/electricity"]["parent"]) == (200, "energy")
    assert len(by_id) >= 60


def test_a_supplier_is_blocked_and_unblocked(api: Rest, supplier: Organisation, customer: User) -> None:
    path = f"blocks/{supplier.public_id}/"
    assert api.get(path).status == 404
    made = api.put(path)
    assert (made.status, made.body["supplier"], api.put(path).body) == (200, str(supplier.public_id), made.body)
    assert [door(people.person()).get(path).status, api.get(path).status] == [404, 200]
    assert [api.delete(path).status, api.get(path).status, Block.objects.count()] == [204, 404, 0]


def test_only_a_supplier_can_be_blocked(api: Rest, attester: Organisation) -> None:
    assert [api.put(f"blocks/{id_}/").status for id_ in (uuid4(), attester.public_id)] == [404, 404]


def test_the_partner_changes_what_belongs_to_the_household(customer: User, partner: User) -> None:
    rfp = drafting.draft(actor=actor_of_person(customer), body=make.body(owner="household"))
    answer = door(partner).patch(f"rfps/{rfp.public_id}/", {"title": "Ours"})
    assert (answer.status, answer.body["owner"], answer.body["title"]) == (200, "household", "Ours")


def test_the_partner_does_not_publish_facts_of_the_customer(customer: User, partner: User) -> None:
    rfp = drafting.draft(actor=actor_of_person(customer), body=make.body(owner="household"))
    answer = door(partner).post(f"rfps/{rfp.public_id}/publish/")
    assert (answer.status, answer.body["code"]) == (403, "not_the_customer")
    assert door(customer).post(f"rfps/{rfp.public_id}/publish/").status == 200
