"""A company's home: what waits for it, how far it got, how it does."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bids.domain import counting, starting
from bids.domain.fitting import Show, soonest
from bids.web.supplier.seating import supplier_page
from marketplace.kernel.actors import Actor

FIRST = 10


@supplier_page
@require_safe
def company(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What waits first: choices to confirm, offers to confirm again, then what closes next."""
    lists = {"waiting": soonest(actor, Show.WAITING, most=FIRST), "soon": soonest(actor, Show.UNANSWERED, most=FIRST)}
    context = {**lists, "progress": starting.progress(actor=actor)}
    context |= {"counts": counting.win_loss(actor), "role": actor.role}
    return render(request, "bids/supplier/company.html", context)
