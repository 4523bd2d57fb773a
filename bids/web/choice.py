"""The choice: the page before the button, and the contract after it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from bids.domain import contracting
from bids.domain.approving import approve
from bids.domain.awarding import award
from bids.domain.choosing import candidates, choice, counterpart, last_day_before
from bids.domain.debriefing import debrief, debriefing
from bids.models import Bid, Contract
from bids.policies import visible_contracts
from bids.web.loading import judged, may_choose, readable, trail
from marketplace.idempotency.pressing import once
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Conflict
from marketplace.kernel.pages import person_page
from rfps.models import Rfp
from rfps.states import Phase, Sharing


@person_page
@once
def choose(request: HttpRequest, id: UUID, bid: UUID) -> HttpResponse:  # noqa: A002 - the path's own word
    """Everything the choice means, then the button; what came in between is said on the page where it shows."""
    actor, rfp = readable(request, id)
    found = candidates(rfp, actor).filter(public_id=bid).first()
    meant = choice(rfp, actor=actor, bid=found) if found and may_choose(rfp) else None
    if found is None or meant is None:
        return _too_late(request, rfp)
    if request.method != "POST":
        return render(request, "bids/choose.html", {"rfp": rfp, "choice": meant, "trail": trail(rfp, compare=True)})
    return _choose(request, actor, rfp, found)


def _choose(request: HttpRequest, actor: Actor, rfp: Rfp, bid: Bid) -> HttpResponse:
    try:
        made = (approve if rfp.sharing == Sharing.DECIDE else award)(rfp, actor=actor, bid=bid)
    except Conflict as error:
        messages.warning(request, error.message)
        return redirect("compare", id=rfp.public_id)
    if made is None:
        messages.success(request, _("Your yes is kept. It is chosen when all of you have said yes to it."))
    return redirect("contract" if made else "compare", id=rfp.public_id)


def _too_late(request: HttpRequest, rfp: Rfp) -> HttpResponse:
    if rfp.phase == Phase.AWARDED:
        messages.warning(request, _("You have chosen already. This is your choice."))
        return redirect("contract", id=rfp.public_id)
    messages.warning(request, _("This offer cannot be chosen now."))
    return redirect("compare", id=rfp.public_id)


@person_page
@require_safe
def contract(request: HttpRequest, id: UUID) -> HttpResponse:  # noqa: A002
    """What was agreed, how it stands, what comes next."""
    actor, rfp, found = _contract(request, id)
    body = contracting.shape(found)
    day = last_day_before(found.confirm_by, rfp.time_zone)
    context = {"rfp": rfp, "contract": found, "body": body, "other": counterpart(found), "confirm_on": day}
    context["debriefing"] = debriefing(rfp, actor=actor)
    return render(request, "bids/contract.html", {**context, "trail": trail(rfp)})


@person_page
@once
@require_POST
def tell(request: HttpRequest, id: UUID) -> HttpResponse:  # noqa: A002
    """Tell those who were not chosen how their offers did."""
    actor, rfp = judged(request, id)
    told = debrief(rfp, actor=actor, criteria=request.POST.getlist("criteria"))
    said = ngettext("%(n)d offer: its company was told.", "%(n)d offers: their companies were told.", told)
    messages.success(request, said % {"n": told})
    return redirect("contract", id=rfp.public_id)


@person_page
@require_safe
def contract_json(request: HttpRequest, id: UUID) -> HttpResponse:  # noqa: A002
    """The contract to keep, as its hash was taken."""
    _actor, rfp, found = _contract(request, id)
    name = f'attachment; filename="contract-{rfp.public_id}.json"'
    body = contracting.shape(found)
    return JsonResponse(body, json_dumps_params={"indent": 2}, headers={"Content-Disposition": name})


def _contract(request: HttpRequest, id: UUID) -> tuple[Actor, Rfp, Contract]:  # noqa: A002
    actor, rfp = readable(request, id)
    rows = visible_contracts(actor).filter(rfp=rfp).select_related("rfp__owner__key", "organisation__supplier")
    return actor, rfp, get_object_or_404(rows.order_by("-pk")[:1])
