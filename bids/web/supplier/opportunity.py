"""One request that fits: what is asked, the supplier's answers, and what comes of its offers."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bids.domain import awarding, contracting
from bids.domain.considering import consider, contract_of
from bids.models import Contract
from bids.web.supplier.questions import AskForm
from bids.web.supplier.reasons import WHY, ReasonForm
from bids.web.supplier.seating import load, supplier_page
from marketplace.idempotency.pressing import once
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Conflict, Invalid
from marketplace.kernel.pages import typed
from rfps.delivery.domain import answering
from rfps.delivery.models import Opportunity
from rfps.disclosure.domain import accepting


@supplier_page
@require_safe
def opportunity(request: HttpRequest, actor: Actor, opportunity: UUID) -> HttpResponse:
    """The request at its stage, for everybody in the company."""
    return _show(request, load(actor, opportunity), actor)


@supplier_page
@require_POST
@once
def answer(request: HttpRequest, actor: Actor, opportunity: UUID, word: str) -> HttpResponse:
    """Accept the conditions, refuse them, or decline; the page says how it stands then."""
    found, form = load(actor, opportunity), ReasonForm(request.POST, auto_id=f"{word}-%s")
    if not form.is_valid():
        return _show(request, found, actor, word, form)
    try:
        said = _answer(found, actor, word, request.POST.get("terms", ""), form.cleaned_data["reason"])
    except (Conflict, Invalid) as error:
        messages.error(request, error.faults[0].message if isinstance(error, Invalid) else error.message)
    else:
        messages.success(request, said)
    return redirect("opportunity", request.company.public_id, opportunity)  # type: ignore[attr-defined]


@supplier_page
@require_safe
def contract_json(request: HttpRequest, actor: Actor, opportunity: UUID) -> HttpResponse:
    """The contract to keep, as its hash was taken."""
    body = contracting.shape(_contract(load(actor, opportunity), actor))
    name = f'attachment; filename="contract-{body["request"]["id"]}.json"'
    return JsonResponse(body, json_dumps_params={"indent": 2}, headers={"Content-Disposition": name})


def _show(
    request: HttpRequest, found: Opportunity, actor: Actor, word: str = "", form: ReasonForm | None = None
) -> HttpResponse:
    """The page; after an answer that could not be taken, with what was typed in its place."""
    it = consider(found, actor=actor)
    initial = {"reason": before.get("reason", "")} if (before := typed(request)) else {}
    reasons = {each.replace("-", "_"): ReasonForm(auto_id=f"{each}-%s", initial=initial) for each in WHY}
    context = {"it": it, "zone": it.opportunity.rfp.time_zone, "form": form, "asking": AskForm()}
    context["reasons"] = reasons | ({word.replace("-", "_"): form} if form else {})
    return render(request, "bids/supplier/opportunity.html", context, status=Invalid.status if form else 200)


def _answer(found: Opportunity, actor: Actor, word: str, terms: str, reason: str) -> str:
    match word:
        case "accept":
            accepting.accept(found, actor=actor, terms=terms)
            return _("You accepted the customer’s conditions. The place is yours for 48 hours; a draft keeps it.")
        case "refuse":
            answering.refuse_terms(found, actor=actor, reason=reason)
            return _("You refused the conditions. Nobody expects an offer of you now.")
        case "decline":
            answering.decline(found, actor=actor, reason=reason)
            return _("You declined. Nobody expects an offer of you now.")
        case "confirm":
            awarding.confirm(_contract(found, actor), actor=actor)
            return _("Confirmed: the contract holds. The customer was told.")
    awarding.decline(_contract(found, actor), actor=actor, reason=reason)
    return _("You said no. What you were shown is closed again; the customer chooses anew.")


def _contract(found: Opportunity, actor: Actor) -> Contract:
    contract = contract_of(found, actor)
    if contract is None:
        raise Conflict(_("You were not chosen."), code="not_awarded")
    return contract
