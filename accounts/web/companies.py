"""A company is founded, says what it is, and asks to be checked."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain import checking, organising
from accounts.models import Organisation, User
from accounts.policies import actor_of_person, can_manage_members, seat_of
from accounts.states import REQUIRED_CHECKS, CheckKind, OrganisationKind
from accounts.web.forms import KINDS, AskForm, DescribeForm, FoundForm
from marketplace.idempotency.pressing import once
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Conflict, require
from marketplace.kernel.forms import attempt
from marketplace.kernel.pages import person_page

CHECKS = {
    CheckKind.IDENTITY: gettext_lazy("Who you are"),
    CheckKind.TRADE: gettext_lazy("Your trade"),
    CheckKind.INSURANCE: gettext_lazy("Your insurance"),
}
FINDS = {
    CheckKind.IDENTITY: gettext_lazy("That the company is in a register under this name. Without it nothing fits yet."),
    CheckKind.TRADE: gettext_lazy("That you may do this work: a licence, a master’s certificate, a chamber."),
    CheckKind.INSURANCE: gettext_lazy("That somebody pays if something goes wrong."),
}


@person_page
@once
def found(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    user, actor = request.user, actor_of_person(request.user)
    form = FoundForm.of(request)
    if (
        request.method == "POST"
        and (tried := attempt(form, lambda body: organising.found(user, actor=actor, **body))).done
    ):
        assert tried.result is not None
        return redirect("profile", tried.result.public_id)
    return render(request, "accounts/company/new.html", {"form": form}, status=form.status)


@person_page
@once
def profile(request: HttpRequest, organisation: UUID) -> HttpResponse:
    company, actor = seat_of(request.user, organisation)
    may_change = can_manage_members(actor, company)
    require(may_change or request.method != "POST")
    standings = checking.standings(company, actor=actor)
    form = _describe_form(request, company, checked=any(each.valid_until_on for each in standings))
    seen = request.POST.get("seen", "")
    if request.method == "POST" and _described(form, company, actor, seen):
        messages.success(request, _("Saved."))
        return redirect("profile", company.public_id)
    seen = "" if form.status == Conflict.status else seen
    context = {"company": company, "form": form, "may_change": may_change}
    context |= {"seen": seen or organising.fingerprint(company)}
    context |= {"checks": _rows(standings), "kind": KINDS[OrganisationKind(company.kind)]}
    return render(request, "accounts/company/profile.html", context, status=form.status)


@person_page
@once
def ask(request: HttpRequest, organisation: UUID, kind: str) -> HttpResponse:
    company, actor = seat_of(request.user, organisation)
    check = _kind(kind)
    require(can_manage_members(actor, company))
    form = AskForm.of(request)
    if (
        request.method == "POST"
        and attempt(form, lambda body: checking.ask(company, actor=actor, kind=check, **body)).done
    ):
        messages.success(request, _("An operator will look at it. The answer will stand here."))
        return redirect("profile", company.public_id)
    context = {"company": company, "form": form, "check": CHECKS[check], "finds": FINDS[check]}
    return render(request, "accounts/company/ask.html", context, status=form.status)


def _describe_form(request: HttpRequest, company: Organisation, *, checked: bool) -> DescribeForm:
    supplies = company.kind == OrganisationKind.SUPPLIER
    said = {"name": company.name, "legal_name": company.legal_name, "country": company.country}
    if supplies:
        supplier = company.supplier
        said |= {"description": supplier.description, "website": supplier.website}
        said["capabilities"] = "\n".join(supplier.capabilities)
    return DescribeForm.of(request, initial=said, supplies=supplies, checked=checked)


def _described(form: DescribeForm, company: Organisation, actor: Actor, seen: str) -> bool:
    """Two tabs, or two owners: the second is told, and writes over the first by pressing again."""
    tried = attempt(form, lambda body: organising.describe(company, actor=actor, seen=seen, **body))
    if form.status == Conflict.status:
        company.refresh_from_db()
    return tried.done


def _rows(standings: list[checking.Standing]) -> list[dict[str, object]]:
    return [
        {
            "standing": each,
            "name": CHECKS[each.kind],
            "finds": FINDS[each.kind],
            "needed": each.kind in REQUIRED_CHECKS,
        }
        for each in standings
    ]


def _kind(kind: str) -> CheckKind:
    if kind not in CheckKind.values:
        raise Http404
    return CheckKind(kind)
