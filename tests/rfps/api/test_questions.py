"""Questions over REST: pages, tags, scopes, and how many queries a page takes."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.domain import keys
from accounts.models import Organisation, User
from marketplace.kernel.actors import SYSTEM
from rfps.models import Rfp
from tests.factories import bids, questions
from tests.factories import rfps as make
from tests.rest import Rest

pytestmark = pytest.mark.django_db


@pytest.fixture
def rfp(customer: User) -> Rfp:
    return make.published(customer)


def rest(holder: User | Organisation, scopes: str = "") -> Rest:
    return Rest(keys.issue(holder, actor=SYSTEM, **({"scopes": scopes.split()} if scopes else {}))[1])


def side(rfp: Rfp, supplier: Organisation) -> str:
    return f"opportunities/{supplier.opportunities.get(rfp=rfp).public_id}/questions/"


def test_the_list_pages_newest_first(rfp: Rfp, customer: User, supplier: Organisation) -> None:
    made = [str(questions.on(rfp, supplier, f"Question {number}?").public_id) for number in range(3)]
    for door, path in ((rest(customer), f"rfps/{rfp.public_id}/questions/"), (rest(supplier), side(rfp, supplier))):
        first = door.get(f"{path}?limit=2").body
        assert ([row["id"] for row in first["data"]], first["has_more"]) == (made[:0:-1], True)
        rest_of = door.get(f"{path}?limit=2&cursor={first['next_cursor']}").body
        assert ([row["id"] for row in rest_of["data"]], rest_of["has_more"]) == (made[:1], False)


def test_a_rivals_question_changes_nothing_for_a_supplier_until_it_is_answered(
    rfp: Rfp, supplier: Organisation, rival: Organisation
) -> None:
    bids.opportunity(rfp, rival)
    door, path = rest(rival), side(rfp, rival)
    before = door.get(path)
    waiting = questions.on(rfp, supplier)
    now = door.get(path)
    assert (now.body, now.headers["ETag"]) == (before.body, before.headers["ETag"])
    assert door.get(f"questions/{waiting.public_id}/").status == 404
    questions.told(waiting, "In the hall.")
    now = door.get(path)
    assert (len(now.body["data"]), now.headers["ETag"] != before.headers["ETag"]) == (1, True)
    assert str(supplier.public_id) not in str(now.body)


def test_a_tag_of_the_list_stops_a_question_that_was_just_answered(rfp: Rfp, supplier: Organisation) -> None:
    bids.opportunity(rfp, supplier)
    door, path = rest(supplier), side(rfp, supplier)
    tag = door.get(path).headers["ETag"]
    questions.on(rfp, supplier, answer="In the hall.")
    assert door.post(path, {"text": "Is the meter indoors?"}, If_Match=tag).status == 412


@pytest.mark.parametrize("scopes", ["opportunities:read", "subscriptions:write"])
def test_asking_needs_the_scope_of_bids(rfp: Rfp, supplier: Organisation, scopes: str) -> None:
    bids.opportunity(rfp, supplier)
    assert rest(supplier, scopes).post(side(rfp, supplier), {"text": "When?"}).status == 403
    assert rest(supplier, "bids:write opportunities:read").post(side(rfp, supplier), {"text": "When?"}).status == 201


def test_answering_needs_the_scope_of_requests(rfp: Rfp, customer: User, supplier: Organisation) -> None:
    path = f"questions/{questions.on(rfp, supplier).public_id}/"
    assert rest(customer, "rfps:read").get(path).status == 200
    assert rest(customer, "rfps:read").post(f"{path}answer/", {"answer": "Yes."}).status == 403
    assert rest(supplier).post(f"{path}answer/", {"answer": "Yes."}).status == 403
    assert rest(customer, "rfps:write").post(f"{path}answer/", {"answer": "Yes."}).status == 200


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_lists(
    rfp: Rfp, customer: User, supplier: Organisation, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        questions.on(rfp, supplier, f"Question {number}?", answer="Yes.")
    mine, theirs = rest(customer), rest(supplier)
    path = side(rfp, supplier)
    for door, where, number in ((mine, f"rfps/{rfp.public_id}/questions/", 5), (theirs, path, 5)):
        door.get(where)
        with django_assert_num_queries(number):
            door.get(where)
