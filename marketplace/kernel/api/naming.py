"""Gives each closed list of the API's description the name that it has in the code, once for all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import TextChoices

Values = tuple[str, ...]
# Closed lists that are no class of their own.
OTHERS: dict[Values, str] = {
    ("person", "household"): "OwnerKind",
    ("direct", "quasi", "none"): "Identifying",
    ("instant", "digest", "none"): "MailChannel",
    ("S0", "S1", "S2", "S3"): "ShownStage",
    ("bid", "current", "own_entry"): "ColumnSource",
    ("draft", "submitted", "needs_reconfirm", "withdrawn", "awarded", "reserve", "not_awarded", "expired"): "BidPhase",
}


def name_lists(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Puts a reference wherever a known list stands (a hook of drf-spectacular's)."""
    names = {**OTHERS, **{tuple(kind.values): kind.__name__ for kind in TextChoices.__subclasses__()}}
    schemas = result.get("components", {}).get("schemas", {})
    used: dict[str, Values] = {}
    for member in list(_members(schemas)):
        values = tuple(value for value in member.pop("enum") if value)
        member.pop("x-spec-enum-id", None)
        if name := names.get(values):
            used[name] = values
            _refer(member, f"#/components/schemas/{name}")
        else:
            member["enum"] = [*values, *([None] if "null" in member.get("type", "") else [])]
    schemas |= {name: {"type": "string", "enum": list(values)} for name, values in used.items()}
    return result


def _members(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if isinstance(schema.get("enum"), list):
            yield schema
        for inner in list(schema.values()):
            yield from _members(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _members(inner)


def _refer(member: dict[str, Any], reference: str) -> None:
    kinds = member.pop("type", "string")
    if member.get("description", "").startswith("* "):
        del member["description"]  # the labels; the names say it
    if "null" in kinds:
        member["anyOf"] = [{"$ref": reference}, {"type": "null"}]
    else:
        member["$ref"] = reference
