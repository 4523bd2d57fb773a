"""A crash is logged with its place and its request, and without a word of what a person keeps."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from marketplace.kernel.logs import DiscreetFormatter

REQUEST_ID = "seen-by-a-person"
STREET = "14 Quarry Lane"


def crash(request: HttpRequest) -> HttpResponse:
    """Breaks as a database does that quotes the row it refuses."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE street (name text CHECK (name = ''))")
            cursor.execute("INSERT INTO street VALUES (%s)", [STREET])
    except IntegrityError as error:
        raise RuntimeError(str(error)) from error
    return HttpResponse()


urlpatterns = [path("api/v1/crash/", crash)]
handler500 = "marketplace.views.crash"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the process would write to its log."""
    (handler,) = [each for each in logging.getLogger().handlers if isinstance(each.formatter, DiscreetFormatter)]
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_crash_is_logged_without_what_it_was_about(log: io.StringIO) -> None:
    answer = Client(raise_request_exception=False).get("/api/v1/crash/", headers={"X-Request-Id": REQUEST_ID})
    assert (answer.status_code, answer.json()["request_id"]) == (500, REQUEST_ID)
    assert f"ERROR django.request [{REQUEST_ID}] Internal Server Error: /api/v1/crash/" in log.getvalue()
    assert "django.db.utils.IntegrityError\n" in log.getvalue()
    assert log.getvalue().endswith("builtins.RuntimeError\n")
    assert "in crash" in log.getvalue()
    assert STREET not in log.getvalue()


@pytest.mark.django_db
def test_a_refusal_is_no_news(client: Client, log: io.StringIO) -> None:
    assert [client.get(page).status_code for page in ("/nothing/", "/api/v1/rfps/")] == [404, 401]
    assert log.getvalue() == ""


@pytest.mark.parametrize("logger", ["django.request", "django.security.csrf", "uvicorn.access"])
def test_a_link_that_opens_by_itself_is_in_no_log(log: io.StringIO, logger: str) -> None:
    token = "0f" * 32
    for address in (f"/quick/{token}/", f"/quick/{token}/decline/?a=b", f"/join/{token}"):
        logging.getLogger(logger).error('1.2.3.4 - "POST %s HTTP/1.1" 500', address)
    assert token not in log.getvalue()
    assert log.getvalue().count("/quick/…") == 2
    assert isinstance(logging.getLogger("uvicorn.access").handlers[0].formatter, DiscreetFormatter)
