"""The headers that tell a browser what a page of ours may do: nothing but what is listed."""

from __future__ import annotations

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from marketplace.kernel.web import Answer, AsyncAnswer

Policy = dict[str, str]

PAGE: Policy = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "font-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
# Swagger UI paints its arrows with pictures written into its own stylesheet; nothing else is relaxed.
DOCS: Policy = PAGE | {"img-src": "'self' data:"}
RELAXED = {"/api/docs/": DOCS}

# Their addresses hold a secret: not even our own pages are told where one came from. The origin alone is, because a
# browser that may say nothing marks a form as sent from nowhere, and such forms are refused.
SECRET_PATHS = ("/join/",)
PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"


def policy_for(path: str) -> str:
    """The Content-Security-Policy of this path."""
    directives = RELAXED.get(path, PAGE)
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


def _seal(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    response.headers.setdefault("Content-Security-Policy", policy_for(request.path))
    if request.path.startswith(SECRET_PATHS):
        response.headers["Referrer-Policy"] = "strict-origin"
    response.headers.setdefault("Permissions-Policy", PERMISSIONS)
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    return response


@sync_and_async_middleware
def headers_middleware(get_response: Answer | AsyncAnswer) -> Answer | AsyncAnswer:
    """Put the headers on every answer, static files and REST included."""
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponseBase:
            return _seal(request, await get_response(request))

        return answer_async

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        assert isinstance(response, HttpResponseBase)
        return _seal(request, response)

    return answer
