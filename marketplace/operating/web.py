"""Pages of an operator: what waits, what is missing, what happened. Nobody's values, requests or offers stand here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain import checking
from accounts.models import Check, CheckRequest, User
from accounts.policies import actor_of_person, valid_checks, visible_check_requests, visible_suspensions
from accounts.states import CheckKind
from bids.domain import watching
from marketplace.audit.models import AuditRow
from marketplace.audit.reading import chain_states, visible_rows
from marketplace.idempotency.pressing import once
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import require
from marketplace.kernel.forms import DomainForm, attempt
from marketplace.kernel.pages import person_page
from marketplace.operating.forms import AuditForm, FindForm, TurnDownForm
from rfps.catalogue import ancestors, exists

SHOWN = 100
AUDIT_ROWS = 50
KINDS: dict[str, Any] = {
    CheckKind.IDENTITY: gettext_lazy("identity"),
    CheckKind.TRADE: gettext_lazy("licence to trade"),
    CheckKind.INSURANCE: gettext_lazy("insurance"),
}


@person_page
def overview(request: HttpRequest) -> HttpResponse:
    actor = _operator(request)
    waiting = visible_check_requests(actor).order_by().aggregate(n=Count("pk"), oldest=Min("created_at"))
    context = {
        "checks": waiting["n"],
        "oldest": waiting["oldest"],
        "gaps": watching.unmatched_count(actor=actor),
        "ending": watching.unanswered_count(actor=actor),
        "suspended": visible_suspensions(actor).count(),
        "chains": chain_states(actor),
    }
    return _show(request, "operator/overview.html", context)


@person_page
def checks(request: HttpRequest) -> HttpResponse:
    waiting = visible_check_requests(_operator(request))
    rows = [(each, KINDS[each.kind]) for each in waiting[:SHOWN]]
    return _show(request, "operator/checks.html", {"waiting": rows, "all": waiting.count()})


@person_page
@once
def check(request: HttpRequest, asked: UUID) -> HttpResponse:
    actor, found = _asked(request, asked)
    form = FindForm.of(request)
    if request.method == "POST" and attempt(form, lambda body: _note(found, request, actor, body)).done:
        messages.success(request, _("Noted. %(name)s is checked.") % {"name": found.organisation.name})
        return redirect("operator-checks")
    held = valid_checks().filter(organisation=found.organisation).order_by("kind")
    context = {"asked": found, "form": form, "company_": found.organisation, "kind": KINDS[found.kind]}
    context["held"] = [(KINDS[each.kind], each.valid_until_on) for each in held]
    return _show(request, "operator/check.html", context, form.status)


@person_page
@once
def turn_down(request: HttpRequest, asked: UUID) -> HttpResponse:
    actor, found = _asked(request, asked)
    form = TurnDownForm.of(request)
    if request.method == "POST" and attempt(form, lambda body: checking.turn_down(found, actor=actor, **body)).done:
        messages.success(request, _("Turned down. %(name)s reads why.") % {"name": found.organisation.name})
        return redirect("operator-checks")
    context = {
        "title": _("Turn down the check of %(name)s?") % {"name": found.organisation.name},
        "text": _("Nothing is held against the company; it may ask again with better evidence."),
        "yes": _("Turn it down"),
        "back": reverse("operator-check", args=[found.public_id]),
    }
    return _show(request, "confirm.html", {**context, "form": form, "loss": True}, form.status)


@person_page
def gaps(request: HttpRequest) -> HttpResponse:
    rows = [(row, _path(row.category)) for row in watching.gaps(actor=_operator(request))]
    return _show(request, "operator/gaps.html", {"rows": rows, "days": watching.GAP_DAYS})


@person_page
def ending(request: HttpRequest) -> HttpResponse:
    rows = [(row, _path(row.category)) for row in watching.ending(actor=_operator(request))]
    return _show(request, "operator/ending.html", {"rows": rows, "days": watching.SOON.days})


@person_page
def audit(request: HttpRequest) -> HttpResponse:
    actor = _operator(request)
    form = AuditForm(request.GET or None)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = visible_rows(actor, kind=wanted.get("kind") or "", subject=wanted.get("subject"))
    if wanted.get("before"):
        rows = rows.filter(pk__lt=wanted["before"])
    shown = list(rows[: AUDIT_ROWS + 1])
    context = {"form": form, "rows": shown[:AUDIT_ROWS], "chains": chain_states(actor), "wanted": wanted}
    return _show(request, "operator/audit.html", context | {"older": _older(shown)}, 422 if form.errors else 200)


@person_page
def suspended(request: HttpRequest) -> HttpResponse:
    found = visible_suspensions(_operator(request))
    return _show(request, "operator/suspended.html", {"rows": found[:SHOWN], "all": found.count()})


@person_page
@once
def reinstate(request: HttpRequest, organisation: UUID) -> HttpResponse:
    actor = _operator(request)
    found = get_object_or_404(visible_suspensions(actor), public_id=organisation)
    form = DomainForm.of(request)
    if request.method == "POST" and attempt(form, lambda _body: checking.reinstate(found, actor=actor)).done:
        return redirect("operator-suspended")
    context = {
        "title": _("Reinstate %(name)s?") % {"name": found.name},
        "text": _("It is as it was before: its keys work, and requests that fit reach it again."),
        "yes": _("Reinstate"),
        "back": reverse("operator-suspended"),
    }
    return _show(request, "confirm.html", {**context, "form": form}, form.status)


def _operator(request: HttpRequest) -> Actor:
    """Staff alone; everybody else is told that they may not."""
    assert isinstance(request.user, User)
    actor = actor_of_person(request.user)
    require(actor.is_operator)
    return actor


def _asked(request: HttpRequest, asked: UUID) -> tuple[Actor, CheckRequest]:
    actor = _operator(request)
    return actor, get_object_or_404(visible_check_requests(actor), public_id=asked)


def _note(asked: CheckRequest, request: HttpRequest, actor: Actor, body: dict[str, Any]) -> Check:
    assert isinstance(request.user, User)
    return checking.check(asked.organisation, actor=actor, kind=asked.kind, checked_by=request.user, **body)


def _path(category: str) -> str:
    return " › ".join(_(each.label) for each in ancestors(category)) if exists(category) else category


def _older(shown: list[AuditRow]) -> int | None:
    return shown[AUDIT_ROWS - 1].pk if len(shown) > AUDIT_ROWS else None


def _show(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, template, {**context, "operating": True}, status=status)
