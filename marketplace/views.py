"""Answers that belong to no app: unknown paths, refusals nobody took care of, and crashes."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.csrf import csrf_failure

from marketplace.kernel.api.problems import plain_problem
from marketplace.kernel.errors import DomainError, Invalid, TooMany
from marketplace.kernel.pages import KEPT, is_part, keep


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_api(request):
        return plain_problem(request, 404, "not_found", _("There is nothing here, or it is not yours."))
    return defaults.page_not_found(request, exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_api(request):
        return plain_problem(request, 400, "malformed", _("The request is malformed."))
    if isinstance(exception, RequestDataTooBig):
        context = {"title": _("That is too much at once"), "text": _("Send less, or smaller files. Nothing was saved.")}
        return render(request, "refused.html", context, status=413)
    return defaults.bad_request(request, exception)


def out_of_date(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from before somebody signed in or out, in this browser: its page comes back, with what was typed.

    The browser itself says that the form stood on this site; another site's form is refused, and plants nothing.
    """
    ours = request.headers.get("Origin") in (f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS)
    if not ours or settings.CSRF_COOKIE_NAME not in request.COOKIES or is_part(request):
        return csrf_failure(request, reason)
    if KEPT not in request.session and not keep(request, late=True):
        return csrf_failure(request, reason)
    return redirect(request.get_full_path())


def crash(request: HttpRequest) -> HttpResponse:
    if _is_api(request):
        return plain_problem(request, 500, "crash", _("Something broke on our side. It was logged."))
    return defaults.server_error(request)


class RefusalPages(MiddlewareMixin):
    """Turns a refusal that no view took care of into a page; the REST API turns its own into problems."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError) or _is_api(request):
            return None
        context = {
            "title": _title(exception.status),
            "text": exception.message,
            "faults": exception.faults if isinstance(exception, Invalid) else [],
        }
        response = render(request, "refused.html", context, status=exception.status)
        if isinstance(exception, TooMany):
            response["Retry-After"] = str(exception.retry_after)
        return response


def _title(status: int) -> str:
    titles = {
        403: _("You may not do this"),
        409: _("That is not possible as things stand"),
        410: _("This is no longer here"),
        413: _("That is too much at once"),
        422: _("Some of this needs a change"),
        429: _("Too often in a short time"),
    }
    return titles.get(status, _("That did not work"))
