"""The refusals that every operation shares, for the description of the API."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

REASONS = {
    400: ("malformed", "Malformed: not JSON, not UTF-8, a bad cursor or header."),
    401: ("not_authenticated", "No key, or a bad one."),
    403: ("insufficient_scope", "Known, but not allowed: a scope is missing or the role is too small."),
    404: ("not_found", "Unknown, or not yours."),
    406: ("not_acceptable", "This media type is not answered."),
    409: ("conflict", "Not in the present state."),
    410: ("gone", "No longer kept."),
    412: ("precondition_failed", "If-Match names an older version."),
    413: ("too_large", "The body is too large."),
    415: ("unsupported_media_type", "Send application/json."),
    422: ("invalid", "Content that cannot be taken; `errors` lists every fault."),
    429: ("throttled", "Too many requests; see Retry-After."),
}
FAULT = {"pointer": "/title", "code": "required", "message": "This is needed."}


def response_name(status: int) -> str:
    """The name of the shared answer, e.g. NotFound."""
    return HTTPStatus(status).phrase.title().replace(" ", "")


def refusals() -> dict[str, Any]:
    """`components/responses`: each refusal with an example."""
    return {response_name(status): _refusal(status, code, text) for status, (code, text) in REASONS.items()}


def _refusal(status: int, code: str, text: str) -> dict[str, Any]:
    example = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": text,
        "code": code,
        "errors": [FAULT] if status == HTTPStatus.UNPROCESSABLE_ENTITY else [],
        "request_id": "5f6c1c9e2b7a4d0c8e3f1a2b3c4d5e6f",
    }
    shown = {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {code: {"value": example}}}
    made: dict[str, Any] = {"description": text, "content": {"application/problem+json": shown}}
    if header := HEADERS.get(status):
        name, told = header
        made["headers"] = {name: {"schema": {"type": "string"}, "description": told}}
    return made


HEADERS = {401: ("WWW-Authenticate", "How to authenticate."), 429: ("Retry-After", "Seconds to wait.")}
