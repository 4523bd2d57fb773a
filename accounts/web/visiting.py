"""Who is at the door: the person signed in, else the guest whose token the browser holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.core.ratelimit import consume
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.cache import cache
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.domain import guesting
from accounts.models import User
from marketplace.kernel.errors import Conflict, TooMany
from marketplace.kernel.locks import wait_lock

COOKIE = "guest"
CLICKS_SECONDS = 30
ANSWER = "guest_cookie"  # the request's own note of what its answer does with the cookie: a token, or "" to drop it


def visitor(request: HttpRequest) -> User | None:
    """The person signed in, else this browser's guest, whose time begins anew; None for a stranger."""
    if isinstance(request.user, User):
        return request.user
    guest = guest_of(request)
    if guest is not None and guesting.extend(guest):
        setattr(request, ANSWER, guesting.token_of(guest))
    return guest


def person_of(request: HttpRequest) -> User:
    """The visitor; a stranger becomes a guest. Called by a step that saves something, never by one that looks.

    TooMany when a network brings more guests than people could be behind it.
    """
    found = visitor(request)
    if found is None:
        if not consume(request, action="guest"):
            raise TooMany(_("Too many people started from your network. Try again in an hour."), retry_after=3600)
        found = _begin_once(request)
        setattr(request, ANSWER, guesting.token_of(found))
    return found


def tell_of_end(request: HttpRequest) -> None:
    """Say once to the browser of somebody who is a guest no more where what they began went."""
    if not request.user.is_authenticated and guesting.was_guest(request.COOKIES.get(COOKIE, "")):
        setattr(request, ANSWER, "")
        messages.warning(
            request,
            _(
                "What was begun in this browser is no longer here: without an account it is kept for 7 days, and who"
                " signs in takes it along. Sign in to find it in your account, or begin anew."
            ),
        )


@contextmanager
def staying(person: User) -> Iterator[None]:
    """A guest who saves is adopted afterwards, with what was saved; Conflict `adopted` for who was adopted before."""
    with transaction.atomic():
        if person.is_guest and not guesting.hold(person):
            raise Conflict(
                _("You signed in meanwhile, in another tab. Load the page again and send this once more."),
                code="adopted",
            )
        yield


def _begin_once(request: HttpRequest) -> User:
    """A new guest; a button clicked twice makes one, known by the secret of the browser's forms."""
    locale = get_language() or settings.LANGUAGE_CODE
    secret = request.META.get("CSRF_COOKIE")
    if not secret:
        return guesting.begin(locale=locale)
    name = "guest:" + hashlib.sha256(secret.encode()).hexdigest()
    with transaction.atomic():
        wait_lock(name)
        before = guesting.guest_with(cache.get(name, ""))
        guest = before or guesting.begin(locale=locale)
        cache.set(name, guesting.token_of(guest), CLICKS_SECONDS)
    return guest


def guest_of(request: HttpRequest) -> User | None:
    """The guest whose token came with the request or goes back with its answer, whoever is signed in."""
    token = getattr(request, ANSWER, request.COOKIES.get(COOKIE, ""))
    return guesting.guest_with(token) if token else None


class VisitorMiddleware(MiddlewareMixin):
    """Sends the guest's token, or drops it."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        token = getattr(request, ANSWER, None)
        if token:
            response.set_cookie(
                COOKIE,
                token,
                max_age=guesting.KEPT,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        elif token is not None:
            response.delete_cookie(COOKIE, samesite="Lax")
        return response


@receiver(user_logged_in)
def come_in(request: HttpRequest | None, user: User, **_signal: Any) -> None:
    """What the guest of this browser began belongs to whoever signs in here, and they are told so.

    A token copied elsewhere opens as much as the browser it was copied from, until one of the two signs in: from
    then on it opens nothing, and the other browser says so. Binding it to a second cookie would not help, as both
    are copied alike; being told lets people throw away what somebody else began on a shared machine.
    """
    if request is None or not (COOKIE in request.COOKIES or hasattr(request, ANSWER)):
        return
    guest = guest_of(request)
    if guest is not None and guesting.adopt(guest, account=user):
        messages.success(
            request,
            _("What was begun in this browser is in your account now. If that was not you, throw it away there."),
        )
    setattr(request, ANSWER, "")


@receiver(user_logged_out)
def go_out(request: HttpRequest | None, **_signal: Any) -> None:
    """Whoever signs out leaves nothing behind in the browser."""
    if request is not None and COOKIE in request.COOKIES:
        setattr(request, ANSWER, "")
