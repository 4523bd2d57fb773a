"""The errors that domain functions raise; every door turns them into its own answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with what was sent: where (RFC 6901 pointer), a stable code, a sentence."""

    pointer: str
    code: str
    message: str


class DomainError(Exception):
    """A refusal with a stable code and a sentence for the person who asked."""

    status = 400
    code = "refused"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code


class NotFound(DomainError):
    """Nothing of that name that you may know of (404)."""

    status = 404
    code = "not_found"


class NotAllowed(DomainError):
    """Known, but not yours to do (403)."""

    status = 403
    code = "not_allowed"


class Conflict(DomainError):
    """Right in itself, but not in the present state (409)."""

    status = 409
    code = "conflict"


class Gone(DomainError):
    """It was there and is no more (410)."""

    status = 410
    code = "gone"


class TooMany(DomainError):
    """A limit on how often (429); `retry_after` in seconds."""

    status = 429
    code = "too_many"

    def __init__(self, message: str, *, retry_after: int, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after


class Invalid(DomainError):
    """Content that cannot be taken (422), with every fault at once."""

    status = 422
    code = "invalid"

    def __init__(self, faults: Iterable[Fault], message: str | None = None, *, code: str | None = None) -> None:
        self.faults = list(faults)
        super().__init__(message or str(_("Some of what was sent cannot be taken.")), code=code)


def require(allowed: bool, message: str | None = None, *, code: str | None = None) -> None:
    """Raise NotAllowed unless `allowed`."""
    if not allowed:
        raise NotAllowed(message or str(_("You may not do this.")), code=code)


def refuse(faults: Iterable[Fault], message: str | None = None, *, code: str | None = None) -> None:
    """Raise Invalid when there is any fault."""
    found = list(faults)
    if found:
        raise Invalid(found, message, code=code)
