"""The household: who lives there, inviting, joining, leaving."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain import sharing
from accounts.models import Household, User
from accounts.policies import actor_of_person, visible_members
from marketplace.idempotency.pressing import once
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Conflict, NotAllowed
from marketplace.kernel.forms import DomainForm, attempt
from marketplace.kernel.pages import person_page


class FoundForm(DomainForm):
    """A name for those who live together."""

    name = forms.CharField(
        label=gettext_lazy("What is it called?"), help_text=gettext_lazy("For example your street."), max_length=100
    )


class InviteForm(DomainForm):
    """Whom the invitation is for."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address of the person you live with"),
        help_text=gettext_lazy("We write to it. The invitation works only for this address, for a week."),
        max_length=254,
    )


@person_page
@once
def household(request: HttpRequest) -> HttpResponse:
    """Those who live here, and a mail to one more; without a household, a place to begin one."""
    assert isinstance(request.user, User)
    actor = actor_of_person(request.user)
    stays = list(visible_members(actor))
    home = stays[0].household if stays else None
    form = InviteForm.of(request) if home else FoundForm.of(request)
    if attempt(form, lambda body: _invite_or_found(request, home, actor, body)).done:
        return redirect("household")
    context = {"home": home, "stays": stays, "form": form}
    return render(request, "household/household.html", context, status=form.status)


def _invite_or_found(request: HttpRequest, home: Household | None, actor: Actor, body: dict[str, Any]) -> None:
    assert isinstance(request.user, User)
    if home is None:
        sharing.create(request.user, actor=actor, name=body["name"])
        messages.success(request, _("Your household is here. Now invite those you live with."))
        return
    sharing.invite(home, actor=actor, email=body["email"])
    messages.success(request, _("We wrote to %(email)s. The invitation holds for a week.") % body)


@person_page
@once
def join(request: HttpRequest) -> HttpResponse:
    """What moving in means, then the yes of who was invited."""
    assert isinstance(request.user, User)
    invitation = request.GET.get("with", "")
    home = sharing.invited_to(invitation)
    if home is None:
        messages.warning(request, _("This invitation is too old, or not whole. Ask for a new one."))
        return redirect("household")
    if request.method != "POST":
        return render(request, "household/join.html", {"home": home})
    try:
        sharing.join(home, request.user, actor=actor_of_person(request.user), invitation=invitation)
    except (Conflict, NotAllowed) as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("You live there now, also here."))
    return redirect("household")


@person_page
@once
def leave(request: HttpRequest) -> HttpResponse:
    """What moving out means, then doing it."""
    assert isinstance(request.user, User)
    actor = actor_of_person(request.user)
    stay = visible_members(actor).filter(user=request.user).first()
    if stay is None:
        return redirect("household")
    if request.method != "POST":
        return render(request, "household/leave.html", {"home": stay.household})
    try:
        sharing.leave(stay.household, request.user, actor=actor)
    except Conflict as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("You have left the household."))
    return redirect("household")
