"""The data store through REST: only one's own, in versions, never half-saved."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from accounts.datastore.models import FieldValue, Item
from accounts.domain import keys
from accounts.models import Organisation, User
from marketplace.kernel.actors import SYSTEM
from tests.factories import datastore, people
from tests.rest import Rest

pytestmark = pytest.mark.django_db
KWH = {"field": "energy.kwh_per_year", "value": 3412}
INSTANTS = ("id", "observed_at", "created_at")


def rest(holder: User | Organisation, *scopes: str) -> Rest:
    return Rest(keys.issue(holder, actor=SYSTEM, scopes=scopes or None)[1])


def stable(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in INSTANTS}


def test_a_value_is_kept_read_corrected_and_withdrawn(customer: User) -> None:
    api = rest(customer)
    made = api.post("data-store/values/", KWH)
    assert (made.status, stable(made.body)) == (
        201,
        {**KWH, "item": None, "version": 1, "owner": "person", "source": "provided", "confirmed_at": None},
    )
    path = "data-store/values/energy.kwh_per_year/"
    assert (api.get(path).status, api.get(path).body) == (200, made.body)
    corrected = api.patch(path, {"value": 3500})
    assert (corrected.status, corrected.body["value"], corrected.body["version"]) == (200, 3500, 2)
    assert api.delete(path).status == 204
    assert [api.get(path).status, api.patch(path, {"value": 1}).status, api.delete(path).status] == [404] * 3
    assert api.post("data-store/values/", KWH).body["version"] == 3


def test_a_second_live_value_is_a_conflict(customer: User) -> None:
    api = rest(customer)
    api.post("data-store/values/", KWH)
    again = api.post("data-store/values/", {**KWH, "value": 1})
    assert (again.status, again.body["code"], FieldValue.objects.count()) == (409, "exists", 1)


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, {"/field", "/value"}),
        ([], {""}),
        ({**KWH, "extra": 1, "item": "x"}, {"/extra", "/item"}),
        ({"field": "identity.shoe_size", "value": 1}, {"/field"}),
        ({"field": 3, "value": 1}, {"/field"}),
        ({**KWH, "value": "many"}, {"/value"}),
        ({**KWH, "value": None}, {"/value"}),
        ({**KWH, "item": str(uuid4())}, {"/item"}),
        ({**KWH, "observed_at": "2999-01-01T00:00:00Z", "value": -1}, {"/value", "/observed_at"}),
        ({**KWH, "observed_at": "yesterday"}, {"/observed_at"}),
        ({"field": "contact.email", "value": "<script>alert(1)</script>"}, {"/value"}),
        ({"field": "identity.birth_date", "value": "1984-02-30"}, {"/value"}),
        ({"field": "home.address", "value": {"streetAddress": {"a": ["b"] * 50}}}, {"/value/streetAddress"}),
    ],
)
def test_nonsense_is_refused_with_pointers(customer: User, body: Any, pointers: set[str]) -> None:
    refused = rest(customer).call("POST", "data-store/values/", body)
    assert (refused.status, {fault["pointer"] for fault in refused.body["errors"]}) == (422, pointers)
    assert FieldValue.objects.count() == 0


@pytest.mark.parametrize("raw", [b"", b"{", b'{"value": NaN}', b"\xff", b"[" * 100 + b"]" * 100, b'{"a":1,"a":2}'])
def test_malformed_bodies_are_400(customer: User, raw: bytes) -> None:
    assert rest(customer).call("POST", "data-store/values/", raw=raw).status in {400, 422}
    assert FieldValue.objects.count() == 0


def test_other_peoples_values_are_not_there(customer: User, partner: User, supplier: Organisation) -> None:
    golf = datastore.item(customer)
    datastore.value(customer, "contact.phone", "+44 7700 900123")
    datastore.value(customer, "mobility.vehicle_year", 2014, golf)
    stranger = rest(partner)
    about = f"data-store/values/mobility.vehicle_year/?item={golf.public_id}"
    for path in ("data-store/values/contact.phone/", about):
        assert stranger.get(path).status == 404
        assert stranger.patch(path, {"value": 1}).status == 404
        assert stranger.delete(path).status == 404
    assert stranger.get("data-store/values/").body["data"] == []
    assert stranger.get("data-store/items/").body["data"] == []
    taken = stranger.post(
        "data-store/values/", {"field": "mobility.vehicle_fuel", "value": "diesel", "item": str(golf.public_id)}
    )
    assert (taken.status, taken.body["errors"][0]["pointer"]) == (422, "/item")
    assert rest(supplier).get("data-store/values/").status == 403
    assert Rest().get("data-store/values/").status == 401
    assert FieldValue.objects.filter(ended_at__isnull=True).count() == 2


def test_scopes_of_the_data_store(customer: User) -> None:
    reader = rest(customer, "data:read")
    refused = reader.post("data-store/values/", KWH)
    assert (refused.status, refused.body["code"], reader.get("data-store/fields/").status) == (
        403,
        "insufficient_scope",
        200,
    )


def test_the_households_values_are_both_partners(customer: User, partner: User) -> None:
    made = rest(customer).post("data-store/values/", {"field": "home.postcode", "value": "EH6 5DT"})
    assert made.body["owner"] == "household"
    assert rest(partner).get("data-store/values/home.postcode/").body == made.body


def test_values_about_items(customer: User) -> None:
    api = rest(customer)
    golf = api.post("data-store/items/", {"kind": "vehicle", "label": "The <b>old</b> Golf"})
    assert (golf.status, golf.body["label"], golf.body["owner"]) == (201, "The <b>old</b> Golf", "person")
    year = {"field": "mobility.vehicle_year", "value": 2014, "item": golf.body["id"]}
    assert api.post("data-store/values/", year).status == 201
    path = "data-store/values/mobility.vehicle_year/"
    assert api.get(f"{path}?item={golf.body['id']}").body["item"] == golf.body["id"]
    assert [api.get(path).status, api.get(f"{path}?item={uuid4()}").status, api.get(f"{path}?item=x").status] == [
        404
    ] * 3
    assert api.get("data-store/items/").body["data"] == [golf.body]
    refused = api.post("data-store/items/", {"kind": "boat", "label": " ", "colour": "red"})
    assert {fault["pointer"] for fault in refused.body["errors"]} == {"/kind", "/label", "/colour"}
    for unshown in ("a\x07b", "\x1b[31mred", "\x7f"):
        refused = api.post("data-store/items/", {"kind": "vehicle", "label": unshown})
        assert [fault["code"] for fault in refused.body["errors"]] == ["characters"]
    assert Item.objects.count() == 1


def test_if_match_guards_a_correction(customer: User) -> None:
    api = rest(customer)
    path = "data-store/values/energy.kwh_per_year/"
    first = api.post("data-store/values/", KWH).headers["ETag"]
    assert api.patch(path, {"value": 2}, If_Match=first).status == 200
    assert [api.patch(path, {"value": 3}, If_Match=first).status, api.delete(path, If_Match=first).status] == [412] * 2
    assert api.get(path, If_None_Match=api.get(path).headers["ETag"]).status == 304


def test_a_repeated_post_keeps_one_value(customer: User) -> None:
    api = rest(customer)
    first, second = (api.post("data-store/values/", KWH, Idempotency_Key="k1") for _ in range(2))
    assert (first.status, second.status, second.body) == (201, 201, first.body)
    assert FieldValue.objects.count() == 1


def test_pages_of_values_cost_the_same(customer: User, django_assert_num_queries: Any) -> None:
    api = rest(customer)
    datastore.value(customer, "household.size", 3)
    api.get("data-store/values/")
    for expected in (1, 3):
        with django_assert_num_queries(2):
            assert len(api.get("data-store/values/").body["data"]) == expected
        if expected == 1:
            datastore.value(customer, "household.children", 1)
            datastore.value(customer, "home.postcode", "EH6 5DT")
    page = api.get("data-store/values/?limit=2").body
    assert ([value["field"] for value in page["data"]], page["has_more"]) == (
        ["home.postcode", "household.children"],
        True,
    )
    rest_of_it = api.get(f"data-store/values/?cursor={page['next_cursor']}").body
    assert [value["field"] for value in rest_of_it["data"]] == ["household.size"]


def test_every_field_is_described(customer: User) -> None:
    fields = {field["field"]: field for field in rest(customer).get("data-store/fields/").body["data"]}
    assert len(fields) >= 60
    assert fields["home.postcode"]["half_life_days"] == 1365


def test_suppliers_public_records(supplier: Organisation) -> None:
    people.check(supplier, days=-1, kind="trade")
    record = Rest().get(f"suppliers/{supplier.public_id}/")
    assert (record.status, record.body["name"]) == (200, "Northlight Energy")
    assert [check["kind"] for check in record.body["checks"]] == ["identity"]
    assert str(record.body).count("supplier@personas.example") == 0


def test_who_is_no_supplier_has_no_public_record(attester: Organisation, customer: User) -> None:
    unchecked = people.organisation(checked=False)
    for other in (attester.public_id, unchecked.public_id, customer.public_id, uuid4()):
        assert Rest().get(f"suppliers/{other}/").status == 404
    assert rest(unchecked).get(f"suppliers/{unchecked.public_id}/").status == 200
