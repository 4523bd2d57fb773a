"""Answers that belong to no app: unknown paths and crashes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views import defaults

from marketplace.kernel.api.problems import plain_problem


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_api(request):
        return plain_problem(request, 404, "not_found", _("There is nothing here, or it is not yours."))
    return defaults.page_not_found(request, exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_api(request):
        return plain_problem(request, 400, "malformed", _("The request is malformed."))
    return defaults.bad_request(request, exception)


def crash(request: HttpRequest) -> HttpResponse:
    if _is_api(request):
        return plain_problem(request, 500, "crash", _("Something broke on our side. It was logged."))
    return defaults.server_error(request)
