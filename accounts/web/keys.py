"""Keys for programs: a company's, and a person's own. The text of a key is shown once."""

from __future__ import annotations

import base64
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain import keys
from accounts.models import Organisation, User
from accounts.policies import actor_of_person, allowed_scopes, can_manage_keys, seat_of, visible_keys
from accounts.web.forms import SCOPES, KeyForm
from marketplace.idempotency.pressing import once
from marketplace.kernel.actors import Actor
from marketplace.kernel.crypto import seal_shared, unseal_shared
from marketplace.kernel.errors import require
from marketplace.kernel.forms import DomainForm, attempt
from marketplace.kernel.pages import person_page

ISSUED = "issued_key"  # the session's note of a key that was not shown yet
CONTEXT = "a key to be shown once"
SHOWN = 50


@person_page
@once
def company_keys(request: HttpRequest, organisation: UUID) -> HttpResponse:
    company, actor = seat_of(request.user, organisation)
    return _keys(request, company, actor, here=reverse("keys", args=[company.public_id]))


@person_page
@once
def own_keys(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    return _keys(request, request.user, actor_of_person(request.user), here=reverse("my-keys"))


@person_page
@once
def revoke(request: HttpRequest, organisation: UUID, key: UUID) -> HttpResponse:
    company, actor = seat_of(request.user, organisation)
    return _revoke(request, actor, company, key, back=reverse("keys", args=[company.public_id]))


@person_page
@once
def revoke_own(request: HttpRequest, key: UUID) -> HttpResponse:
    assert isinstance(request.user, User)
    return _revoke(request, actor_of_person(request.user), request.user, key, back=reverse("my-keys"))


def _keys(request: HttpRequest, holder: User | Organisation, actor: Actor, *, here: str) -> HttpResponse:
    require(can_manage_keys(actor, holder))
    form = KeyForm.of(request, allowed=allowed_scopes(holder))
    if request.method == "POST" and (tried := attempt(form, lambda body: keys.issue(holder, actor=actor, **body))).done:
        assert tried.result is not None
        request.session[ISSUED] = base64.b64encode(seal_shared(tried.result[1].encode(), CONTEXT)).decode()
        return redirect(here)
    sealed = request.session.pop(ISSUED, None) if request.method == "GET" else None
    context = {
        "company": holder if isinstance(holder, Organisation) else None,
        "form": form,
        "keys": _rows(actor),
        "issued": unseal_shared(base64.b64decode(sealed), CONTEXT).decode() if sealed else "",
        "usable": bool(allowed_scopes(holder)),
    }
    return render(request, "accounts/keys/list.html", context, status=form.status)


def _revoke(request: HttpRequest, actor: Actor, holder: User | Organisation, key: UUID, *, back: str) -> HttpResponse:
    require(can_manage_keys(actor, holder))
    found = get_object_or_404(visible_keys(actor), public_id=key, revoked_at=None)
    form = DomainForm.of(request)
    if request.method == "POST" and attempt(form, lambda _body: keys.revoke(found, actor=actor)).done:
        messages.success(request, _("Revoked. Nothing can use this key any more."))
        return redirect(back)
    context = {
        "title": _("Revoke the key “%(name)s”?") % {"name": found.name or found.prefix},
        "text": _("Whatever uses it is refused at once. To replace it, issue the new one first, then revoke this."),
        "yes": _("Revoke this key"),
        "company": holder if isinstance(holder, Organisation) else None,
    }
    return render(request, "confirm.html", {**context, "form": form, "loss": True, "back": back}, status=form.status)


def _rows(actor: Actor) -> list[dict[str, object]]:
    """The newest keys, each with what it may do in words and whether it still works."""
    now = timezone.now()
    return [
        {
            "key": each,
            "may": [SCOPES[scope] for scope in each.scopes if scope in SCOPES],
            "expired": each.expires_at is not None and each.expires_at <= now,
        }
        for each in visible_keys(actor).order_by("-pk")[:SHOWN]
    ]
