"""Every member of every body replaced by nonsense: refused or taken, never a crash, nothing half-saved."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.domain import keys
from accounts.models import Organisation, User
from bids.models import Bid, BidVersion
from marketplace.kernel.actors import SYSTEM
from rfps.models import Rfp
from tests.factories import bids
from tests.rest import Rest

pytestmark = pytest.mark.django_db

NASTY: list[Any] = [
    None,
    True,
    -1,
    0,
    10**25,
    1.5e300,
    "",
    "x" * 30_000,
    "<script>alert(1)</script>",
    "1" * 40,
    "-0.0000000000000000000000000000000000000001",
    "1e400",
    "NaN",
    "Infinity",
    "1/3",
    "٣",
    "0001-01-01",
    "9999-12-31",
    "2030-02-30",
    "\u202e\ufeff",
    str(uuid4()),
    [],
    {},
    [[]],
    [None],
    [{}],
    {"high": "1"},
    {"": ""},
    ["a"] * 300,
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything inside a body."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        yield from places(inner, (*path, name))


def spoilt(body: Any, each: int = 3) -> Iterator[Any]:
    """The body with one thing replaced; each place gets the next few of the list, so that all have their turn."""
    yield from NASTY
    for number, path in enumerate(places(body)):
        for turn in range(each):
            broken = copy.deepcopy(body)
            inside = broken
            for step in path[:-1]:
                inside = inside[step]
            inside[path[-1]] = NASTY[(number * each + turn) % len(NASTY)]
            yield broken


def door(holder: User | Organisation) -> Rest:
    return Rest(keys.issue(holder, actor=SYSTEM)[1])


@pytest.fixture(autouse=True)
def _without_hurry(settings: Any) -> None:
    settings.API_RATE_PER_MINUTE = 10**9


@pytest.fixture
def rfp(customer: User) -> Rfp:
    return bids.request(customer, closes_in=-timedelta(hours=1))


def test_nonsense_in_a_bid(customer: User, supplier: Organisation) -> None:
    rfp = bids.request(customer)
    bids.opportunity(rfp, supplier)
    api = door(supplier)
    for body in spoilt({**bids.body(rfp), "estimate": {"low": "1"}}):
        answer = api.post("bids/", body, Idempotency_Key=str(uuid4()))
        assert answer.status in {201, 400, 404, 409, 422}, body
        if answer.status == 201:
            Bid.objects.update(state="withdrawn")
    assert BidVersion.objects.filter(standing_of__isnull=True, draft_of__isnull=True).count() == 0
    bid = bids.bid(rfp, supplier)
    body = bids.body(rfp)
    for name in ("rfp", "submit"):
        del body[name]
    for broken in spoilt(body):
        assert api.patch(f"bids/{bid.public_id}/", broken).status in {200, 409, 422}, broken
        assert api.get(f"bids/{bid.public_id}/").status == 200, broken


def test_nonsense_in_judging(customer: User, supplier: Organisation, rfp: Rfp) -> None:
    api, bid = door(customer), bids.bid(rfp, supplier)
    assert rfp.current is not None
    trust = str(rfp.current.criteria.all()[2].public_id)
    evaluation = {
        "weights": {trust: 10},
        "ratings": [{"bid": str(bid.public_id), "criterion": trust, "value": 3}],
        "notes": [{"bid": str(bid.public_id), "text": "Fine"}],
        "hidden": [str(bid.public_id)],
    }
    content = bids.body(rfp)
    entry = {name: content[name] for name in ("title", "lines", "charges", "delivery", "answers", "vat_rate")}
    entry |= {"total": "900.00", "supplier": "Oldlight", "contract_ends_on": "2030-01-01"}
    current = {**entry, "exit_fee": "40.00"}
    base = f"rfps/{rfp.public_id}/"
    for path, method, body in (
        ("evaluation/", "PUT", evaluation),
        ("current/", "PUT", current),
        ("own-entries/", "POST", {"total": "1", "answers": []}),
        ("shortlist/", "POST", {"bid": str(bid.public_id), "shortlisted": True}),
    ):
        for broken in spoilt(body):
            answer = api.call(method, f"{base}{path}", broken)
            assert answer.status in {200, 201, 400, 404, 409, 422}, (path, broken)
            if answer.status < 300:
                assert api.get(f"{base}comparison/").status == 200, (path, broken)
    for suffix in ("comparison/", "export/", "evaluation/", "current/", f"comparison/explain/?bid={bid.public_id}"):
        assert api.get(f"{base}{suffix}").status == 200


def test_nonsense_in_a_choice(customer: User, supplier: Organisation, rfp: Rfp) -> None:
    api, bid = door(customer), bids.bid(rfp, supplier)
    for broken in spoilt({"bid": str(bid.public_id)}):
        assert api.post(f"rfps/{rfp.public_id}/award/", broken).status in {400, 404, 422}, broken
    assert api.post(f"rfps/{rfp.public_id}/award/", {"bid": str(bid.public_id)}).status == 200
    theirs = door(supplier)
    path = f"opportunities/{bid.opportunity.public_id}/decline-award/"
    for broken in spoilt({"reason": 5}):
        if broken is None or (
            isinstance(broken, dict) and set(broken) <= {"reason"} and isinstance(broken.get("reason", ""), str)
        ):
            continue  # a reason it could take
        assert theirs.post(path, broken).status in {400, 422}, broken
