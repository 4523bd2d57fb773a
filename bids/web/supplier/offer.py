"""The offer editor: written, checked, sent, taken back, confirmed again; its total stands beside it all the time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bids.domain import bidding, phrasing
from bids.domain.editing import Edited, edited
from bids.domain.loading import today
from bids.domain.rehearsing import Cost, cost_of_body, faults_of
from bids.models import Bid
from bids.policies import can_bid
from bids.states import BidState
from bids.web.supplier.offer_form import OfferForm, moved
from bids.web.supplier.seating import load, supplier_page
from marketplace.idempotency.pressing import once
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Conflict, Invalid, NotAllowed
from marketplace.kernel.forms import Attempt, attempt
from marketplace.kernel.pages import typed
from rfps.delivery.models import Opportunity
from rfps.states import Phase


@supplier_page
@once
def offer(request: HttpRequest, actor: Actor, opportunity: UUID, option: int) -> HttpResponse:
    """One option of the supplier's: who may not write only looks; what cannot be written now says why."""
    found, it = _load(actor, opportunity, option)
    form = _form(request, it)
    if request.method == "POST" and (said := _press(request, form, found, it, actor, option)):
        messages.success(request, said)
        return redirect("opportunity", request.company.public_id, opportunity)  # type: ignore[attr-defined]
    return render(request, "bids/supplier/offer.html", _context(found, it, form, option, actor), status=form.status)


@supplier_page
@require_POST
def total(request: HttpRequest, actor: Actor, opportunity: UUID, option: int) -> HttpResponse:
    """The total as the customer will see it, of what is typed now; nothing is kept."""
    _found, it = _load(actor, opportunity, option)
    form = OfferForm(request.POST, asked=it.asked, content=it.content)
    return render(request, "bids/supplier/total.html", {"cost": _cost(form), "standing": it.standing})


@supplier_page
@require_POST
@once
def act(request: HttpRequest, actor: Actor, opportunity: UUID, option: int, word: str) -> HttpResponse:
    """Take the offer back, or confirm it again after the customer changed the request."""
    _found, it = _load(actor, opportunity, option)
    if it.bid is None:
        raise Http404
    verb, said = (
        (bidding.withdraw, _("Taken back. Until the time for offers is over you can send it again."))
        if word == "withdraw"
        else (bidding.reconfirm, _("Confirmed: your offer holds for the changed request."))
    )
    try:
        verb(it.bid, actor=actor)
        messages.success(request, said)
    except (Conflict, Invalid) as error:
        messages.error(request, error.faults[0].message if isinstance(error, Invalid) else error.message)
    return redirect("opportunity", request.company.public_id, opportunity)  # type: ignore[attr-defined]


def _load(actor: Actor, opportunity: UUID, option: int) -> tuple[Opportunity, Edited]:
    found = load(actor, opportunity)
    if not 1 <= option <= found.rfp.options:
        raise Http404
    return found, edited(found, option, actor=actor)


def _form(request: HttpRequest, it: Edited) -> OfferForm:
    """Of what was sent, now or before the session ended, with every row that it had; else of what was kept."""
    sent = request.POST if request.method == "POST" else typed(request)
    if sent is None:
        return OfferForm(asked=it.asked, content=it.content)
    form = OfferForm(moved(sent), asked=it.asked, content=it.content)
    if request.method != "POST":
        form.errors.clear()  # it came back; nobody asked what is missing
    return form


def _press(
    request: HttpRequest, form: OfferForm, found: Opportunity, it: Edited, actor: Actor, option: int
) -> str | None:
    """Do what the button says; the sentence that follows, or None where the form shows again."""
    word = request.POST.get("do", "save")
    if word == "save":
        tried = _attempt(form, found, it, actor, option, submit=False)
        return _("Saved. The customer sees nothing of it until you send it.") if tried.done else None
    if word not in ("check", "send"):
        form.errors.clear()  # another row, or the total: nobody asked what is missing
        return None
    _rehearse(form, found, it)
    if word == "check" or form.errors:
        return None
    tried = _attempt(form, found, it, actor, option, submit=True)
    return (
        _("Your offer is in. You can change it or take it back until the time for offers is over.")
        if tried.done
        else None
    )


def _rehearse(form: OfferForm, found: Opportunity, it: Edited) -> None:
    """Put everything that keeps the offer from being sent beside its field."""
    form.full_clean()
    form.require_vat()
    faults = faults_of(form.body(), it.asked, options=found.rfp.options, today=today(found.rfp))
    form.add_new_faults(Invalid(faults))
    form.checked = not form.errors
    form.status = Invalid.status if form.errors else 200


def _attempt(
    form: OfferForm, found: Opportunity, it: Edited, actor: Actor, option: int, *, submit: bool
) -> Attempt[Bid]:
    """Whatever keeps an offer from being written, what was typed stays."""
    return attempt(form, lambda _data: _write(form, found, it, actor, option, submit=submit), also=(NotAllowed,))


def _write(form: OfferForm, found: Opportunity, it: Edited, actor: Actor, option: int, *, submit: bool) -> Bid:
    body: dict[str, Any] = form.body()
    if submit:
        body["submit"] = True
    _require_unchanged(form, it.bid)
    if it.bid is None:
        return bidding.draft(found, actor=actor, body=body | {"option": option})
    return bidding.change(it.bid, actor=actor, body=body)


def _require_unchanged(form: OfferForm, bid: Bid | None) -> None:
    """Two tabs, or two colleagues: the second is told, and writes over the first by pressing again."""
    opened = form.cleaned_data["revision"]
    if bid is None or opened is None or bidding.lock(bid).revision == opened:
        return
    message = _("This offer was changed since you opened it. To put what stands here in its place, press again.")
    raise Conflict(message, code="changed")


def _cost(form: OfferForm) -> Cost:
    """Of what is typed, as far as it can be read; of what was kept where nothing was typed."""
    if form.is_bound:
        form.is_valid()
        return cost_of_body(form.body(), form.asked)
    return cost_of_body({**form.content}, form.asked)


def _context(found: Opportunity, it: Edited, form: OfferForm, option: int, actor: Actor) -> dict[str, Any]:
    phase = found.phase  # type: ignore[attr-defined]  # annotated by visible_opportunities
    return {
        "opportunity": found,
        "it": it,
        "form": form,
        "option": option,
        "zone": found.rfp.time_zone,
        "cost": _cost(form),
        "standing": it.standing,
        "lines": [
            (phrasing.part(row.title, row.quantity, row.unit, row.spec), _named(form, f"lines-{at}"))
            for at, row in enumerate(form.lines)
        ],
        "charges": [_named(form, f"charges-{at}") for at in range(form.charges)],
        "answers": [(row, _named(form, f"answers-{at}")) for at, row in enumerate(form.requirements)],
        "sums": [form[f"estimate-{end}"] for end in ("low", "high")],
        "may_act": can_bid(actor, found.organisation_id),
        "may_write": can_bid(actor, found.organisation_id) and phase == Phase.OPEN,
        "takes_back": it.bid is not None and it.bid.state in (BidState.SUBMITTED, BidState.NEEDS_RECONFIRM),
        "accepted": form.is_bound or (found.accepted_at is not None and found.declined_at is None),
    }


def _named(form: OfferForm, prefix: str) -> dict[str, Any]:
    """The fields of one row, by the last step of their names."""
    names = [name for name in form.fields if name.startswith(f"{prefix}-")]
    return {name.removeprefix(f"{prefix}-"): form[name] for name in names}
