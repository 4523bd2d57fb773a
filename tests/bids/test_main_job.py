"""From a kept value to a confirmed contract, through REST; and what suppliers see on the way."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from accounts.domain import keys
from accounts.models import Organisation, User
from marketplace.kernel.actors import SYSTEM
from marketplace.mail.models import Mail
from rfps.delivery.domain import fanning
from rfps.disclosure.models import DisclosureEvent
from rfps.models import Rfp
from tests.factories import bids, datastore, delivery
from tests.factories import rfps as make
from tests.rest import Rest

pytestmark = pytest.mark.django_db
SECRET = ("Sutherland", "Leith Walk", "900123", "morag@quill", "1984-03-31", "3412", "customer@personas")


RANDOM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}")  # may hold any digits by chance


class Listener(Rest):
    """Keeps every word that a supplier got to read."""

    heard = ""

    def call(self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str) -> Any:
        answer = super().call(method, path, body, raw=raw, **headers)
        self.heard += RANDOM.sub("", str(answer.body))
        return answer


def key() -> dict[str, str]:
    return {"Idempotency_Key": str(uuid4())}


def listen_everywhere(api: Rest) -> None:
    for path in ("opportunities/", "feed/", "bids/", "grants/", "reports/win-loss/", "subscriptions/"):
        assert api.get(path).status == 200
    for each in api.get("opportunities/").body["data"]:
        assert api.get(f"opportunities/{each['id']}/").status == 200
    for each in api.get("bids/").body["data"]:
        assert api.get(f"bids/{each['id']}/versions/").status == 200


def test_the_main_job(customer: User, supplier: Organisation, rival: Organisation) -> None:
    me = Rest(keys.issue(customer, actor=SYSTEM)[1])
    first, second = (Listener(keys.issue(each, actor=SYSTEM)[1]) for each in (supplier, rival))
    datastore.secrets(customer)
    datastore.value(customer, "energy.kwh_per_year", 3412)
    for each in (supplier, rival):
        delivery.subscription(each)
    made = me.post("rfps/", make.body(lines=[{"title": "Electricity", "quantity": "3400", "unit": "kWh"}])).body
    assert me.post(f"rfps/{made['id']}/publish/").status == 200
    fanning.fan_out()
    rfp = Rfp.objects.select_related("current").get(public_id=made["id"])

    offers = []
    for api, price, charges, notice in ((first, "0.24", bids.body(rfp)["charges"], 30), (second, "0.26", [], 90)):
        found = api.get("opportunities/").body["data"][0]["id"]
        assert api.post(f"opportunities/{found}/accept-terms/", {"terms": "PDC-INTENT"}).status == 200
        body = bids.body(rfp, charges=charges, vat_rate="0.05", vat_included=api is first)
        body["lines"][0]["unit_price"], body["answers"][1]["value"] = price, notice
        offers.append(api.post("bids/", body, **key()).body["id"])
        listen_everywhere(api)

    sealed = me.get(f"rfps/{made['id']}/comparison/").body
    assert (sealed["sealed"], sealed["bid_count"], sealed["bids"]) == (True, 2, [])
    assert me.post(f"rfps/{made['id']}/close/").status == 200
    trust = next(
        each["id"] for each in me.get(f"rfps/{made['id']}/comparison/").body["criteria"] if each["title"] == "Trust"
    )
    ratings = [{"bid": bid, "criterion": trust, "value": value} for bid, value in zip(offers, (4, 3), strict=True)]
    assert me.put(f"rfps/{made['id']}/evaluation/", {"ratings": ratings}).status == 200
    columns = me.get(f"rfps/{made['id']}/comparison/").body["bids"]
    assert [(c["bid"], c["total"]["amount"], c["score"], c["rank"]) for c in columns] == [
        (offers[0], "996.00", "58.97", 1),
        (offers[1], "928.20", "44.38", 2),
    ]
    for api in (first, second):
        listen_everywhere(api)
        assert [word for word in SECRET if word in api.heard] == []

    contract = me.post(f"rfps/{made['id']}/award/", {"bid": offers[0]}, **key()).body
    assert Decimal(contract["bid"]["total"]["amount"]) == 996
    opportunity = first.get("opportunities/").body["data"][0]["id"]
    assert first.post(f"opportunities/{opportunity}/confirm-award/").body["status"] == "confirmed"
    read = first.get(f"opportunities/{opportunity}/").body
    assert (read["stage"], "14 Leith Walk" in str(read["disclosed"])) == ("S3", True)
    listen_everywhere(second)
    assert [word for word in SECRET if word in second.heard] == []
    theirs = second.get("opportunities/").body["data"][0]["id"]
    assert second.get(f"opportunities/{theirs}/").body["stage"] == "S4"
    seen = DisclosureEvent.objects.filter(field="home.address", outcome="read")
    assert set(seen.values_list("organisation", flat=True)) == {supplier.pk}
    mails = " ".join(Mail.objects.exclude(recipient=customer).values_list("body", flat=True))
    assert [word for word in SECRET if word in mails] == []
