"""A button pressed twice has one effect: the same form sent again gets the first answer's address."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import BadRequest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from marketplace.idempotency.models import StoredAnswer
from marketplace.kernel.actors import NOBODY
from marketplace.kernel.crypto import seal_shared, unseal_shared
from marketplace.kernel.pages import NOT_KEPT, ONCE

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]
TOKEN = re.compile(r"[0-9a-f]{32}\.[0-9a-f]{16}")


def once(view: Page[P]) -> Page[P]:
    """Run a POST in one transaction and keep where it led, under the form's `{% once %}`.

    Only an answer that leads somewhere is kept: a form that came back with faults can be sent again. What was
    changed before it was sent again is another form.
    """

    @wraps(view)
    def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        token = request.POST.get(ONCE, "")
        if not TOKEN.fullmatch(token):
            raise BadRequest("the form has no token of its own")
        with transaction.atomic():
            return _first_or_again(request, token, lambda: view(request, *args, **kwargs))

    return answered


def _first_or_again(request: HttpRequest, token: str, answer: Callable[[], HttpResponse]) -> HttpResponse:
    principal = getattr(request.user, "public_id", NOBODY)
    key = f"page {hashlib.sha256(f'{token} {_print(request)}'.encode()).hexdigest()}"
    with connection.cursor() as cursor:  # the second waits for the first and then finds its answer
        digest = hashlib.sha256(f"idempotency|{principal}|{key}".encode()).digest()
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], signed=True)])
    context = f"page|{principal}|{key}"
    if stored := StoredAnswer.objects.filter(principal=principal, key=key).first():
        led_to = json.loads(unseal_shared(stored.sealed_answer, context))["location"]
        return HttpResponseRedirect(led_to, status=stored.status)
    response = answer()
    if location := response.headers.get("Location"):
        sealed = seal_shared(json.dumps({"location": location}).encode(), context)
        StoredAnswer.objects.create(
            principal=principal, key=key, fingerprint="", status=response.status_code, sealed_answer=sealed
        )
    return response


def _print(request: HttpRequest) -> str:
    """What was sent, however the browser framed it."""
    fields = sorted((name, request.POST.getlist(name)) for name in request.POST if name not in NOT_KEPT)
    files = sorted((name, one.name, one.size) for name in request.FILES for one in request.FILES.getlist(name))
    return hashlib.sha256(json.dumps([request.get_full_path(), fields, files]).encode()).hexdigest()
