"""The changes feed over REST."""

from __future__ import annotations

import pytest

from accounts.domain import keys
from accounts.models import Organisation
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.api.paging import encode_cursor
from rfps.delivery.domain import emitting, feeding
from rfps.delivery.models import Event
from tests.factories import delivery
from tests.rest import Rest

pytestmark = pytest.mark.django_db(transaction=True)


def rest(organisation: Organisation) -> Rest:
    return Rest(keys.issue(organisation, actor=SYSTEM)[1])


def tell(organisation: Organisation) -> tuple[Event, str]:
    known = delivery.opportunity(delivery.open_rfp(), organisation)
    return emitting.tell([known], type="bid.shortlisted", data={"bid": "b"}), str(known.public_id)


def test_an_item_is_the_event(supplier: Organisation, rival: Organisation) -> None:
    event, opportunity = tell(supplier)
    tell(rival)
    answer = rest(supplier).get("feed/")
    (item,) = answer.body["data"]
    occurred_at = event.__class__.objects.get(pk=event.pk).occurred_at.isoformat().replace("+00:00", "Z")
    assert item == {
        "id": str(event.public_id),
        "type": "bid.shortlisted",
        "occurred_at": occurred_at,
        "opportunity": opportunity,
        "data": {"bid": "b"},
    }
    assert answer.body["has_more"] is False


def test_pages_by_cursor_and_an_empty_page_returns_it(supplier: Organisation) -> None:
    told = [str(tell(supplier)[0].public_id) for _ in range(3)]
    door = rest(supplier)
    first = door.get("feed/?limit=2").body
    second = door.get(f"feed/?limit=2&after={first['next_cursor']}").body
    third = door.get(f"feed/?limit=2&after={second['next_cursor']}").body
    assert [item["id"] for page in (first, second) for item in page["data"]] == told
    assert (first["has_more"], second["has_more"]) == (True, False)
    assert third == {"data": [], "next_cursor": second["next_cursor"], "has_more": False}


def test_the_first_empty_page_has_a_cursor_too(supplier: Organisation) -> None:
    door = rest(supplier)
    cursor = door.get("feed/").body["next_cursor"]
    event, _known = tell(supplier)
    assert [item["id"] for item in door.get(f"feed/?after={cursor}").body["data"]] == [str(event.public_id)]


@pytest.mark.parametrize("cursor", ["nonsense", "%00", "ü", "A" * 5000])
def test_a_malformed_cursor_is_400(supplier: Organisation, cursor: str) -> None:
    answer = rest(supplier).get(f"feed/?after={cursor}")
    assert (answer.status, answer.body["code"]) == (400, "malformed_cursor")


def test_a_lists_cursor_is_no_place_in_the_feed(supplier: Organisation) -> None:
    assert rest(supplier).get(f"feed/?after={encode_cursor('12')}").status == 400


def test_a_cursor_of_before_a_restore_is_410_with_the_way_back(supplier: Organisation) -> None:
    door = rest(supplier)
    cursor = door.get("feed/").body["next_cursor"]
    feeding.bump_epoch()
    gone = door.get(f"feed/?after={cursor}")
    assert (gone.status, gone.body["code"], gone.body["resync"]) == (410, "cursor_expired", "/api/v1/feed/")
    assert gone.headers["Link"] == '</api/v1/feed/>; rel="resync"'
    assert gone.headers["Content-Type"] == "application/problem+json"
    assert door.get("feed/").status == 200


def test_limits(supplier: Organisation) -> None:
    assert [rest(supplier).get(f"feed/?limit={limit}").status for limit in ("1", "200", "0", "201", "x")] == [
        *[200] * 2,
        *[422] * 3,
    ]


def test_only_suppliers_have_a_feed(attester: Organisation) -> None:
    assert [each.get("feed/").status for each in (rest(attester), Rest())] == [403, 401]
