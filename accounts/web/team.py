"""Who acts for a company: roles, invitations, and how one leaves."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.domain import joining, organising
from accounts.models import Organisation
from accounts.policies import can_manage_members, seat_of, visible_invitations, visible_memberships
from accounts.states import MemberRole
from accounts.web.forms import SHORT_ROLES, InviteForm, RoleForm
from marketplace.idempotency.pressing import once
from marketplace.kernel.errors import require
from marketplace.kernel.forms import DomainForm, attempt
from marketplace.kernel.pages import person_page


@person_page
@once
def team(request: HttpRequest, organisation: UUID) -> HttpResponse:
    company, actor = seat_of(request.user, organisation)
    may_change = can_manage_members(actor, company)
    require(may_change or request.method != "POST")
    form = InviteForm.of(request)
    if request.method == "POST" and attempt(form, lambda body: joining.invite(company, actor=actor, **body)).done:
        messages.success(request, _("Invited: %(email)s.") % {"email": form.cleaned_data["email"]})
        return redirect("team", company.public_id)
    members = [(each, SHORT_ROLES[MemberRole(each.role)]) for each in visible_memberships(actor)]
    invited = [(each, SHORT_ROLES[MemberRole(each.role)]) for each in visible_invitations(actor)]
    context = {"company": company, "form": form, "members": members, "invited": invited}
    context["may_change"] = may_change
    return render(request, "accounts/company/team.html", context, status=form.status)


@person_page
@once
def member(request: HttpRequest, organisation: UUID, person: UUID) -> HttpResponse:
    company, actor = seat_of(request.user, organisation)
    require(can_manage_members(actor, company))
    seat = get_object_or_404(visible_memberships(actor), user__public_id=person)
    form = RoleForm.of(request, initial={"role": seat.role})
    if request.method == "POST" and attempt(form, lambda body: organising.change_role(seat, actor=actor, **body)).done:
        return redirect("team", company.public_id)
    return render(
        request, "accounts/company/member.html", {"company": company, "seat": seat, "form": form}, status=form.status
    )


@person_page
@once
def remove(request: HttpRequest, organisation: UUID, person: UUID) -> HttpResponse:
    company, actor = seat_of(request.user, organisation)
    require(can_manage_members(actor, company))
    seat = get_object_or_404(visible_memberships(actor), user__public_id=person)
    name = {"name": seat.user.name or seat.user.email, "company": company.name}
    said = {
        "title": _("Remove %(name)s from the team?") % name,
        "text": _("From then on they see nothing of %(company)s here. Invitations they sent hold no more.") % name,
        "yes": _("Remove from the team"),
    }
    return _ask_again(request, company, lambda: organising.dismiss(seat, actor=actor), said)


@person_page
@once
def leave(request: HttpRequest, organisation: UUID) -> HttpResponse:
    company, actor = seat_of(request.user, organisation)
    seat = get_object_or_404(visible_memberships(actor), user_id=actor.person_key)
    name = {"company": company.name}
    said = {
        "title": _("Leave %(company)s?") % name,
        "text": _("You will see nothing of it here any more. An owner can invite you again."),
        "yes": _("Leave"),
        "done": _("You no longer act for %(company)s.") % name,
    }
    return _ask_again(request, company, lambda: organising.leave(seat, actor=actor), said, leads_to=reverse("front"))


@person_page
@once
def take_back(request: HttpRequest, organisation: UUID, invitation: UUID) -> HttpResponse:
    company, actor = seat_of(request.user, organisation)
    require(can_manage_members(actor, company))
    found = get_object_or_404(visible_invitations(actor), public_id=invitation)
    said = {
        "title": _("Take this invitation back?"),
        "text": _("The link that was sent to %(email)s will lead nowhere.") % {"email": found.email},
        "yes": _("Take it back"),
    }
    return _ask_again(request, company, lambda: joining.take_back(found, actor=actor), said)


def _ask_again(
    request: HttpRequest, company: Organisation, verb: Callable[[], None], said: dict[str, str], *, leads_to: str = ""
) -> HttpResponse:
    """Ask once more, in the words that are given; on a yes do it, and lead back to the team or where it is said."""
    form, team_url = DomainForm.of(request), reverse("team", args=[company.public_id])
    if request.method == "POST" and attempt(form, lambda _body: verb()).done:
        if done := said.get("done"):
            messages.success(request, done)
        return redirect(leads_to or team_url)
    context = {**said, "company": company, "form": form, "loss": True, "back": team_url}
    return render(request, "confirm.html", context, status=form.status)
