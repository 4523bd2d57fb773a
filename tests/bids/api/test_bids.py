"""Bids over REST, from the supplier's side."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain import keys
from accounts.models import Organisation, User
from bids.models import Bid, BidVersion
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.clock import database_now
from rfps.delivery.models import Opportunity
from rfps.models import Rfp
from tests.factories import bids, people
from tests.rest import Answer, Rest

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def door(holder: User | Organisation, **options: Any) -> Rest:
    return Rest(keys.issue(holder, actor=SYSTEM, **options)[1])


def key() -> dict[str, str]:
    return {"Idempotency_Key": str(uuid4())}


@pytest.fixture
def rfp(customer: User) -> Rfp:
    return bids.request(customer)


@pytest.fixture
def opportunity(rfp: Rfp, supplier: Organisation) -> Opportunity:
    return bids.opportunity(rfp, supplier)


@pytest.fixture
def api(supplier: Organisation) -> Rest:
    return door(supplier)


def made(api: Rest, rfp: Rfp, **changes: Any) -> Answer:
    return api.post("bids/", bids.body(rfp, **changes), **key())


def test_a_submitted_bid_comes_back_as_the_customer_will_see_it(api: Rest, rfp: Rfp, opportunity: Opportunity) -> None:
    answer = made(api, rfp)
    body = answer.body
    assert (answer.status, next(iter(body))) == (201, "id")
    assert (body["rfp"], body["version"], body["bid_version"], body["state"], body["option"]) == (
        str(rfp.public_id),
        1,
        1,
        "submitted",
        1,
    )
    assert (body["total"], body["reference"], body["draft_version"]) == (
        {"amount": "996.00", "currency": "GBP"},
        "Q-1001",
        None,
    )
    assert [term["amount"] for term in body["total_terms"]] == ["816.00", "180.00"]
    again = api.get(f"bids/{body['id']}/")
    assert (again.status, again.body, again.headers["ETag"]) == (200, body, answer.headers["ETag"])
    assert [each["id"] for each in api.get("bids/").body["data"]] == [body["id"]]


def test_submitting_needs_a_key_and_a_draft_does_not(api: Rest, rfp: Rfp, opportunity: Opportunity) -> None:
    refused = api.post("bids/", bids.body(rfp))
    assert (refused.status, refused.body["code"], Bid.objects.count()) == (400, "idempotency_key_required", 0)
    draft = api.post("bids/", bids.body(rfp, submit=False))
    assert (draft.status, draft.body["state"]) == (201, "draft")
    path = f"bids/{draft.body['id']}/submit/"
    assert api.post(path).body["code"] == "idempotency_key_required"
    assert api.post(path, **key()).body["state"] == "submitted"


def test_the_same_key_replays_and_makes_one_bid(api: Rest, rfp: Rfp, opportunity: Opportunity) -> None:
    same = key()
    first = api.post("bids/", bids.body(rfp), **same)
    again = api.post("bids/", bids.body(rfp), **same)
    assert (again.status, again.body) == (201, first.body)
    assert api.post("bids/", bids.body(rfp, note="x"), **same).body["code"] == "idempotency_key_reused"
    assert Bid.objects.count() == 1


def test_every_fault_at_once_and_nothing_half_saved(api: Rest, rfp: Rfp, opportunity: Opportunity) -> None:
    refused = made(api, rfp, lines=[], answers=[], delivery="-1", colour="blue")
    assert (refused.status, [(fault["pointer"], fault["code"]) for fault in refused.body["errors"]]) == (
        422,
        [
            ("/colour", "unknown_field"),
            ("/delivery", "out_of_range"),
            ("/lines", "missing_line"),
            ("/answers", "must_unanswered"),
        ],
    )
    assert Bid.objects.count() == BidVersion.objects.count() == 0
    opportunity.refresh_from_db()
    assert opportunity.place_until is not None


@pytest.mark.parametrize("body", [[], "x", 3, {}, {"rfp": 5}, {"rfp": "x"}, {"rfp": None}])
def test_nonsense_is_refused(api: Rest, body: Any) -> None:
    answer = api.post("bids/", body)
    assert (answer.status, [fault["pointer"] for fault in answer.body["errors"]]) == (422, ["/rfp"])


@pytest.mark.parametrize("raw", [b'{"rfp": NaN}', b'{"a": 1, "a": 2}', b"\xff", b"[" * 100, b"{"])
def test_malformed_bodies_are_refused(api: Rest, raw: bytes) -> None:
    assert api.call("POST", "bids/", raw=raw).status == 400


def test_an_unknown_request_and_one_that_was_not_brought_are_404(
    api: Rest, rfp: Rfp, opportunity: Opportunity, outsider: Organisation
) -> None:
    assert api.post("bids/", {**bids.body(rfp), "rfp": str(uuid4())}, **key()).status == 404
    assert made(door(outsider), rfp).status == 404


def test_conflicts_say_why(api: Rest, rfp: Rfp, supplier: Organisation, rival: Organisation) -> None:
    bids.opportunity(rfp, rival, accepted=False)
    assert (made(door(rival), rfp).status, made(door(rival), rfp).body["code"]) == (409, "terms_not_accepted")
    bids.opportunity(rfp, supplier)
    assert (made(api, rfp, version=2).status, made(api, rfp, version=2).body["code"]) == (409, "stale_version")
    assert made(api, rfp).status == 201
    assert (made(api, rfp).status, made(api, rfp).body["code"]) == (409, "exists")
    bids.pass_deadline(rfp)
    assert (made(api, rfp, option=2).status, made(api, rfp, option=2).body["code"]) == (409, "wrong_phase")


def test_a_change_is_a_draft_until_it_is_submitted(api: Rest, rfp: Rfp, opportunity: Opportunity) -> None:
    first = made(api, rfp)
    path = f"bids/{first.body['id']}/"
    line = bids.ids(rfp, "lines")[0]
    changed = api.patch(path, {"lines": [{"line": line, "unit_price": "0.20"}]}, If_Match=first.headers["ETag"])
    assert (changed.status, changed.body["state"]) == (200, "submitted")
    assert (changed.body["total"]["amount"], changed.body["standing_total"]["amount"]) == ("860.00", "996.00")
    assert (changed.body["bid_version"], changed.body["draft_version"], changed.body["standing_version"]) == (2, 2, 1)
    assert api.patch(path, {"note": "late"}, If_Match=first.headers["ETag"]).status == 412
    assert api.patch(path, {"submit": True}).status == 422
    assert api.post(f"{path}submit/", **key()).body["standing_version"] == 2
    versions = api.get(f"{path}versions/").body["data"]
    assert [(each["bid_version"], each["total"]["amount"]) for each in versions] == [(2, "860.00"), (1, "996.00")]


def test_a_tag_is_old_when_a_draft_without_news_goes(api: Rest, rfp: Rfp, opportunity: Opportunity) -> None:
    path = f"bids/{made(api, rfp).body['id']}/"
    tag = api.patch(path, {"note": ""}).headers["ETag"]
    assert api.get(path, If_None_Match=tag).status == 304
    assert api.post(f"{path}submit/", **key()).body["draft_version"] is None
    assert api.get(path, If_None_Match=tag).status == 200


def test_a_tag_is_old_when_the_last_day_has_passed(api: Rest, rfp: Rfp, supplier: Organisation) -> None:
    west, east = "Pacific/Pago_Pago", "Pacific/Kiritimati"  # 25 hours apart: never the same day
    last = database_now().astimezone(ZoneInfo(west)).date()
    path = f"bids/{bids.bid(rfp, supplier, valid_until_on=last).public_id}/"
    Rfp.objects.update(time_zone=west)
    tag = api.get(path).headers["ETag"]
    Rfp.objects.update(time_zone=east)
    answer = api.get(path, If_None_Match=tag)
    assert (answer.status, answer.body["state"]) == (200, "expired")


def test_withdraw_and_reconfirm(api: Rest, rfp: Rfp, opportunity: Opportunity) -> None:
    path = f"bids/{made(api, rfp).body['id']}/"
    assert api.post(f"{path}reconfirm/").body["code"] == "wrong_state"
    assert api.post(f"{path}withdraw/").body["state"] == "withdrawn"
    assert api.post(f"{path}withdraw/").body["code"] == "wrong_state"
    assert api.post(f"{path}submit/", **key()).body["state"] == "submitted"


def test_a_rivals_bid_is_404_at_every_door(rfp: Rfp, supplier: Organisation, rival: Organisation) -> None:
    bid = bids.bid(rfp, supplier)
    own, their = door(supplier), door(rival)
    path = f"bids/{bid.public_id}/"
    assert own.get(path).status == 200
    for suffix in ("", "versions/", "contract/"):
        assert their.get(f"{path}{suffix}").status == 404
    for suffix in ("submit/", "withdraw/", "reconfirm/"):
        assert their.post(f"{path}{suffix}", **key()).status == 404
    assert their.patch(path, {"note": "mine"}).status == 404
    assert their.get("bids/").body["data"] == []


def test_keys_without_the_scope_and_people_are_403(supplier: Organisation, customer: User, rfp: Rfp) -> None:
    reader = door(supplier, scopes=["bids:read"])
    assert (reader.get("bids/").status, reader.post("bids/", {}).status) == (200, 403)
    assert door(customer).get("bids/").status == 403
    assert Rest().get("bids/").status == 401


def test_an_expired_bid_says_so(api: Rest, rfp: Rfp, supplier: Organisation) -> None:
    bid = bids.bid(rfp, supplier, valid_until_on="2020-01-01")
    assert api.get(f"bids/{bid.public_id}/").body["state"] == "expired"


def test_the_list_costs_the_same_for_one_and_three(api: Rest, customer: User, supplier: Organisation) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert api.get("bids/").status == 200
        return len(found)

    bids.bid(bids.request(customer), supplier)
    queries()  # the first one notes that the key was used
    one = queries()
    for _number in range(2):
        bids.bid(bids.request(customer), supplier)
    assert queries() == one


def test_the_report_counts_outcomes(api: Rest, customer: User, supplier: Organisation, rival: Organisation) -> None:
    for state in ("submitted", "awarded", "withdrawn"):
        bids.bid(bids.request(customer), supplier, state=state)
    rfp = bids.request(customer, closes_in=-HOUR)
    Rfp.objects.filter(pk=rfp.pk).update(awarded_at=rfp.closes_at)
    bids.bid(rfp, supplier, state="not_awarded")
    bids.bid(rfp, rival, state="awarded")
    body = api.get("reports/win-loss/").body
    counts = {"submitted": 4, "awarded": 1, "not_awarded": 1, "withdrawn": 1, "pending": 1, "win_rate": "0.5000"}
    assert body == {**counts, "categories": [{"category": "energy/electricity", **counts}]}


@pytest.mark.django_db(transaction=True)
def test_fifty_submissions_with_one_key_make_one_bid(customer: User) -> None:
    supplier = people.organisation()
    rfp = bids.request(customer)
    bids.opportunity(rfp, supplier)
    body, secret, same = bids.body(rfp), keys.issue(supplier, actor=SYSTEM)[1], key()
    statuses: list[int] = []

    def submit() -> None:
        statuses.extend(Rest(secret).post("bids/", body, **same).status for _number in range(5))
        connection.close()

    threads = [threading.Thread(target=submit) for _number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(statuses), set(statuses) - {201, 409}) == (50, set())
    assert 201 in statuses
    assert (Bid.objects.count(), BidVersion.objects.count()) == (1, 1)
