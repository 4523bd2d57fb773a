"""Nonsense at every door: one clear refusal as problem JSON, never a crash, nothing half-saved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from drf_spectacular.generators import SchemaGenerator

from marketplace.idempotency.models import StoredAnswer
from tests.rest import Answer
from tests.routes import routes
from tests.world import World, ok

MEMBERS = {"type", "title", "status", "detail", "code", "errors", "request_id"}
APPS = {"accounts", "datastore", "rfps", "delivery", "disclosure", "bids", "audit", "mail", "idempotency"}
SUPPLIERS = ("subscriptions", "opportunities", "feed", "bids", "reports")
WITH_BODY = ("POST", "PUT", "PATCH")
TOO_LARGE = 1_100_000
MALFORMED = {
    "cut off": b'{"title": ',
    "broken UTF-8": b'{"title": "\xff\xfe"}',
    "NaN": b'{"places": NaN}',
    "infinity": b'{"places": -Infinity}',
    "a number beyond all": b'{"places": 1e999}',
    "an integer of 40 digits": b'{"places": ' + b"9" * 40 + b"}",
    "a name twice": b'{"title": "a", "title": "b"}',
    "65 levels": b'{"a":' * 64 + b"[]" + b"}" * 64,
    "NUL": b'{"title": "a\\u0000b"}',
    "half a surrogate pair": b'{"title": "a\\ud800b"}',
    "two values": b"{} {}",
    "single quotes": b"{'title': 'a'}",
}
WRONG_SHAPE = (b"[]", b'"x"', b"null", b"1", b"true", b"[[{}]]", b'{"surprise": 1}', b'{"": {}}')
BESIDE = ("opportunity", "bid", "grant", "question")
WRONG: dict[str, list[Any]] = {
    "string": [1, True, [], {}, 1.5],
    "integer": ["x", [], {}, 1.5, 10**29, -(10**28)],
    "number": ["x", [], {}, 10**29, 1e300],
    "boolean": ["true", 1, [], {}],
    "array": ["x", 1, {}, True, [[[]]], [None], [{"surprise": {}}]],
    "object": ["x", 1, [], True, {"surprise": {}}],
}


@pytest.fixture
def busy(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """An open request with two bids and a question, a draft, and no limit on how often one asks."""
    monkeypatch.setattr(settings, "API_RATE_PER_MINUTE", 10**9)
    world.subscribe("supplier", "rival")
    world.publish(sealing="open")
    world.bid("supplier", "0.24")
    world.bid("rival", "0.30")
    world.ask("supplier")
    world.learn()
    world.ids["draft"] = ok(world["customer"].post("rfps/", {"title": "Half a thought"}))["id"]
    return world


def persona_of(route: str) -> str:
    return "supplier" if route.split("/", maxsplit=1)[0] in SUPPLIERS else "customer"


def doors(world: World, *methods: str) -> Iterator[tuple[str, str, str]]:
    """(persona, method, path with ids that exist) of every route, for somebody with the rights."""
    for method, route in routes():
        if route != "schema/" and (not methods or method in methods):
            path = world.path_of(persona_of(route), route)
            if method == "PATCH" and route.startswith("rfps/"):
                path = path.replace(world.ids["rfp"], world.ids["draft"])
            yield persona_of(route), method, path


def keyed(**headers: str) -> dict[str, str]:
    """Headers with a fresh Idempotency-Key, so that none is missed and nothing is replayed."""
    return {"Idempotency_Key": uuid4().hex, **headers}


def faults_of(answer: Answer, *statuses: int) -> str:
    """What is wrong with a refusal; empty when it is one of `statuses` and says so properly."""
    if answer.status not in statuses:
        return f"{answer.status} {answer.body}"
    if answer.headers["Content-Type"] != "application/problem+json" or set(answer.body) != MEMBERS:
        return f"no problem: {answer.body}"
    if answer.body["status"] != answer.status or not answer.body["code"] or not answer.body["request_id"]:
        return f"incomplete: {answer.body}"
    if answer.status == 422 and not all(set(f) == {"pointer", "code", "message"} for f in answer.body["errors"]):
        return f"faults: {answer.body}"
    return ""


def rows() -> dict[str, int]:
    """How many rows each table holds; a refusal is replayed like any answer, so it may be stored as one."""
    found = (model for model in apps.get_models() if model._meta.app_label in APPS and model is not StoredAnswer)
    return {model._meta.label: model._default_manager.count() for model in found}


def refused(answers: Iterator[tuple[str, Answer]], *statuses: int) -> list[str]:
    """Everything that was not refused as it should be, or that left rows behind."""
    before = rows()
    wrong = [f"{what}: {fault}" for what, answer in answers if (fault := faults_of(answer, *statuses))]
    after = rows()
    return wrong + [f"{name}: {before[name]} → {count}" for name, count in after.items() if count != before[name]]


def test_malformed_bodies_are_400(busy: World) -> None:
    def answers() -> Iterator[tuple[str, Answer]]:
        for persona, method, path in doors(busy, *WITH_BODY):
            for name, raw in MALFORMED.items():
                yield f"{method} {path} {name}", busy[persona].call(method, path, raw=raw, **keyed())

    assert refused(answers(), 400) == []


def test_bodies_of_another_shape_are_422(busy: World) -> None:
    def answers() -> Iterator[tuple[str, Answer]]:
        for persona, method, path in doors(busy, *WITH_BODY):
            for raw in WRONG_SHAPE:
                yield f"{method} {path} {raw!r}", busy[persona].call(method, path, raw=raw, **keyed())

    assert refused(answers(), 422) == []


def test_members_of_another_type_are_422(busy: World) -> None:
    def answers() -> Iterator[tuple[str, Answer]]:
        for persona, method, path, name, value in wrong_members(busy):
            body = json.dumps({name: value}).encode()
            answer = busy[persona].call(method, path, raw=body, **keyed())
            yield f"{method} {path} {body[:80]!r}", answer

    assert refused(answers(), 422) == []


def wrong_members(world: World) -> Iterator[tuple[str, str, str, str, Any]]:
    """Each documented member with values that are none of its types."""
    described: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    schemas = described["components"]["schemas"]
    for method, route in routes():
        if method not in WITH_BODY or route == "schema/":
            continue
        name = f"/api/v1/{route.replace('<uuid:', '{').replace('<str:', '{').replace('>', '}')}"
        content = described["paths"][name][method.lower()]["requestBody"]["content"]["application/json"]
        members = schemas[content["schema"]["$ref"].rpartition("/")[2]].get("properties", {})
        path = next(p for _who, m, p in doors(world, method) if m == method and same(world, route, p, method))
        for member, schema in members.items():
            kinds = kinds_of(schema, schemas)
            for value in [] if not kinds else common(kinds):
                yield persona_of(route), method, path, member, value


def same(world: World, route: str, path: str, method: str) -> bool:
    made = world.path_of(persona_of(route), route)
    return path in (made, made.replace(world.ids["rfp"], world.ids["draft"]))


def common(kinds: set[str]) -> list[Any]:
    """Values that are wrong for every one of the types."""
    first, *others = [WRONG[kind] for kind in sorted(kinds)]
    return [value for value in first if all(value in other for other in others)]


def kinds_of(schema: dict[str, Any], schemas: dict[str, Any]) -> set[str]:
    """The types a member may have; empty when it may have any."""
    if "$ref" in schema:
        return kinds_of(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    for word in ("oneOf", "anyOf", "allOf"):
        if word in schema:
            return set().union(*(kinds_of(each, schemas) for each in schema[word])) - {"null"}
    kinds = schema.get("type", [])
    return {kinds} - {"null"} if isinstance(kinds, str) else set(kinds) - {"null"}


def test_large_bodies_are_413(busy: World) -> None:
    large = b'{"title": "' + b"a" * TOO_LARGE + b'"}'

    def answers() -> Iterator[tuple[str, Answer]]:
        for persona, method, path in doors(busy, *WITH_BODY):
            yield f"{method} {path}", busy[persona].call(method, path, raw=large, **keyed())
        yield "10 MB", busy["customer"].call("POST", "rfps/", raw=b" " * 10_000_000, **keyed())

    assert refused(answers(), 413) == []


def test_other_media_types_are_415_and_406(busy: World) -> None:
    def texts() -> Iterator[tuple[str, Answer]]:
        for persona, method, path in doors(busy, *WITH_BODY):
            answer = busy[persona].call(method, path, raw=b"title", **keyed(Content_Type="text/plain"))
            yield f"{method} {path}", answer

    def pages() -> Iterator[tuple[str, Answer]]:
        for persona, method, path in doors(busy):
            if not path.endswith("/export/"):
                yield f"{method} {path}", busy[persona].call(method, path, {}, **keyed(Accept="text/html"))

    assert refused(texts(), 415) == []
    assert refused(pages(), 406) == []


def test_other_methods_are_405_and_other_paths_404(busy: World) -> None:
    known: dict[str, set[str]] = {}
    for method, route in routes():
        known.setdefault(route, set()).add(method)

    def others() -> Iterator[tuple[str, Answer]]:
        for route, methods in known.items():
            for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - methods:
                if route != "schema/":
                    path = busy.path_of(persona_of(route), route)
                    yield f"{method} {path}", busy[persona_of(route)].call(method, path, {}, **keyed())

    def nowhere() -> Iterator[tuple[str, Answer]]:
        for path in (
            "nothing/",
            "rfps/nothing/",
            f"rfps/{uuid4()}/nothing/",
            "rfps/%00/",
            "rfps/%FF/",
            "bids/../../x/",
        ):
            yield path, busy["customer"].get(path)
        for persona, method, path in doors(busy):
            for kind in ("rfp", *(f"{one} of supplier" for one in BESIDE), "supplier"):
                if busy.ids[kind] in path:
                    wrong = path.replace(busy.ids[kind], "not-an-id")
                    yield f"{method} {wrong}", busy[persona].call(method, wrong, {}, **keyed())
                    wrong = path.replace(busy.ids[kind], str(uuid4()))
                    yield f"{method} {wrong}", busy[persona].call(method, wrong, **keyed())

    assert refused(others(), 405) == []
    assert [fault for fault in refused(nowhere(), 404) if not required_first(fault)] == []


def required_first(fault: str) -> bool:
    """A body that lacks what is required may be refused before the path is looked at."""
    return ": 422 " in fault and "'code': 'required'" in fault


def test_other_peoples_ids_are_404(busy: World) -> None:
    strangers = {"customer": "partner", "supplier": "outsider"}

    def answers() -> Iterator[tuple[str, Answer]]:
        for persona, method, path in doors(busy):
            if busy.ids["supplier"] in path or not any(known in path for known in busy.ids.values()):
                continue
            answer = busy[strangers[persona]].call(method, path, **keyed())
            yield f"{method} {path}", answer

    assert [fault for fault in refused(answers(), 404) if not required_first(fault)] == []


def test_query_parameters_are_judged(busy: World) -> None:
    lists = [(who, path) for who, _method, path in doors(busy, "GET") if is_list(busy[who].get(path))]

    def limits() -> Iterator[tuple[str, Answer]]:
        for persona, path in lists:
            for limit in ("0", "201", "abc", "-1", "1.5", "9" * 40, "", "%00", "٣"):
                yield f"{path} {limit}", busy[persona].get(f"{path}?limit={limit}")
        for days in ("0", "-1", "abc", "9" * 40, "91", ""):
            path = f"subscriptions/{busy.ids['subscription of supplier']}/dry-run/?days={days}"
            yield path, busy["supplier"].get(path)
        yield "stage", busy["customer"].get(f"rfps/{busy.ids['rfp']}/preview/?stage=S9")
        yield "format", busy["customer"].get(f"rfps/{busy.ids['rfp']}/export/?format=xml")
        yield "bid", busy["customer"].get(f"rfps/{busy.ids['rfp']}/comparison/explain/?bid=x")

    def cursors() -> Iterator[tuple[str, Answer]]:
        for persona, path in lists:
            for cursor in ("x", "%00", "AAAA", "9" * 5000, "é", "…"):
                name = "after" if path == "feed/" else "cursor"
                yield f"{path} {cursor[:9]}", busy[persona].get(f"{path}?{name}={cursor}")

    assert len(lists) >= 10
    assert refused(limits(), 422) == []
    assert refused(cursors(), 400) == []


def is_list(answer: Answer) -> bool:
    return isinstance(answer.body, dict) and {"data", "next_cursor", "has_more"} <= set(answer.body)


def test_format_is_no_content_negotiation(busy: World) -> None:
    for persona, _method, path in doors(busy, "GET"):
        if path.endswith("/export/"):
            continue
        plain = busy[persona].get(path).status
        assert [busy[persona].get(f"{path}?format={kind}").status for kind in ("csv", "xml", "api")] == [plain] * 3, (
            path
        )


@pytest.mark.parametrize(
    "moment",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2030-02-30T00:00:00Z", "2030-01-31T17:00:00", "soon"],
)
def test_times_out_of_range_are_422(busy: World, moment: str) -> None:
    customer, supplier, rfp = busy["customer"], busy["supplier"], busy.ids["rfp"]
    subscription = f"subscriptions/{busy.ids['subscription of supplier']}/"

    def answers() -> Iterator[tuple[str, Answer]]:
        yield "closes_at", customer.post("rfps/", {"title": "x", "closes_at": moment})
        yield "decides_by", customer.patch(f"rfps/{busy.ids['draft']}/", {"decides_by": moment})
        yield "extend", customer.post(f"rfps/{rfp}/extend/", {"closes_at": moment})
        yield "observed", customer.post("data-store/values/", {"field": "x", "value": 1, "observed_at": moment})
        yield "active", supplier.patch(subscription, {"active_until_at": moment})
        yield "valid", supplier.patch(f"bids/{busy.ids['bid of supplier']}/", {"valid_until": moment})

    assert refused(answers(), 422) == []


STRANGE = "Straße 🏡 مرحبا שלום \u202eabc <script>alert('x')</script> & \"quoted\" ’;--"


def test_strange_text_is_kept_as_it_is(busy: World) -> None:
    customer, supplier = busy["customer"], busy["supplier"]
    body = {
        "title": STRANGE,
        "need": STRANGE,
        "lines": [{"title": STRANGE, "spec": STRANGE, "unit": "🏡"}],
        "requirements": [{"text": STRANGE, "answer": "text"}],
        "criteria": [{"kind": "rating", "title": STRANGE, "weight": 1}],
    }
    made = ok(customer.post("rfps/", {**body, "category": "energy/electricity"}))
    assert (made["title"], made["need"], made["lines"][0]["title"]) == (STRANGE, STRANGE, STRANGE)
    assert (made["lines"][0]["spec"], made["requirements"][0]["text"]) == (STRANGE, STRANGE)
    assert made["criteria"][0]["title"] == STRANGE
    assert ok(customer.get(f"rfps/{made['id']}/"))["title"] == STRANGE
    assert ok(customer.post("data-store/items/", {"kind": "vehicle", "label": STRANGE}))["label"] == STRANGE
    assert ok(customer.patch("data-store/values/identity.full_name/", {"value": STRANGE}))["value"] == STRANGE
    wish = {"name": STRANGE, "categories": ["energy"], "keywords": ["<script>", "مرحبا"]}
    made = ok(supplier.post("subscriptions/", wish))
    assert (made["name"], made["keywords"]) == (STRANGE, ["<script>", "مرحبا"])
    bid = f"bids/{busy.ids['bid of supplier']}/"
    made = ok(supplier.patch(bid, {"title": STRANGE, "note": STRANGE, "reference": STRANGE}))
    assert (made["title"], made["note"], made["reference"]) == (STRANGE, STRANGE, STRANGE)
    made = ok(customer.post(f"rfps/{busy.ids['rfp']}/own-entries/", {"title": STRANGE, "total": "1.00"}))
    assert made["title"] == STRANGE


def test_headers_are_judged(busy: World) -> None:
    customer = busy["customer"]

    def answers() -> Iterator[tuple[str, Answer]]:
        for key in ("", "x" * 256, "ключ", "a\tb"):
            yield f"key {key[:9]}", customer.post("rfps/", {"title": "x"}, Idempotency_Key=key)

    assert refused(answers(), 400) == []
    for tag in ('"x"', "x", '""', 'W/"x"', '"' + "x" * 4000 + '"'):
        assert faults_of(customer.patch(f"rfps/{busy.ids['draft']}/", {"title": "y"}, If_Match=tag), 412) == ""
    for key in ("", "x", "x" * 5000, "Bearer", "cl\xe9", "\x7f"):
        answer = customer.client.get("/api/v1/rfps/", headers={"authorization": f"Bearer {key}"})
        assert (answer.status_code, answer.json()["status"]) == (401, 401)
