"""How the OpenAPI description is made: every operation with its errors, headers and security."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

WRITING = {"POST", "PUT", "PATCH", "DELETE"}


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


REASONS = {
    400: "Malformed: not JSON, not UTF-8, a bad cursor or header.",
    401: "No key, or a bad one.",
    403: "Known, but not allowed: a scope is missing or the role is too small.",
    404: "Unknown, or not yours.",
    406: "Only application/json is answered.",
    409: "Not in the present state.",
    412: "If-Match names an older version.",
    413: "The body is too large.",
    415: "Send application/json.",
    422: "Content that cannot be taken; `errors` lists every fault.",
    429: "Too many requests; see Retry-After.",
}


class ProblemSchema(AutoSchema):
    """Adds to each operation what every door can answer."""

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        for status in self._problem_statuses():
            if str(status) not in bodies:
                described = OpenApiResponse(ProblemSerializer, REASONS[status])
                bodies[str(status)] = self._get_response_for_code(described, str(status), ["application/problem+json"])  # type: ignore[no-untyped-call]
        return bodies

    def get_operation_id(self) -> str:
        """A list of pages is no `retrieve`: that is the name of one resource below it."""
        made = str(super().get_operation_id())
        paged = any(parameter["name"] == "cursor" for parameter in self._get_parameters())
        return made.removesuffix("_retrieve") + "_list" if paged and made.endswith("_retrieve") else made

    def _problem_statuses(self) -> list[int]:
        found = {406, 429}
        if getattr(self.view, "scope", None) is not None:
            found |= {401, 403}
        else:
            found |= {401}
        if "{" in self.path:
            found.add(404)
        names = {p["name"] for p in self._get_parameters() if p["in"] == "query"}
        if names & {"cursor", "after"}:
            found.add(400)
        if names:
            found.add(422)
        if self.method in WRITING:
            found |= {400, 409, 412, 413, 415, 422}
        return sorted(found)

    def get_override_parameters(self) -> list[Any]:
        if self.method == "POST":
            required = bool(getattr(self.view, "key_required", False))
            return [
                OpenApiParameter(
                    "Idempotency-Key",
                    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
                    OpenApiParameter.HEADER,
                    required=required,
                    description="The same key and body replay the first answer for 24 hours.",
                )
            ]
        if self.method in WRITING:
            return [
                OpenApiParameter(
                    "If-Match", str, OpenApiParameter.HEADER, description="An ETag; 412 when it is no longer current."
                )
            ]
        return []


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Authorization: Bearer <key>."""

    target_class = "accounts.api.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "An API key of a person or an organisation."}
