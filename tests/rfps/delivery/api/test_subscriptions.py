"""Subscriptions over REST."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.domain import keys
from accounts.models import Organisation
from marketplace.kernel.actors import SYSTEM
from rfps.delivery.domain import emitting
from rfps.delivery.models import Subscription
from tests.factories import delivery
from tests.rest import Rest

pytestmark = pytest.mark.django_db
FULL = {
    "name": "Edinburgh",
    "categories": ["energy"],
    "area": {"lat": 55.95, "lon": -3.19, "radius_km": 50},
    "budget": {"min": "0", "max": "5000", "currency": "GBP"},
    "keywords": ["Green power"],
    "excluded_keywords": [],
    "capabilities": ["smart"],
    "kinds": ["rfp"],
    "channels": {"inbox": True, "webhook": False, "mail": "instant"},
    "active_from_at": None,
    "active_until_at": "2099-01-01T00:00:00Z",
}


def rest(organisation: Organisation) -> Rest:
    return Rest(keys.issue(organisation, actor=SYSTEM)[1])


def test_what_is_sent_is_what_is_read(supplier: Organisation) -> None:
    made = rest(supplier).post("subscriptions/", FULL)
    assert made.status == 201
    assert {name: made.body[name] for name in FULL} == FULL
    read = rest(supplier).get(f"subscriptions/{made.body['id']}/")
    assert (read.status, read.body, read.headers["ETag"]) == (200, made.body, made.headers["ETag"])
    listed = rest(supplier).get("subscriptions/")
    assert listed.body == {"data": [made.body], "next_cursor": None, "has_more": False}


@pytest.mark.parametrize("area", [{"anywhere": True}, {"country": "GB"}, {"remote": True}])
def test_each_kind_of_area(supplier: Organisation, area: dict[str, Any]) -> None:
    made = rest(supplier).post("subscriptions/", {"categories": ["energy"], "area": area})
    assert made.body["area"] == area
    assert made.body["kinds"] == ["rfp", "rfi"]
    assert made.body["channels"] == {"inbox": True, "webhook": True, "mail": "none"}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"categories": "energy"}, "/categories"),
        ({"categories": ["no/such"]}, "/categories/0"),
        ({"area": {"anywhere": True, "country": "GB"}}, "/area"),
        ({"area": {"anywhere": False}}, "/area"),
        ({"area": {"lat": "55", "lon": 0, "radius_km": 50}}, "/area/lat"),
        ({"area": {"lat": 55, "lon": 0, "radius_km": 5}}, "/area/radius_km"),
        ({"area": {"lat": 55, "lon": 0, "radius_km": 10**12}}, "/area/radius_km"),
        ({"budget": {"min": 5, "currency": "GBP"}}, "/budget/min"),
        ({"budget": {"min": "1e1000000", "currency": "GBP"}}, "/budget/min"),
        ({"budget": {"min": "5"}}, "/budget/currency"),
        ({"keywords": [1]}, "/keywords/0"),
        ({"channels": {"mail": "hourly"}}, "/channels/mail"),
        ({"channels": {"fax": True}}, "/channels/fax"),
        ({"radius": 5}, "/radius"),
    ],
)
def test_nonsense_is_refused_and_nothing_is_saved(supplier: Organisation, change: dict[str, Any], pointer: str) -> None:
    refused = rest(supplier).post("subscriptions/", FULL | change)
    assert (refused.status, [fault["pointer"] for fault in refused.body["errors"]]) == (422, [pointer])
    assert Subscription.objects.count() == 0


def test_changing_a_part_keeps_the_rest(supplier: Organisation) -> None:
    made = rest(supplier).post("subscriptions/", FULL)
    path = f"subscriptions/{made.body['id']}/"
    changed = rest(supplier).patch(path, {"channels": {"mail": "none"}, "budget": None, "area": {"remote": True}})
    mute = {"inbox": True, "webhook": False, "mail": "none"}
    assert changed.body == made.body | {"channels": mute, "budget": None, "area": {"remote": True}}
    assert rest(supplier).patch(path, {"name": "x"}, **{"If-Match": made.headers["ETag"]}).status == 412
    assert rest(supplier).patch(path, {"budget": {"min": "1"}}).status == 422


def test_another_suppliers_subscription_is_not_there(supplier: Organisation, rival: Organisation) -> None:
    path = f"subscriptions/{rest(supplier).post('subscriptions/', FULL).body['id']}/"
    other = rest(rival)
    answers = [other.get(path), other.patch(path, {"name": "x"}), other.delete(path), other.get(f"{path}dry-run/")]
    assert [answer.status for answer in answers] == [404] * 4
    assert other.get("subscriptions/").body["data"] == []


def test_deleted_is_gone(supplier: Organisation) -> None:
    path = f"subscriptions/{rest(supplier).post('subscriptions/', FULL).body['id']}/"
    assert rest(supplier).delete(path).status == 204
    assert rest(supplier).get(path).status == 404


def test_people_and_attesters_have_no_subscriptions(attester: Organisation, customer: Any) -> None:
    person = Rest(keys.issue(customer, actor=SYSTEM)[1])
    assert [each.post("subscriptions/", FULL).status for each in (person, rest(attester), Rest())] == [403, 403, 401]


def test_dry_run(supplier: Organisation) -> None:
    for _ in range(4):
        emitting.announce(delivery.open_rfp(), type="rfp.published", body={}, match=delivery.facts())
    made = rest(supplier).post("subscriptions/", {"categories": ["energy"]})
    path = f"subscriptions/{made.body['id']}/dry-run/"
    assert rest(supplier).get(path).body == {"days": 30, "count": 5, "rounded_to": 5}
    assert rest(supplier).get(f"{path}?days=90").body["days"] == 90
    assert [rest(supplier).get(f"{path}?days={days}").status for days in ("0", "91", "x", "-1", "")] == [422] * 5
