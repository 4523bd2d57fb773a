"""Every refusal as RFC 9457 problem JSON."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from marketplace.kernel.errors import DomainError, Fault, Invalid, TooMany
from marketplace.kernel.web import request_id

CONTENT_TYPE = "application/problem+json"


class Malformed(exceptions.ParseError):
    """400 with a code of its own."""

    def __init__(self, detail: str, code: str = "malformed") -> None:
        super().__init__(detail, code)


class PreconditionFailed(exceptions.APIException):
    """412: the resource is no longer what If-Match says."""

    status_code = 412
    default_code = "precondition_failed"


def problem_body(status: int, code: str, detail: str, faults: list[Fault] | None = None) -> dict[str, Any]:
    """The members of a problem document; `errors` is always there."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "errors": [{"pointer": f.pointer, "code": f.code, "message": f.message} for f in faults or []],
        "request_id": request_id(),
    }


def problem_response(error: Exception, context: Any) -> Response | None:
    """DRF's exception handler; None (a 500) only for what nobody foresaw."""
    found = _read(error)
    if found is None:
        return None
    status, code, detail, faults = found
    headers = {}
    if isinstance(error, exceptions.APIException):
        if challenge := getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = challenge
        if wait := getattr(error, "wait", None):
            headers["Retry-After"] = str(max(1, round(wait)))
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after)
    return Response(problem_body(status, code, detail, faults), status, headers=headers, content_type=CONTENT_TYPE)


def _read(error: Exception) -> tuple[int, str, str, list[Fault]] | None:
    match error:
        case DomainError():
            return error.status, error.code, str(error.message), error.faults if isinstance(error, Invalid) else []
        case exceptions.ValidationError():
            return 422, "invalid", _("Some of what was sent cannot be taken."), list(faults_of(error.detail))
        case exceptions.ParseError():
            return 400, _code(error, "malformed"), str(error.detail), []
        case exceptions.NotFound() | Http404():
            return 404, "not_found", _("There is nothing here, or it is not yours."), []
        case exceptions.APIException():
            return error.status_code, _code(error, "refused"), str(error.detail), []
        case PermissionDenied():
            return 403, "not_allowed", _("You may not do this."), []
        case RequestDataTooBig():
            return 413, "too_large", _("The body is too large."), []
        case SuspiciousOperation() | BadRequest():
            return 400, "malformed", _("The request is malformed."), []
    return None


def _code(error: exceptions.APIException, default: str) -> str:
    codes = error.get_codes()
    return default if codes == "parse_error" or not isinstance(codes, str) else codes


def faults_of(detail: Any, pointer: str = "") -> Iterator[Fault]:
    """DRF's nested error detail as faults with RFC 6901 pointers."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            step = "" if name == "non_field_errors" else f"/{escape(str(name))}"
            yield from faults_of(inner, pointer + step)
    elif isinstance(detail, list):
        for position, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            yield from faults_of(inner, f"{pointer}/{position}" if nested else pointer)
    elif detail:
        yield Fault(pointer, getattr(detail, "code", "invalid"), str(detail))


def escape(name: str) -> str:
    """A name as a step of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def plain_problem(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    """A problem document outside DRF (unknown path, crash)."""
    return JsonResponse(problem_body(status, code, detail), status=status, content_type=CONTENT_TYPE)
