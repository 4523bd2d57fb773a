"""What every answer tells the browser."""

from __future__ import annotations

import asyncio

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from marketplace.kernel.headers import headers_middleware, policy_for

STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/admin/login/", "/nothing/here/", "/api/v1/schema/"])
def test_page_may_load_only_what_is_ours(client: Client, db: None, path: str) -> None:
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"] == STRICT
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Permissions-Policy"].startswith("camera=()")


def test_static_file_has_them_too(client: Client, db: None) -> None:
    answer = client.get("/static/css/beckon.css")
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == STRICT
    assert b"".join(answer).startswith(b"/*! tailwindcss")
    answer.close()


def test_api_docs_may_also_paint_pictures_from_their_stylesheet() -> None:
    assert policy_for("/api/docs/") == STRICT.replace("img-src 'self'", "img-src 'self' data:")


def test_asynchronous_answer_has_them(rf: RequestFactory) -> None:
    async def answer(request: HttpRequest) -> HttpResponse:
        return HttpResponse("")

    sealed = asyncio.run(headers_middleware(answer)(rf.get("/")))
    assert sealed.headers["Content-Security-Policy"] == STRICT
