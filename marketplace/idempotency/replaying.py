"""One effect for a repeated POST: the answer is stored in the transaction of the effect."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from marketplace.idempotency.models import StoredAnswer
from marketplace.kernel.crypto import seal_shared, unseal_shared
from marketplace.kernel.errors import Conflict, Invalid, TooMany
from marketplace.kernel.locks import try_lock

KEPT = timedelta(hours=24)
KEPT_HEADERS = ("ETag", "Location", "Retry-After")


def fingerprint(method: str, path: str, body: bytes) -> str:
    """What makes two requests the same: method, path with query, and the bytes of the body."""
    return hashlib.sha256(b"\0".join([method.encode(), path.encode(), body])).hexdigest()


def answer_once(
    principal: UUID,
    key: str,
    print_: str,
    answer: Callable[[], Response],
    refusal: Callable[[Exception], Response],
) -> Response:
    """Run `answer` in one transaction with the storing of what it says, or replay what was said before.

    Raises Conflict `idempotency_key_in_use` while the first call runs, Invalid `idempotency_key_reused` for
    another request under the same key. `refusal` turns a known error into its answer (stored as well) and
    raises an unknown one (then nothing is stored).
    """
    with transaction.atomic():
        if not try_lock(f"idempotency|{principal}|{key}"):
            raise Conflict(_("The first request with this key is still running."), code="idempotency_key_in_use")
        if stored := StoredAnswer.objects.filter(principal=principal, key=key, at__gt=Now() - KEPT).first():
            return _replay(stored, print_)
        StoredAnswer.objects.filter(principal=principal, key=key).delete()
        try:
            with transaction.atomic():
                response = answer()
        except Exception as error:
            response = refusal(error)
        if (
            response.status_code < 500 and response.status_code != TooMany.status
        ):  # "later" means that later it may work
            _store(principal, key, print_, response)
        return response


def prune() -> int:
    """Delete answers older than 24 hours; returns how many."""
    deleted, _by_model = StoredAnswer.objects.filter(at__lte=Now() - KEPT).delete()
    return deleted


def _context(principal: UUID, key: str) -> str:
    return f"answer|{principal}|{key}"


def _store(principal: UUID, key: str, print_: str, response: Response) -> None:
    kept: dict[str, Any] = {
        "body": None if response.data is None else JSONRenderer().render(response.data).decode(),
        "content_type": response.content_type,
        "headers": {name: response[name] for name in KEPT_HEADERS if response.has_header(name)},
    }
    StoredAnswer.objects.create(
        principal=principal,
        key=key,
        fingerprint=print_,
        status=response.status_code,
        sealed_answer=seal_shared(json.dumps(kept).encode(), _context(principal, key)),
    )


def _replay(stored: StoredAnswer, print_: str) -> Response:
    if stored.fingerprint != print_:
        raise Invalid([], _("This key was used for another request."), code="idempotency_key_reused")
    kept = json.loads(unseal_shared(stored.sealed_answer, _context(stored.principal, stored.key)))
    body = None if kept["body"] is None else json.loads(kept["body"])
    headers = {**kept["headers"], "Idempotent-Replayed": "true"}
    return Response(body, stored.status, headers=headers, content_type=kept["content_type"])
