"""The description of the API: complete, valid, and true to the URLs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.rest import Rest
from tests.routes import routes

METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return made


@pytest.fixture(scope="module")
def operations(described: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path): path_item[method]
        for path, path_item in described["paths"].items()
        for method in METHODS
        if method in path_item
    }


def contents(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every JSON body of an operation, asked or answered; refusals are shared and judged once."""
    for body in [operation.get("requestBody", {}), *operation["responses"].values()]:
        yield from (content for kind, content in body.get("content", {}).items() if "json" in kind)


def test_it_is_made_without_a_warning(tmp_path: Any) -> None:
    target = tmp_path / "schema.yml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(target))
    assert target.read_text().startswith("openapi: 3.1.0")


@pytest.mark.django_db
def test_it_is_served_to_everybody() -> None:
    answer = Rest().client.get("/api/v1/schema/", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["openapi"]) == (200, "3.1.0")


def test_every_route_is_described(operations: dict[Any, Any]) -> None:
    found = {(method, "/api/v1/" + re.sub(r"<\w+:(\w+)>", r"{\1}", route)) for method, route in routes()}
    assert set(operations) == found - {("GET", "/api/v1/schema/")}


def test_operation_ids_are_unique(operations: dict[Any, Any]) -> None:
    ids = [operation["operationId"] for operation in operations.values()]
    assert sorted(set(ids)) == sorted(ids)


def test_every_operation_has_a_summary_an_example_and_its_errors(operations: dict[Any, Any]) -> None:
    for name, operation in operations.items():
        assert operation.get("summary"), name
        answered = [body for status, body in operation["responses"].items() if status in ("200", "201")]
        shown = [kind for body in answered for kind in body.get("content", {}).values()]
        assert all(content.get("examples") for content in contents(operation)), name
        assert shown or "204" in operation["responses"], name
        assert {"400", "401", "406", "413", "429"} <= set(operation["responses"]), name
        assert ("404" in operation["responses"]) or "{" not in name[1], name
        assert name[0] == "GET" or {"409", "412", "415", "422"} <= set(operation["responses"]), name


def test_refusals_are_problem_json(described: dict[str, Any]) -> None:
    for name, body in described["components"]["responses"].items():
        assert list(body["content"]) == ["application/problem+json"], name
        assert body["content"]["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}


def test_bodies_take_no_unknown_member(described: dict[str, Any], operations: dict[Any, Any]) -> None:
    schemas = described["components"]["schemas"]
    for name, schema in schemas.items():
        if name.endswith("Request"):
            assert schema["additionalProperties"] is False, name
    for name, operation in operations.items():
        if name[0] in ("POST", "PUT", "PATCH"):
            assert operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("Request"), name


def test_closed_lists_have_names(described: dict[str, Any]) -> None:
    def inline(schema: Any, path: str) -> Iterator[str]:
        if isinstance(schema, dict):
            if isinstance(schema.get("enum"), list) and path.count("/") > 1:
                yield path
            for name, inner in schema.items():
                yield from inline(inner, f"{path}/{name}")

    assert list(inline(described["components"]["schemas"], "")) == []


def test_examples_are_what_the_schema_says(described: dict[str, Any], operations: dict[Any, Any]) -> None:
    resource = Resource.from_contents(described, default_specification=DRAFT202012)
    registry: Any = Registry().with_resource("urn:api", resource)
    for name, operation in operations.items():
        for content in [*contents(operation)]:
            reference = content["schema"].get("$ref")
            checker = Draft202012Validator({"$ref": f"urn:api{reference}"}, registry=registry)
            for example in content["examples"].values():
                assert [error.message for error in checker.iter_errors(example["value"])] == [], name


def test_lists_are_pages(described: dict[str, Any], operations: dict[Any, Any]) -> None:
    schemas = described["components"]["schemas"]
    listed = 0
    for name, operation in operations.items():
        if not operation["operationId"].endswith("_list"):
            continue
        content = operation["responses"]["200"]["content"]["application/json"]
        members = schemas[content["schema"]["$ref"].rpartition("/")[2]]["properties"]
        assert {"data", "next_cursor", "has_more"} <= set(members), name
        queried = {parameter["name"]: parameter for parameter in operation["parameters"] if parameter["in"] == "query"}
        limit = queried["limit"]["schema"]
        assert (limit["type"], limit["minimum"], limit["maximum"]) == ("integer", 1, 200), name
        listed += 1
    assert listed >= 9


def test_keys_tags_and_conditions_are_told(operations: dict[Any, Any]) -> None:
    for (method, path), operation in operations.items():
        sent = {parameter["name"]: parameter for parameter in operation.get("parameters", [])}
        assert ("Idempotency-Key" in sent) == (method == "POST"), path
        named = re.findall(r"`If-Match` with the ETag of `GET (\S+)`", operation.get("description", ""))
        assert len(named) == (method != "GET" and "{" in path), path
        assert all("ETag" in operations["GET", name]["responses"]["200"]["headers"] for name in named), path
        if "Idempotency-Key" in sent:
            assert sent["Idempotency-Key"].get("required", False) == path.endswith("/bids/{id}/submit/"), path
    read = operations["GET", "/api/v1/rfps/{id}/"]
    assert "If-None-Match" in {parameter["name"] for parameter in read["parameters"]}
    assert read["responses"]["304"]["headers"]["ETag"]
    assert read["responses"]["200"]["headers"]["ETag"]


def test_ids_in_paths_have_a_form_and_ids_in_answers_have_none(
    described: dict[str, Any], operations: dict[Any, Any]
) -> None:
    for (_method, path), operation in operations.items():
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                assert parameter["schema"].keys() & {"format", "pattern"}, path
    assert described["components"]["schemas"]["RfpAnswer"]["properties"]["id"] == {"type": "string"}


def test_each_operation_says_which_scope_it_needs(operations: dict[Any, Any]) -> None:
    assert operations["GET", "/api/v1/rfps/"]["security"] == [{"bearer": ["rfps:read"]}]
    assert operations["POST", "/api/v1/rfps/"]["security"] == [{"bearer": ["rfps:write"]}]
    assert operations["GET", "/api/v1/subscriptions/"]["security"] == [{"bearer": ["subscriptions:write"]}]
    assert operations["GET", "/api/v1/categories/"]["security"] == [{}, {"bearer": []}]
    assert operations["GET", "/api/v1/grants/"]["security"] == [
        {"bearer": ["data:read"]},
        {"bearer": ["opportunities:read"]},
    ]
