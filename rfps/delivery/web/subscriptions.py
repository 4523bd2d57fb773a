"""What a company wants to hear about: its list, and the form with a try before saving."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.policies import is_checked, seat_of
from marketplace.idempotency.pressing import once
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import require
from marketplace.kernel.forms import DomainForm, attempt
from marketplace.kernel.pages import person_page
from rfps.delivery.domain import subscribing
from rfps.delivery.domain.wishing import Wish
from rfps.delivery.models import Subscription
from rfps.delivery.policies import can_subscribe, is_supplier, visible_subscriptions
from rfps.delivery.web import words
from rfps.delivery.web.forms import WishForm

DAYS = 30


@person_page
def subscriptions(request: HttpRequest, organisation: UUID) -> HttpResponse:
    company, actor = _seat(request, organisation)
    wishes = [(row, subscribing.wish_of(row)) for row in visible_subscriptions(actor).order_by("pk")]
    rows = [(row, words.title(wish), words.what(wish), words.where(wish), words.rest(wish)) for row, wish in wishes]
    context = {"company": company, "rows": rows, "may_change": can_subscribe(actor), "checked": is_checked(company)}
    return render(request, "rfps/subscriptions/list.html", context)


@person_page
@once
def new(request: HttpRequest, organisation: UUID) -> HttpResponse:
    company, actor = _seat(request, organisation)
    require(can_subscribe(actor))
    return _edit(request, company, actor, None)


@person_page
@once
def change(request: HttpRequest, organisation: UUID, subscription: UUID) -> HttpResponse:
    company, actor = _seat(request, organisation)
    require(can_subscribe(actor))
    return _edit(request, company, actor, get_object_or_404(visible_subscriptions(actor), public_id=subscription))


@person_page
@once
def remove(request: HttpRequest, organisation: UUID, subscription: UUID) -> HttpResponse:
    company, actor = _seat(request, organisation)
    require(can_subscribe(actor))
    found = get_object_or_404(visible_subscriptions(actor), public_id=subscription)
    back, form = reverse("subscriptions", args=[company.public_id]), DomainForm.of(request)
    if request.method == "POST" and attempt(form, lambda _body: subscribing.unsubscribe(found, actor=actor)).done:
        messages.success(request, _("Removed. What came by it stays."))
        return redirect(back)
    name = {"name": words.title(subscribing.wish_of(found))}
    context = {"title": _("Remove “%(name)s”?") % name, "yes": _("Remove"), "company": company, "back": back}
    context["text"] = _("Nothing new comes by it. The requests that came, and your offers on them, stay.")
    return render(request, "confirm.html", {**context, "form": form, "loss": True}, status=form.status)


def _edit(request: HttpRequest, company: Organisation, actor: Actor, row: Subscription | None) -> HttpResponse:
    before = subscribing.wish_of(row) if row else Wish(mail="instant")
    form, brought = WishForm.of(request, before=before), None
    if "try" in request.POST:
        brought = attempt(form, lambda body: subscribing.try_out(actor=actor, wish=form.wish(body), days=DAYS)).result
    elif request.method == "POST" and attempt(form, lambda body: _save(row, actor, form.wish(body))).done:
        messages.success(request, _("Saved. Requests that are open now and fit arrive within a minute."))
        return redirect("subscriptions", company.public_id)
    context = {"company": company, "form": form, "row": row, "branches": words.tree(form["categories"].value() or [])}
    context |= {"brought": brought, "days": DAYS, "around": words.around(before), "checked": is_checked(company)}
    return render(request, "rfps/subscriptions/edit.html", context, status=form.status)


def _save(row: Subscription | None, actor: Actor, wish: Wish) -> Subscription:
    return subscribing.change(row, actor=actor, wish=wish) if row else subscribing.subscribe(actor=actor, wish=wish)


def _seat(request: HttpRequest, organisation: UUID) -> tuple[Organisation, Actor]:
    """Of a supplier; others hear about nothing."""
    company, actor = seat_of(request.user, organisation)
    if not is_supplier(actor):
        raise Http404
    return company, actor
