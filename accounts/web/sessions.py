"""Where one is signed in, and the end of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.domain import sitting
from accounts.models import User
from accounts.policies import actor_of_person, visible_sign_ins
from marketplace.kernel.pages import person_page

SEEN = "seen"  # the session's own note of its key and the day that it was written down for


class SeenMiddleware(MiddlewareMixin):
    """Notes once a day that a session was used; also under a new key, which a changed password gives it."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        session = request.session
        if session.accessed and SESSION_KEY in session:
            _note(request, request.user)
        return response


@receiver(user_logged_in)
def begin(request: HttpRequest | None, user: User, **_signal: Any) -> None:
    if request is not None:
        _note(request, user)


def _note(request: HttpRequest, user: Any) -> None:
    session, today = request.session, datetime.now(UTC).date().isoformat()
    if not session.session_key:
        session.save()
    mark = f"{session.session_key} {today}"
    if session.get(SEEN) == mark or not isinstance(user, User):
        return
    assert session.session_key
    if sitting.note(user, session_key=session.session_key, agent=request.headers.get("User-Agent", "")):
        session[SEEN] = mark


@person_page
@require_safe
def sign_ins(request: HttpRequest) -> HttpResponse:
    """This place first, then the others, the last used first."""
    assert isinstance(request.user, User)
    rows = list(visible_sign_ins(actor_of_person(request.user)))
    here = [row for row in rows if row.session_id == request.session.session_key]
    others = [row for row in rows if row.session_id != request.session.session_key]
    today = datetime.now(UTC).date()
    return render(request, "accounts/sign_ins.html", {"here": here, "others": others, "today": today})


@person_page
@require_POST
def end(request: HttpRequest, sign_in: UUID) -> HttpResponse:
    """Sign out there."""
    assert isinstance(request.user, User)
    actor = actor_of_person(request.user)
    sitting.end(get_object_or_404(visible_sign_ins(actor), public_id=sign_in), actor=actor)
    messages.success(request, _("You are signed out there."))
    return redirect("sign-ins")


@person_page
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    assert isinstance(request.user, User)
    ended = sitting.end_others(actor=actor_of_person(request.user), keep=request.session.session_key or "")
    said = ngettext("You are signed out in %(n)d other place.", "You are signed out in %(n)d other places.", ended)
    messages.success(request, said % {"n": ended})
    return redirect("sign-ins")
