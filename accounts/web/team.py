"""Who acts for a company: roles, invitations, and how one leaves."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.domain import joining, organising
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
    form = DomainForm.of(request)
    if request.method == "POST" and attempt(form, lambda _body: organising.dismiss(seat, actor=actor)).done:
        return redirect("team", company.public_id)
    name = {"name": seat.user.name or seat.user.email, "company": company.name}
    context = {
        "title": _("Remove %(name)s from the team?") % name,
        "text": _("From then on they see nothing of %(company)s here. Invitations they sent hold no more.") % name,
        "yes": _("Remove from the team"),
    }
    return _confirm(request, company.public_id, form, {**context, "company": company})


@person_page
@once
def leave(request: HttpRequest, organisation: UUID) -> HttpResponse:
    company, actor = seat_of(request.user, organisation)
    seat = get_object_or_404(visible_memberships(actor), user_id=actor.person_key)
    form = DomainForm.of(request)
    if request.method == "POST" and attempt(form, lambda _body: organising.leave(seat, actor=actor)).done:
        messages.success(request, _("You no longer act for %(company)s.") % {"company": company.name})
        return redirect("front")
    context = {
        "title": _("Leave %(company)s?") % {"company": company.name},
        "text": _("You will see nothing of it here any more. An owner can invite you again."),
        "yes": _("Leave"),
    }
    return _confirm(request, company.public_id, form, {**context, "company": company})


@person_page
@once
def take_back(request: HttpRequest, organisation: UUID, invitation: UUID) -> HttpResponse:
    company, actor = seat_of(request.user, organisation)
    require(can_manage_members(actor, company))
    found = get_object_or_404(visible_invitations(actor), public_id=invitation)
    form = DomainForm.of(request)
    if request.method == "POST" and attempt(form, lambda _body: joining.take_back(found, actor=actor)).done:
        return redirect("team", company.public_id)
    context = {
        "title": _("Take this invitation back?"),
        "text": _("The link that was sent to %(email)s will lead nowhere.") % {"email": found.email},
        "yes": _("Take it back"),
    }
    return _confirm(request, company.public_id, form, {**context, "company": company})


def _confirm(request: HttpRequest, company: UUID, form: DomainForm, context: dict[str, object]) -> HttpResponse:
    shown = {**context, "form": form, "loss": True, "back": reverse("team", args=[company])}
    return render(request, "confirm.html", shown, status=form.status)
