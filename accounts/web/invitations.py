"""A link from a mail leads into a team: whoever proves to hold the address takes the place."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.domain import joining
from accounts.models import User
from accounts.policies import actor_of_person
from accounts.states import MemberRole
from accounts.web.forms import ROLES
from marketplace.idempotency.pressing import once
from marketplace.kernel.forms import DomainForm, attempt


@never_cache
@once
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What one is invited to; with the button for who is signed in."""
    found = joining.find(token)
    form = DomainForm.of(request)
    if (
        isinstance(user := request.user, User)
        and request.method == "POST"
        and attempt(form, lambda _body: joining.join(token, user, actor=actor_of_person(user))).done
    ):
        messages.success(request, _("Welcome. You act for %(name)s now.") % {"name": found.organisation.name})
        return redirect("team", found.organisation.public_id)
    context = {"invitation": found, "form": form, "role": ROLES[MemberRole(found.role)], "path": request.path}
    return render(request, "accounts/company/invitation.html", context, status=form.status)
