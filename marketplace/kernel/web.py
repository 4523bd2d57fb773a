"""What every HTTP answer has, page or REST."""

from __future__ import annotations

import re
import uuid
from collections.abc import Awaitable, Callable
from contextvars import ContextVar

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}\Z")

Answer = Callable[[HttpRequest], HttpResponseBase]
AsyncAnswer = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


def request_id() -> str:
    """The id of the request being answered, or empty outside one."""
    return _request_id.get()


def _begin(request: HttpRequest) -> str:
    given = request.headers.get("X-Request-Id", "")
    name = given if _GIVEN.match(given) else uuid.uuid4().hex
    _request_id.set(name)
    return name


@sync_and_async_middleware
def request_id_middleware(get_response: Answer | AsyncAnswer) -> Answer | AsyncAnswer:
    """Take or make an X-Request-Id, keep it for logs and problems, and send it back."""
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponseBase:
            name = _begin(request)
            response: HttpResponseBase = await get_response(request)
            response["X-Request-Id"] = name
            return response

        return answer_async

    def answer(request: HttpRequest) -> HttpResponseBase:
        name = _begin(request)
        response = get_response(request)
        assert isinstance(response, HttpResponseBase)
        response["X-Request-Id"] = name
        return response

    return answer
