"""A company's home: what waits for it, how far it got, how it does."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.policies import seat_of
from bids.domain import counting, starting
from bids.domain.fitting import Show, soonest
from marketplace.kernel.pages import person_page
from rfps.delivery.policies import is_supplier

FIRST = 10


@person_page
@require_safe
def company(request: HttpRequest, organisation: UUID) -> HttpResponse:
    """What waits first: choices to confirm, offers to confirm again, then what closes next.

    A company that makes no offers has its profile instead.
    """
    seat, actor = seat_of(request.user, organisation)
    if not is_supplier(actor):
        return redirect("profile", seat.public_id)
    lists = {"waiting": soonest(actor, Show.WAITING, most=FIRST), "soon": soonest(actor, Show.UNANSWERED, most=FIRST)}
    context = {**lists, "progress": starting.progress(actor=actor)}
    context |= {"counts": counting.win_loss(actor), "company": seat}
    return render(request, "bids/supplier/company.html", context)
