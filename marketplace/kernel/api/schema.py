"""How the OpenAPI description is made: every operation with its errors, headers and security."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from django.core.validators import RegexValidator
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from marketplace.kernel.api.refusing import response_name

WRITING = {"POST", "PUT", "PATCH", "DELETE"}
LISTING = {"cursor", "after"}
# Neither may hold NUL; the second also needs something that is not space.
ANYTHING_OR_NULL = [{}, {"type": "null"}]
ANY_TEXT = r"^[^\u0000]*$"
SOME_TEXT = r"^[^\u0000]*[^\u0000\s\u001c-\u001f\u0085][^\u0000]*$"


class FaultSerializer(serializers.Serializer[Any]):
    """One thing wrong with what was sent."""

    pointer = serializers.CharField(help_text="RFC 6901 pointer into the body, or the name of a query parameter.")
    code = serializers.CharField()
    message = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457 problem details."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = FaultSerializer(many=True)  # type: ignore[assignment]
    request_id = serializers.CharField()


class ProblemSchema(AutoSchema):
    """Adds to each operation what every door can answer."""

    def get_operation_id(self) -> str:
        """The path's words and what is done; an action's path ends with its own verb."""
        words = [word.replace("-", "_") for word in self._tokenize_path()]
        if self.method == "POST" and not self.path.rstrip("/").endswith("}") and "{" in self.path:
            return "_".join(words)
        verb = "list" if self.method == "GET" and self._is_page() else self.method_mapping[self.method.lower()]
        return "_".join([*words, verb])

    def get_auth(self) -> list[dict[str, list[str]]]:
        """The key, with the scopes of which it needs one; nothing at all will do where all are let in."""
        if getattr(self.view, "scope", None) is None:
            return [{}, {"bearer": []}]
        found: set[str] = set()
        for permission in self.view.get_permissions():
            if hasattr(permission, "scopes_for"):
                found |= permission.scopes_for(self.view, self.method)
        return [{"bearer": [scope]} for scope in sorted(found)] or [{"bearer": []}]

    def get_override_parameters(self) -> list[Any]:
        if self.method == "POST":
            return [self._key()]
        return [IF_NONE_MATCH] if self.method == "GET" and self._is_tagged() else []

    def get_operation(self, *args: Any, **options: Any) -> Any:
        """If-Match is told in words: tools would make up tags, and 412 would hide what they look for."""
        made = super().get_operation(*args, **options)
        if made and self.method in WRITING and "{" in self.path:
            # An action has nothing to read: it is about the resource above it.
            named = self.path if hasattr(self.view, "get") else urljoin(self.path, "..")
            made["description"] = f"{made.get('description', '')}\n\n{IF_MATCH % named}".strip()
        return made

    def _key(self) -> OpenApiParameter:
        return OpenApiParameter(
            "Idempotency-Key",
            {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$", "example": "order-1001"},
            OpenApiParameter.HEADER,
            required=bool(getattr(self.view, "key_required", False)),
            description="The same key and body replay the first answer for 24 hours; with another body 422.",
        )

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        self.resolve_serializer(ProblemSerializer(), "response")
        for status, body in bodies.items():
            if status.startswith("2") and self._is_tagged():
                body.setdefault("headers", {})["ETag"] = ETAG
        if self.method == "GET" and self._is_tagged():
            bodies["304"] = {"description": "If-None-Match names the present tag.", "headers": {"ETag": ETAG}}
        for refused in self._problem_statuses():
            bodies.setdefault(str(refused), {"$ref": f"#/components/responses/{response_name(refused)}"})
        return bodies

    def _problem_statuses(self) -> list[int]:
        found = {400, 401, 406, 413, 429, *getattr(self.view, "refusals", ())}
        if getattr(self.view, "scope", None) is not None:
            found.add(403)
        if "{" in self.path:
            found.add(404)
        if any(parameter["in"] == "query" for parameter in self._get_parameters()):
            found.add(422)
        if self.method in WRITING:
            found |= {404, 409, 412, 415, 422}
        return sorted(found)

    def _is_page(self) -> bool:
        return any(parameter["name"] in LISTING for parameter in self._get_parameters())

    def _is_tagged(self) -> bool:
        """A single resource is what its id names, or what the view says."""
        if getattr(self.view, "tagged", False):
            return True
        shown = self.get_response_serializers()
        if isinstance(shown, dict):
            shown = shown.get(200) or shown.get(201)
        shown = shown() if isinstance(shown, type) else shown
        return isinstance(shown, serializers.Serializer) and "id" in shown.fields

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        schema = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        if direction == "request":
            schema["additionalProperties"] = False
        return schema

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        schema = super()._map_serializer_field(field, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        if not isinstance(schema, dict):
            return schema
        if schema.get("oneOf") == ANYTHING_OR_NULL:
            del schema["oneOf"]  # null is anything, too, and matches twice
        if direction == "response" and isinstance(field, serializers.UUIDField):
            schema.pop("format", None)  # opaque
        if direction == "request" and isinstance(field, serializers.CharField) and _is_free(field, schema):
            schema["pattern"] = ANY_TEXT if field.allow_blank else SOME_TEXT
        return schema

    def _insert_field_validators(self, field: Any, schema: Any) -> None:
        """A pattern that blank text meets needs no second form for blank text."""
        free = schema.get("pattern") == ANY_TEXT and schema.pop("pattern")
        super()._insert_field_validators(field, schema)  # type: ignore[no-untyped-call]
        if free:
            schema["pattern"] = free


def _is_free(field: serializers.CharField, schema: dict[str, Any]) -> bool:
    told = schema.keys() & {"enum", "format", "pattern", "$ref"}
    return not told and not any(isinstance(check, RegexValidator) for check in field.validators)


ETAG = {"schema": {"type": "string"}, "description": "For If-Match and If-None-Match."}
IF_MATCH = "`If-Match` with the ETag of `GET %s` is honoured (412 when it is no longer current), and never required."
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="An ETag; 304 while it is current."
)


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Authorization: Bearer <key>."""

    target_class = "accounts.api.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "An API key of a person or an organisation."}
