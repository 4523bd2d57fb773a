"""Finishes the description of the API: shared refusals, and an example for every answer that has none."""

from __future__ import annotations

from typing import Any

from marketplace.kernel.api.refusing import refusals

ID = "2f0c4f3e-6b3f-4a58-9d8e-0d4c1f0b8a11"
METHODS = ("get", "post", "put", "patch", "delete")
BY_FORMAT = {"uuid": ID, "date-time": "2030-01-31T17:00:00Z", "date": "2030-01-31", "uri": "https://supplier.example/"}
BY_NAME: dict[str, Any] = {
    "amount": "936.00",
    "best": "600.00",
    "capabilities": "gas-safe",
    "categories": "energy/electricity",
    "category": "energy/electricity",
    "country": "GB",
    "currency": "GBP",
    "field": "energy.kwh_per_year",
    "firmness": "firm",
    "label": "Electricity",
    "lat": 55.95,
    "lon": -3.19,
    "max": "5000",
    "min": "0",
    "name": "Northlight Energy",
    "keywords": "green",
    "need": "A green tariff for a year.",
    "next_cursor": "AbbFq0pW5n7l9c",
    "postcode": "EH1 1AA",
    "quantity": "3400",
    "rank": 1,
    "owner": "person",
    "reason": "No capacity.",
    "reference": "Q-1001",
    "score": "78.25",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "text": "100 % renewable",
    "title": "Electricity for our flat",
    "unit": "kWh",
    "unit_price": "0.2400",
    "value": 3412,
    "version": 1,
    "weight": 60,
    "worst": "1400.00",
}
DEEPEST = 8


def complete(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A last look at the whole description (a hook of drf-spectacular's)."""
    components = result.setdefault("components", {})
    components["responses"] = refusals()
    for path in result["paths"].values():
        for method in METHODS:
            if method in path:
                _exemplify(path[method], components["schemas"])
    return result


def _exemplify(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    shown = [operation.get("requestBody", {})]
    shown += [body for status, body in operation["responses"].items() if status.startswith("2")]
    for body in shown:
        for kind, content in body.get("content", {}).items():
            if "examples" not in content and "json" in kind:
                content["examples"] = {"Example": {"value": sample(content["schema"], schemas)}}


def sample(schema: dict[str, Any], schemas: dict[str, Any], name: str = "", depth: int = 0) -> Any:
    """A value that the schema allows; `name` is the member's, which says what would be likely."""
    if "$ref" in schema:
        return sample(schemas[schema["$ref"].rpartition("/")[2]], schemas, name, depth)
    if many := next((schema[word] for word in ("oneOf", "anyOf", "allOf") if word in schema), None):
        return sample({**many[0], **({"examples": schema["examples"]} if "examples" in schema else {})}, schemas, name)
    if "enum" in schema:
        return schema["enum"][0]
    if "default" in schema or "examples" in schema:
        return schema["default"] if "default" in schema else schema["examples"][0]
    kinds = schema.get("type", "any")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if kind == "object":
        return {} if depth > DEEPEST else _object(schema, schemas, depth)
    if kind == "array":
        return [] if depth > DEEPEST else [sample(schema["items"], schemas, name, depth + 1)]
    return _scalar(kind, schema, name)


def _object(schema: dict[str, Any], schemas: dict[str, Any], depth: int) -> dict[str, Any]:
    members = schema.get("properties", {})
    return {name: sample(member, schemas, name, depth + 1) for name, member in members.items()}


def _scalar(kind: str, schema: dict[str, Any], name: str) -> Any:
    likely = BY_NAME.get(name)
    match kind:
        case "string":
            found = BY_FORMAT.get(schema.get("format", ""), likely if isinstance(likely, str) else "…")
            return ID if found == "…" and (name == "id" or name.endswith("_id")) else found
        case "boolean":
            return True
        case "integer" | "number":
            allowed = isinstance(likely, int | float) and likely <= schema.get("maximum", likely)
            return likely if allowed else schema.get("minimum", 1)
        case "null":
            return None
    return likely
