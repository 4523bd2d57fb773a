"""Bids over REST, from the customer's side: sealed doors, comparison, judging, choice."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.domain import keys
from accounts.models import Organisation, User
from bids.models import Bid, Contract
from marketplace.kernel.actors import SYSTEM
from rfps.delivery.models import Opportunity
from rfps.models import Rfp
from tests.factories import bids, questions
from tests.factories import rfps as make
from tests.rest import Answer, Rest

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def door(holder: User | Organisation, **options: Any) -> Rest:
    return Rest(keys.issue(holder, actor=SYSTEM, **options)[1])


@pytest.fixture
def api(customer: User) -> Rest:
    return door(customer)


@pytest.fixture
def rfp(customer: User) -> Rfp:
    return bids.request(customer, closes_in=-HOUR)


@pytest.fixture
def bid(rfp: Rfp, supplier: Organisation) -> Bid:
    return bids.bid(rfp, supplier, reference="Q-1001", note="=HYPERLINK(1)")


def published(customer: User) -> Rfp:
    """An open, sealed request as its own verbs make it."""
    return make.published(customer, lines=[{"title": "Electricity", "quantity": "3400", "unit": "kWh"}])


def csv_of(api: Rest, rfp: Rfp) -> list[list[str]]:
    headers = {"Authorization": f"Bearer {api.key}", "Accept": "text/csv"}
    response = api.client.get(f"/api/v1/rfps/{rfp.public_id}/export/?format=csv", headers=headers)
    assert (response.status_code, response["Content-Type"]) == (200, "text/csv; charset=utf-8")
    return list(csv.reader(io.StringIO(response.content.decode())))


def doors(rfp: Rfp, bid: Bid) -> dict[str, tuple[str, Any]]:
    """Every way a customer could reach a bid of the request."""
    base = f"rfps/{rfp.public_id}/"
    return {
        f"{base}bids/": ("GET", None),
        f"{base}comparison/": ("GET", None),
        f"{base}comparison/explain/?bid={bid.public_id}": ("GET", None),
        f"{base}evaluation/": ("GET", None),
        f"{base}export/": ("GET", None),
        f"{base}export/?format=json": ("GET", None),
        f"{base}funnel/": ("GET", None),
        f"{base}contract/": ("GET", None),
        f"{base}shortlist/": ("POST", {"bid": str(bid.public_id)}),
        f"{base}award/": ("POST", {"bid": str(bid.public_id)}),
        f"bids/{bid.public_id}/": ("GET", None),
        f"bids/{bid.public_id}/versions/": ("GET", None),
        f"bids/{bid.public_id}/contract/": ("GET", None),
        base: ("GET", None),
        "rfps/": ("GET", None),
    }


def test_no_door_shows_a_sealed_bid(api: Rest, customer: User, supplier: Organisation) -> None:
    rfp = published(customer)
    bid = bids.bid(rfp, supplier, reference="Q-1001", title="Midnight tariff", prices=["0.4711"])
    secrets = ("Q-1001", "Midnight", "0.4711", "1601.74", "Northlight", str(supplier.public_id))
    for path, (method, body) in doors(rfp, bid).items():
        answer = api.call(method, path, body)
        text = str(answer.body).replace(path, "")
        assert [secret for secret in secrets if secret in text] == [], path
        assert str(bid.public_id) not in text, path
        assert answer.status < 500, path
    assert csv_of(api, rfp) == [["Offers, still closed", "1"]]
    assert api.get(f"rfps/{rfp.public_id}/bids/").body == {
        "data": [],
        "next_cursor": None,
        "has_more": False,
        "sealed": True,
        "bid_count": 1,
    }
    refused = api.post(f"rfps/{rfp.public_id}/award/", {"bid": str(bid.public_id)})
    assert (refused.status, refused.body["code"]) == (409, "sealed")


def test_closing_early_unseals_at_once(api: Rest, customer: User, supplier: Organisation) -> None:
    rfp = published(customer)
    bid = bids.bid(rfp, supplier)
    assert api.get(f"rfps/{rfp.public_id}/comparison/").body["sealed"] is True
    assert api.post(f"rfps/{rfp.public_id}/close/").status == 200
    assert [c["bid"] for c in api.get(f"rfps/{rfp.public_id}/comparison/").body["bids"]] == [str(bid.public_id)]


def test_the_list_shows_what_the_customer_may_see(api: Rest, rfp: Rfp, bid: Bid, supplier: Organisation) -> None:
    body = api.get(f"rfps/{rfp.public_id}/bids/").body
    assert (body["sealed"], body["bid_count"], [each["id"] for each in body["data"]]) == (
        False,
        1,
        [str(bid.public_id)],
    )
    shown = body["data"][0]
    assert shown["supplier"] == {"id": str(supplier.public_id), "name": "Northlight Energy"}
    assert (shown["reference"], shown["total"]["amount"]) == ("Q-1001", "816.00")
    assert "opportunity" not in shown


def test_a_blind_list_names_nobody(api: Rest, customer: User, supplier: Organisation) -> None:
    rfp = bids.request(customer, closes_in=-HOUR, blind=True)
    bid = bids.bid(rfp, supplier, reference="NORTH-7")
    base = f"rfps/{rfp.public_id}/"
    for path in (
        f"{base}bids/",
        f"{base}comparison/",
        f"{base}export/",
        f"{base}comparison/explain/?bid={bid.public_id}",
    ):
        text = str(api.get(path).body)
        assert "Northlight" not in text
        assert "NORTH-7" not in text
        assert str(supplier.public_id) not in text
    assert "Northlight" not in str(csv_of(api, rfp))
    shortlisted = api.post(f"{base}shortlist/", {"bid": str(bid.public_id), "shortlisted": True})
    assert (shortlisted.status, shortlisted.body["supplier"]["name"]) == (200, "Northlight Energy")
    assert shortlisted.body["shortlisted"] is True


def test_explain_adds_up(api: Rest, rfp: Rfp, bid: Bid) -> None:
    path = f"rfps/{rfp.public_id}/comparison/explain/"
    body = api.get(f"{path}?bid={bid.public_id}").body
    assert (body["total"]["sum"], body["total"]["shown"]) == ("816", "816.00")
    assert body["criteria"][0]["step"] == "(816 − 1400) / (600 − 1400) = 0.73"
    assert [part["contribution"]["exact"] for part in body["criteria"]] == ["43.8", "50/3", "0"]
    assert (body["score"]["sum"], body["score"]["shown"]) == ("43.8 + 50/3 + 0", "60.47")
    assert api.get(path).status == 422
    assert api.get(f"{path}?bid=x").status == 422
    assert api.get(f"{path}?bid={uuid4()}").status == 404


def test_judging_is_kept_and_shown(api: Rest, rfp: Rfp, bid: Bid) -> None:
    assert rfp.current is not None
    price, notice, trust = (str(row.public_id) for row in rfp.current.criteria.all())
    path, id_ = f"rfps/{rfp.public_id}/evaluation/", str(bid.public_id)
    sent = {
        "weights": {price: 50, notice: 12.5},
        "ratings": [{"bid": id_, "criterion": trust, "value": 4.5}],
        "notes": [{"bid": id_, "text": "Called back at once"}],
        "hidden": [id_],
    }
    answer = api.put(path, sent)
    assert (answer.status, answer.body, api.get(path).body) == (200, sent, sent)
    assert api.put(path, {"notes": []}).body == {**sent, "notes": []}
    column = api.get(f"rfps/{rfp.public_id}/comparison/").body["bids"][0]
    assert (column["hidden"], column["note"], column["scores"][2]["value"]) == (True, "", 4.5)


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"weights": {"x": 1}}, [("/weights/x", "unknown_criterion")]),
        ({"weights": []}, [("/weights", "wrong_type")]),
        (
            {"ratings": [{"bid": "BID", "criterion": "PRICE", "value": 3}]},
            [("/ratings/0/criterion", "unknown_criterion")],
        ),
        ({"ratings": [{"bid": "OTHER", "criterion": "TRUST", "value": 3}]}, [("/ratings/0/bid", "unknown_bid")]),
        ({"ratings": [{"bid": "BID", "criterion": "TRUST", "value": 6}]}, [("/ratings/0/value", "out_of_range")]),
        ({"ratings": [{"bid": "BID", "criterion": "TRUST", "value": True}]}, [("/ratings/0/value", "wrong_type")]),
        ({"ratings": [{"bid": "BID"}]}, [("/ratings/0/criterion", "required"), ("/ratings/0/value", "required")]),
        ({"notes": [{"bid": "OTHER", "text": "x"}]}, [("/notes/0/bid", "unknown_bid")]),
        ({"hidden": ["OTHER"]}, [("/hidden/0", "unknown_bid")]),
        ({"hidden": ["BID", "BID"]}, [("/hidden/1", "duplicate")]),
        ({"hidden": [5]}, [("/hidden/0", "wrong_type")]),
        ({"colour": 1}, [("/colour", "unknown_field")]),
        ([], [("", "wrong_type")]),
    ],
)
def test_wrong_judging_is_refused(
    api: Rest, rfp: Rfp, bid: Bid, customer: User, supplier: Organisation, body: Any, faults: Any
) -> None:
    assert rfp.current is not None
    other = bids.bid(bids.request(customer, closes_in=-HOUR), supplier)
    price, _notice, trust = (str(row.public_id) for row in rfp.current.criteria.all())
    names = {"BID": str(bid.public_id), "OTHER": str(other.public_id), "PRICE": price, "TRUST": trust}
    text = json.dumps(body)
    for name, value in names.items():
        text = text.replace(f'"{name}"', f'"{value}"')
    answer = api.call("PUT", f"rfps/{rfp.public_id}/evaluation/", raw=text.encode())
    assert (answer.status, [(fault["pointer"], fault["code"]) for fault in answer.body["errors"]]) == (422, faults)


def test_while_sealed_only_weights_can_be_set(api: Rest, customer: User, supplier: Organisation) -> None:
    rfp = bids.request(customer)
    bid = bids.bid(rfp, supplier)
    assert rfp.current is not None
    criterion = str(rfp.current.criteria.all()[0].public_id)
    path = f"rfps/{rfp.public_id}/evaluation/"
    assert api.put(path, {"weights": {criterion: 70}}).body["weights"] == {criterion: 70}
    refused = api.put(path, {"notes": [{"bid": str(bid.public_id), "text": "x"}]})
    assert (refused.status, refused.body["code"]) == (409, "sealed")


def test_own_columns(api: Rest, rfp: Rfp, bid: Bid) -> None:
    base, line = f"rfps/{rfp.public_id}/", bids.ids(rfp, "lines")[0]
    assert api.get(f"{base}current/").status == 404
    sent = {"supplier": "Oldlight", "total": "1150.00", "exit_fee": "40.00", "contract_ends_on": "2030-05-01"}
    for _twice in range(2):
        answer = api.put(f"{base}current/", sent)
        assert (answer.status, {name: answer.body[name] for name in sent}) == (200, sent)
    entry = api.post(f"{base}own-entries/", {"title": "From the fair", "lines": [{"line": line, "unit_price": "0.2"}]})
    assert (entry.status, entry.body["source"]) == (201, "own_entry")
    assert [c["total"]["amount"] for c in api.get(f"{base}comparison/").body["bids"]] == ["856.00", "1150.00", "720.00"]
    assert api.post(f"{base}own-entries/", {}).body["errors"][0]["pointer"] == "/total"
    assert api.post(f"{base}own-entries/", {"total": "1", "exit_fee": "1"}).body["errors"][0]["code"] == "unknown_field"
    refused = api.post(f"{base}award/", {"bid": entry.body["id"]})
    assert refused.status == 404


def test_the_table_is_harmless(api: Rest, rfp: Rfp, supplier: Organisation) -> None:
    bids.bid(rfp, supplier, title="=1+1", answers=[True, -3])
    table = {row[0]: row[1:] for row in csv_of(api, rfp)}
    assert (table["Offer"], table["Company"], table["Rank"]) == (["'=1+1"], ["Northlight Energy"], ["1"])
    assert (table["100 % renewable"], table["Notice period"]) == (["yes"], ["-3"])
    assert (table["Total (GBP)"], table["Electricity, kWh"]) == (["816.00"], ["816.00"])
    wrong = api.get(f"rfps/{rfp.public_id}/export/?format=exe")
    assert (wrong.status, wrong.body["errors"][0]["pointer"]) == (422, "format")


def chosen(api: Rest, rfp: Rfp, bid: Bid) -> Answer:
    return api.post(f"rfps/{rfp.public_id}/award/", {"bid": str(bid.public_id)})


def test_award_contract_and_confirmation(
    api: Rest, rfp: Rfp, bid: Bid, supplier: Organisation, rival: Organisation
) -> None:
    lost = bids.bid(rfp, rival)
    winner, loser = door(supplier), door(rival)
    answer = chosen(api, rfp, bid)
    assert (answer.status, answer.body["status"]) == (200, "chosen")
    again = chosen(api, rfp, lost)
    assert (again.status, again.body["code"]) == (409, "wrong_phase")
    assert api.get(f"rfps/{rfp.public_id}/contract/").body == answer.body
    assert winner.get(f"bids/{bid.public_id}/contract/").body == answer.body
    assert loser.get(f"bids/{lost.public_id}/contract/").status == 404
    assert loser.get(f"bids/{bid.public_id}/contract/").status == 404
    assert loser.get(f"bids/{lost.public_id}/").body["state"] == "not_awarded"
    path = f"opportunities/{bid.opportunity.public_id}/"
    assert loser.post(f"{path}confirm-award/").status == 404
    theirs = f"opportunities/{lost.opportunity.public_id}/confirm-award/"
    assert loser.post(theirs).body["code"] == "not_awarded"
    assert winner.post(f"{path}confirm-award/").body["status"] == "confirmed"
    assert winner.post(f"{path}decline-award/").body["code"] == "wrong_state"


def test_a_declined_award_goes_to_another(
    api: Rest, rfp: Rfp, bid: Bid, supplier: Organisation, rival: Organisation
) -> None:
    second = bids.bid(rfp, rival)
    chosen(api, rfp, bid)
    path = f"opportunities/{bid.opportunity.public_id}/decline-award/"
    declined = door(supplier).post(path, {"reason": "Sold"})
    assert (declined.status, declined.body["status"], declined.body["decline_reason"]) == (200, "declined", "Sold")
    assert Rfp.objects.with_phase().get(pk=rfp.pk).phase == "deciding"
    columns = {each["bid"]: each for each in api.get(f"rfps/{rfp.public_id}/comparison/").body["bids"]}
    gone, left = columns[str(bid.public_id)], columns[str(second.public_id)]
    assert (gone["rank"], gone["eligible"], gone["flags"], left["rank"]) == (
        None,
        False,
        ["declined"],
        1,
    )
    assert ["Meets every must", "yes", "yes"] in csv_of(api, rfp)  # one declined; that is not what it says
    assert chosen(api, rfp, second).status == 200
    assert Contract.objects.count() == 2


def test_marks_of_a_withdrawn_bid_wait_for_its_return(api: Rest, customer: User, supplier: Organisation) -> None:
    rfp = bids.request(customer, sealing="open")
    bid, path = bids.bid(rfp, supplier), f"rfps/{rfp.public_id}/evaluation/"
    trust, id_ = api.get(f"rfps/{rfp.public_id}/comparison/").body["criteria"][2]["id"], str(bid.public_id)
    rated = [{"bid": id_, "criterion": trust, "value": 4}]
    sent = api.put(path, {"ratings": rated, "notes": [{"bid": id_, "text": "Kind"}], "hidden": [id_]}).body
    supplier_door = door(supplier)
    assert supplier_door.post(f"bids/{id_}/withdraw/").status == 200
    assert api.put(path, {"ratings": [], "hidden": []}).body["notes"] == []
    assert supplier_door.post(f"bids/{id_}/submit/", Idempotency_Key="k").status == 200
    assert api.get(path).body == sent


def test_what_scores_stays_as_it_was_when_the_choice_is_made(
    api: Rest, rfp: Rfp, bid: Bid, supplier: Organisation
) -> None:
    path = f"rfps/{rfp.public_id}/evaluation/"
    weights = {"weights": {api.get(f"rfps/{rfp.public_id}/comparison/").body["criteria"][0]["id"]: 1}}
    chosen(api, rfp, bid)
    for body in (weights, {"ratings": []}):
        answer = api.put(path, body)
        assert (answer.status, answer.body["code"]) == (409, "wrong_phase")
    assert api.put(path, {"notes": [{"bid": str(bid.public_id), "text": "Starts in May."}]}).status == 200
    door(supplier).post(f"opportunities/{bid.opportunity.public_id}/decline-award/")
    assert api.put(path, weights).status == 200


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/bid"]),
        ({"bid": "x"}, ["/bid"]),
        ({"bid": 5}, ["/bid"]),
        ({"lines": [], "reserve": []}, ["/lines", "/reserve"]),
        ({"bid": str(uuid4()), "colour": 1}, ["/colour"]),
    ],
)
def test_wrong_choices_are_refused(api: Rest, rfp: Rfp, bid: Bid, body: Any, pointers: list[str]) -> None:
    answer = api.post(f"rfps/{rfp.public_id}/award/", body)
    assert (answer.status, [fault["pointer"] for fault in answer.body["errors"]]) == (422, pointers)
    assert api.post(f"rfps/{rfp.public_id}/award/", {"bid": str(uuid4())}).status == 404


def test_nobody_else_reaches_a_request(
    rfp: Rfp, bid: Bid, partner: User, supplier: Organisation, operator: User
) -> None:
    for path, (method, body) in doors(rfp, bid).items():
        if path == "rfps/" or path.startswith("bids/"):
            continue
        for holder in (partner, operator):
            assert door(holder).call(method, path, body).status == 404, path
        assert door(supplier).call(method, path, body).status == 403, path


def test_the_funnel_counts(api: Rest, customer: User, supplier: Organisation, rival: Organisation) -> None:
    rfp = bids.request(customer)
    bids.bid(rfp, supplier)
    questions.on(rfp, supplier)
    questions.on(rfp, supplier, "And the fuse box?")
    looked = bids.bid(rfp, rival, state="draft").opportunity  # begun, and declined all the same
    Opportunity.objects.filter(pk=looked.pk).update(
        opened_at=rfp.published_at, declined_at=rfp.closes_at, decline_reason="Too far"
    )
    body = api.get(f"rfps/{rfp.public_id}/funnel/").body
    assert body == {
        "rfp": str(rfp.public_id),
        "matched": 2,
        "notified": 0,
        "opened": 1,
        "asked": 1,
        "accepted": 2,
        "refused": 0,
        "declined": {"count": 1, "reasons": ["Too far"]},
        "bidding": 1,
        "submitted": 1,
        "bid_count": 1,
    }
