"""Asking the customer something before offering."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bids.domain.considering import consider
from bids.web.supplier.seating import load, supplier_page
from marketplace.idempotency.pressing import once
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import require
from marketplace.kernel.forms import DomainForm, attempt
from rfps.delivery.policies import can_ask
from rfps.domain import asking
from rfps.domain.asking import MAX_QUESTION


class AskForm(DomainForm):
    """One question."""

    text = forms.CharField(
        label=gettext_lazy("Your question"),
        help_text=gettext_lazy("Leave out your company’s name and how to reach you."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=MAX_QUESTION,
    )


@supplier_page
@once
def ask(request: HttpRequest, actor: Actor, opportunity: UUID) -> HttpResponse:
    """The question goes to the customer; who may not ask now is led back to the request."""
    found, form = load(actor, opportunity), AskForm.of(request)
    require(can_ask(actor, found) or request.method != "POST")
    tried = attempt(form, lambda body: asking.ask(found, actor=actor, text=body["text"]))
    if tried.done:
        messages.success(request, _("Asked. We write to you when the customer answers."))
        return redirect("opportunity", request.company.public_id, opportunity)  # type: ignore[attr-defined]
    it = consider(load(actor, opportunity), actor=actor)
    if not it.may_ask and not form.is_bound:
        messages.warning(request, _("You cannot ask about this request now. This is how it stands."))
        return redirect("opportunity", request.company.public_id, opportunity)  # type: ignore[attr-defined]
    context = {"it": it, "form": form, "zone": it.opportunity.rfp.time_zone}
    return render(request, "bids/supplier/ask.html", context, status=form.status)
