"""ETag, If-Match and If-None-Match (RFC 9110, section 13)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from marketplace.kernel.api.problems import PreconditionFailed


def tag(*parts: object) -> str:
    """A strong entity tag over what identifies a representation, e.g. public id and revision."""
    text = "\x1f".join(str(part) for part in parts)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:24]}"'


def content_tag(body: Any) -> str:
    """The tag of a representation without a revision of its own."""
    return tag(json.dumps(body, sort_keys=True, default=str))


def _listed(header: str) -> set[str]:
    return {part.strip().removeprefix("W/") for part in header.split(",")}


def check_match(request: Request, current: str | None) -> None:
    """Raise 412 when If-Match is sent and names another tag, or any at all where there is none."""
    wanted = request.headers.get("If-Match")
    if wanted is not None and (current is None or (wanted.strip() != "*" and current not in _listed(wanted))):
        raise PreconditionFailed(_("This was changed since you loaded it."))


def is_unchanged(request: Request, current: str) -> bool:
    """Whether If-None-Match says that the client has this tag already."""
    known = request.headers.get("If-None-Match")
    return known is not None and (known.strip() == "*" or current in _listed(known))
