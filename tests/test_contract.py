"""The contract of the REST API, as other people's clients rely on it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.rest import Rest
from tests.world import World, ok

ROW = "id rfp version title category phase closes_at decides_by status".split()


def soon() -> str:
    return (timezone.now() + timedelta(days=7)).isoformat()


@pytest.fixture
def opened(world: World) -> World:
    """An open, sealed request with two bids."""
    world.subscribe("supplier", "rival")
    world.publish()
    world.bid("supplier", "0.24")
    world.bid("rival", "0.30")
    return world


def test_the_least_request_can_be_published(world: World) -> None:
    body = {"kind": "rfp", "title": "Power", "category": "energy/electricity", "closes_at": soon()}
    drafted = world["customer"].post("rfps/", body)
    assert (drafted.status, drafted.body["phase"], drafted.body["version"]) == (201, "draft", None)
    assert drafted.body["published_at"] is None
    published = world["customer"].post(f"rfps/{drafted.body['id']}/publish/")
    assert (published.status, published.body["phase"], published.body["version"]) == (200, "open", 1)
    assert published.body["created_at"].endswith("Z")
    assert published.body["published_at"].endswith("Z")


def test_a_request_of_its_owner_has_every_member_of_the_body(world: World) -> None:
    members = (
        "kind title need category item area lines requirements criteria currency budget horizon_months closes_at "
        "decides_by sealing blind valid_for_days places options terms fields id phase version created_at published_at"
    ).split()
    made = ok(world["customer"].post("rfps/", {"title": "Power", "category": "energy/electricity"}))
    assert [name for name in members if name not in made] == []
    assert (made["places"], made["options"], made["terms"], made["blind"]) == (8, 3, "PDC-INTENT", False)


def test_deciding_is_by_default_two_weeks_after_closing(world: World) -> None:
    body = {"title": "Power", "category": "energy/electricity", "closes_at": "2030-01-31T17:00:00Z"}
    made = ok(world["customer"].post("rfps/", body))
    assert (made["closes_at"], made["decides_by"]) == ("2030-01-31T17:00:00Z", "2030-02-14T17:00:00Z")


def test_statuses_of_making_acting_and_deleting(world: World) -> None:
    customer = world["customer"]
    made = customer.post("rfps/", {"title": "Power"})
    assert (made.status, customer.post(f"rfps/{made.body['id']}/copy/").status) == (201, 201)
    gone = customer.delete(f"rfps/{made.body['id']}/")
    assert (gone.status, gone.body) == (204, None)
    assert customer.get(f"rfps/{made.body['id']}/").status == 404
    assert customer.delete("data-store/values/home.address/").status == 204


def test_lists_are_newest_first_and_stable_under_inserts(world: World) -> None:
    customer = world["customer"]
    made = [ok(customer.post("rfps/", {"title": str(number)}))["id"] for number in range(5)]
    first = ok(customer.get("rfps/?limit=2"))
    assert set(first) == {"data", "next_cursor", "has_more"}
    assert ([row["id"] for row in first["data"]], first["has_more"]) == (made[:2:-1], True)
    ok(customer.post("rfps/", {"title": "later"}))
    second = ok(customer.get(f"rfps/?limit=2&cursor={first['next_cursor']}"))
    assert [row["id"] for row in second["data"]] == made[2:0:-1]
    last = ok(customer.get(f"rfps/?limit=2&cursor={second['next_cursor']}"))
    assert ([row["id"] for row in last["data"]], last["next_cursor"], last["has_more"]) == (made[:1], None, False)


def test_lists_that_are_no_tables_page_too(world: World) -> None:
    for path in ("categories/", "terms/", "data-store/fields/"):
        whole = ok(world["customer"].get(path))
        assert (whole["next_cursor"], whole["has_more"]) == (None, False)
        first = ok(world["customer"].get(f"{path}?limit=1"))
        second = ok(world["customer"].get(f"{path}?limit=1&cursor={first['next_cursor']}"))
        assert (first["data"], second["data"]) == (whole["data"][:1], whole["data"][1:2])


def test_a_cursor_belongs_to_its_list(world: World) -> None:
    cursor = ok(world["customer"].get("categories/?limit=1"))["next_cursor"]
    answer = world["customer"].get(f"rfps/?cursor={cursor}")
    assert (answer.status, answer.body["code"]) == (400, "malformed_cursor")


def test_rows_of_opportunities(opened: World) -> None:
    row = ok(opened["supplier"].get("opportunities/"))["data"][0]
    assert list(row) == ROW
    assert (row["rfp"], row["version"], row["phase"]) == (opened.ids["rfp"], 1, "open")
    detail = ok(opened["supplier"].get(f"opportunities/{row['id']}/"))
    assert {*ROW, "lines", "requirements", "stage", "disclosed"} <= set(detail)
    assert [requirement["text"] for requirement in detail["requirements"]] == ["100 % renewable", "Notice period"]
    assert all(set(value) == {"field", "value", "stage"} for value in detail["disclosed"])


def test_rows_of_opportunities_have_ids_at_s0(world: World) -> None:
    world.subscribe("supplier")
    world.publish()
    detail = ok(world["supplier"].get(f"opportunities/{world.opportunity('supplier')}/"))
    assert (detail["stage"], detail["disclosed"]) == ("S0", [])
    assert all(line["id"] for line in detail["lines"])
    assert all(requirement["id"] for requirement in detail["requirements"])


def test_a_bid_before_the_terms_is_409(world: World) -> None:
    world.subscribe("supplier")
    world.publish()
    asked = ok(world["supplier"].get(f"opportunities/{world.opportunity('supplier')}/"))
    answer = world["supplier"].post("bids/", world.bid_body(asked, "0.24"), Idempotency_Key="early")
    assert (answer.status, answer.body["code"]) == (409, "terms_not_accepted")


def test_without_a_place_left_is_409(world: World) -> None:
    world.subscribe("supplier", "rival")
    world.publish(places=1)
    world.bid("supplier", "0.24")
    answer = world["rival"].post(f"opportunities/{world.opportunity('rival')}/accept-terms/", {"terms": "PDC-INTENT"})
    assert (answer.status, answer.body["code"]) == (409, "no_place_left")


def test_submitting_needs_an_idempotency_key(world: World) -> None:
    world.subscribe("supplier")
    world.publish()
    opportunity = world.opportunity("supplier")
    ok(world["supplier"].post(f"opportunities/{opportunity}/accept-terms/", {"terms": "PDC-INTENT"}))
    body = world.bid_body(ok(world["supplier"].get(f"opportunities/{opportunity}/")), "0.24")
    answer = world["supplier"].post("bids/", body)
    assert (answer.status, answer.body["code"]) == (400, "idempotency_key_required")
    drafted = world["supplier"].post("bids/", {**body, "submit": False})
    assert (drafted.status, drafted.body["state"]) == (201, "draft")
    answer = world["supplier"].post(f"bids/{drafted.body['id']}/submit/")
    assert (answer.status, answer.body["code"]) == (400, "idempotency_key_required")
    answer = world["supplier"].post(f"bids/{drafted.body['id']}/submit/", Idempotency_Key="a")
    assert (answer.status, answer.body["state"]) == (200, "submitted")


def test_a_key_replays_and_refuses_another_body(world: World) -> None:
    customer = world["customer"]
    first = customer.post("rfps/", {"title": "Power"}, Idempotency_Key="k")
    again = customer.post("rfps/", {"title": "Power"}, Idempotency_Key="k")
    other = customer.post("rfps/", {"title": "Gas"}, Idempotency_Key="k")
    assert (again.status, again.body, other.status) == (201, first.body, 422)
    assert len(ok(customer.get("rfps/"))["data"]) == 1


def test_a_live_value_exists_once(world: World) -> None:
    answer = world["customer"].post("data-store/values/", {"field": "household.size", "value": 3})
    assert (answer.status, answer.body["code"]) == (409, "exists")
    changed = world["customer"].patch("data-store/values/household.size/", {"value": 3})
    assert (changed.status, changed.body["value"], changed.body["version"]) == (200, 3, 2)


def test_a_tag_is_answered_and_honoured(world: World) -> None:
    customer = world["customer"]
    made = customer.post("rfps/", {"title": "Power"})
    path, tag = f"rfps/{made.body['id']}/", made.headers["ETag"]
    assert customer.get(path, If_None_Match=tag).status == 304
    assert customer.patch(path, {"title": "Gas"}, If_Match=tag).status == 200
    stale = customer.patch(path, {"title": "Heat"}, If_Match=tag)
    assert (stale.status, ok(customer.get(path))["title"]) == (412, "Gas")


def test_a_subscription_has_its_defaults(world: World) -> None:
    made = world["supplier"].post("subscriptions/", {"categories": ["energy"]})
    assert made.status == 201
    shown = {name: value for name, value in made.body.items() if name not in ("id", "created_at")}
    assert shown == {
        "name": "",
        "categories": ["energy"],
        "area": {"anywhere": True},
        "budget": None,
        "keywords": [],
        "excluded_keywords": [],
        "capabilities": [],
        "kinds": ["rfp", "rfi"],
        "channels": {"inbox": True, "webhook": True, "mail": "none"},
        "active_from_at": None,
        "active_until_at": None,
    }


@pytest.mark.parametrize(
    "area",
    [{"remote": True}, {"anywhere": True}, {"country": "GB"}, {"lat": 55.95, "lon": -3.19, "radius_km": 10}],
)
def test_areas_of_subscriptions(world: World, area: dict[str, Any]) -> None:
    assert ok(world["supplier"].post("subscriptions/", {"categories": ["energy"], "area": area}))["area"] == area


@pytest.mark.parametrize("radius", [9.9, 500.1])
def test_a_radius_is_10_to_500_km(world: World, radius: float) -> None:
    area = {"lat": 55.95, "lon": -3.19, "radius_km": radius}
    assert world["supplier"].post("subscriptions/", {"categories": ["energy"], "area": area}).status == 422


def test_a_request_can_be_remote(world: World) -> None:
    body = {"title": "Power", "category": "energy/electricity", "area": {"remote": True}, "closes_at": soon()}
    made = ok(world["customer"].post("rfps/", body))
    assert made["area"] == {"remote": True}
    assert ok(world["customer"].post(f"rfps/{made['id']}/publish/"))["phase"] == "open"


def test_while_sealed_only_the_count_is_seen(opened: World) -> None:
    rfp = opened.ids["rfp"]
    bids = ok(opened["customer"].get(f"rfps/{rfp}/bids/"))
    assert (bids["sealed"], bids["bid_count"], bids["data"]) == (True, 2, [])
    comparison = ok(opened["customer"].get(f"rfps/{rfp}/comparison/"))
    assert (comparison["sealed"], comparison["bid_count"], comparison["bids"]) == (True, 2, [])


def test_a_comparison_has_its_members(opened: World) -> None:
    rfp = opened.ids["rfp"]
    ok(opened["customer"].post(f"rfps/{rfp}/close/"))
    found = ok(opened["customer"].get(f"rfps/{rfp}/comparison/"))
    assert {"rfp", "formula", "sealed", "bid_count", "criteria", "bids", "split"} <= set(found)
    assert (found["formula"], found["sealed"], found["bid_count"]) == ("eval-1", False, 2)
    column = found["bids"][0]
    members = (
        "bid source option title supplier total total_terms eligible failed_musts missing scores score rank pareto"
    )
    assert {*members.split(), "first_rank_share", "flags"} <= set(column)
    assert (column["source"], set(column["total"])) == ("bid", {"amount", "currency"})
    assert {"label", "amount", "counted"} <= set(column["total_terms"][0])
    assert {"criterion", "value", "score", "contribution"} <= set(column["scores"][0])
    assert {"id", "title", "kind", "weight", "best", "worst"} <= set(found["criteria"][0])


def test_a_choice_is_made_once(opened: World) -> None:
    rfp, customer = opened.ids["rfp"], opened["customer"]
    ok(customer.post(f"rfps/{rfp}/close/"))
    award = customer.post(f"rfps/{rfp}/award/", {"bid": opened.ids["bid of supplier"]})
    assert (award.status, award.body["status"]) == (200, "chosen")
    assert {"sha256", "status", "request", "bid", "terms", "acceptance", "awarded_at"} <= set(award.body)
    assert customer.post(f"rfps/{rfp}/award/", {"bid": opened.ids["bid of rival"]}).status == 409
    assert ok(customer.get(f"rfps/{rfp}/contract/")) == award.body
    assert ok(opened["supplier"].get(f"bids/{opened.ids['bid of supplier']}/contract/")) == award.body
    assert opened["rival"].get(f"bids/{opened.ids['bid of rival']}/contract/").status == 404
    confirmed = opened["supplier"].post(f"opportunities/{opened.ids['opportunity of supplier']}/confirm-award/")
    assert (confirmed.status, confirmed.body["status"]) == (200, "confirmed")


def test_the_feed_has_its_shape(opened: World) -> None:
    page = ok(opened["supplier"].get("feed/?limit=1"))
    assert set(page) == {"data", "next_cursor", "has_more"}
    empty = ok(opened["outsider"].get("feed/"))
    assert (empty["data"], empty["has_more"], type(empty["next_cursor"])) == ([], False, str)


def test_unknown_members_are_422_with_a_pointer(world: World) -> None:
    answer = world["customer"].post("rfps/", {"title": "Power", "surprise": 1, "lines": [{"title": "a", "b": 1}]})
    pointers = {(fault["pointer"], fault["code"]) for fault in answer.body["errors"]}
    assert answer.status == 422
    assert pointers == {("/surprise", "unknown_field"), ("/lines/0/b", "unknown_field")}


def test_money_needs_a_currency(world: World) -> None:
    body = {"title": "Power", "category": "energy/electricity", "closes_at": soon(), "budget": {"amount": "1.00"}}
    made = world["customer"].post("rfps/", body)
    assert made.status == 422 or ok(made)["currency"]


@pytest.mark.parametrize(("path", "status"), [("categories/", 200), ("terms/", 200), ("rfps/", 401), ("feed/", 401)])
def test_who_needs_no_key(db: None, path: str, status: int) -> None:
    answer = Rest().get(path)
    assert answer.status == status
    assert Rest("bad").get(path).status == 401


def test_categories_that_always_exist(world: World) -> None:
    wanted = (
        "energy/electricity telecom/phone home/kitchen events/photography mobility/used-car mobility/bicycle "
        "home/moving electronics/laptop telecom/broadband insurance/car energy telecom home events mobility"
    ).split()
    found = {row["id"] for row in ok(world["customer"].get("categories/"))["data"]}
    assert [name for name in wanted if name not in found] == []


def test_a_scope_is_needed_for_each_resource(world: World) -> None:
    assert world["supplier"].get("rfps/").body["code"] == "insufficient_scope"
    assert world["customer"].get("feed/").body["code"] == "insufficient_scope"
    assert world["customer"].get("bids/").status == 403


def test_questions_from_both_sides(opened: World) -> None:
    supplier, rival, customer = opened["supplier"], opened["rival"], opened["customer"]
    here = f"opportunities/{opened.ids['opportunity of supplier']}/questions/"
    there = f"opportunities/{opened.ids['opportunity of rival']}/questions/"
    asked = supplier.post(here, {"text": "Is the meter indoors?"}, Idempotency_Key="q1")
    assert (asked.status, asked.body["mine"], asked.body["answer"], asked.body["earlier"]) == (201, True, None, [])
    assert supplier.post(here, {"text": "Is the meter indoors?"}, Idempotency_Key="q1").body == asked.body
    assert ok(rival.get(there))["data"] == []
    waiting = ok(customer.get(f"rfps/{opened.ids['rfp']}/questions/"))
    assert [(row["id"], row["mine"], row["asked_at"]) for row in waiting["data"]] == [
        (asked.body["id"], False, asked.body["asked_at"])
    ]
    path = f"questions/{asked.body['id']}/"
    tag = customer.get(path).headers["ETag"]
    told = customer.post(f"{path}answer/", {"answer": "In the hall."}, If_Match=tag)
    assert (told.status, told.body["answer"], told.headers["ETag"] != tag) == (200, "In the hall.", True)
    assert customer.post(f"{path}answer/", {"answer": "In the cellar."}, If_Match=tag).status == 412
    again = ok(customer.post(f"{path}answer/", {"answer": "In the cellar."}))
    assert (again["answer"], [row["answer"] for row in again["earlier"]]) == ("In the cellar.", ["In the hall."])
    (read,) = ok(rival.get(there))["data"]
    assert (read["text"], read["answer"], read["mine"], read["asked_at"]) == (
        "Is the meter indoors?",
        "In the cellar.",
        False,
        None,
    )
    assert rival.get(path).status == 200


def test_questions_are_refused_in_words(opened: World) -> None:
    path = f"opportunities/{opened.ids['opportunity of supplier']}/questions/"
    told = opened["supplier"].post(path, {"text": "Ring me on 0131 496 0999?", "phone": "x"})
    assert told.status == 422
    assert [(each["pointer"], each["code"]) for each in told.body["errors"]] == [("/phone", "unknown_field")]
    told = opened["supplier"].post(path, {"text": "Ring me on 0131 496 0999?"})
    (fault,) = told.body["errors"]
    assert (told.status, fault["pointer"], fault["code"]) == (422, "/text", "contact_in_text")
    assert fault["message"].startswith("Leave out a phone number.")


def test_the_customers_note_is_a_question_nobody_asked(opened: World) -> None:
    body = {"text": "Is there a lift?", "answer": "No."}
    made = opened["customer"].post(f"rfps/{opened.ids['rfp']}/questions/", body)
    assert (made.status, made.body["mine"], made.body["answer"]) == (201, True, "No.")
    (read,) = ok(opened["rival"].get(f"opportunities/{opened.ids['opportunity of rival']}/questions/"))["data"]
    assert (read["text"], read["mine"]) == ("Is there a lift?", False)


def test_a_question_before_the_terms_is_409(world: World) -> None:
    world.subscribe("supplier")
    world.publish()
    opportunity = world.opportunity("supplier")
    asked = ok(world["supplier"].get(f"opportunities/{opportunity}/"))
    assert asked["questions_until"] < asked["closes_at"]
    answer = world["supplier"].post(f"opportunities/{opportunity}/questions/", {"text": "Indoors?"})
    assert (answer.status, answer.body["code"]) == (409, "terms_not_accepted")
