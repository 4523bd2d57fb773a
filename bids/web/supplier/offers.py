"""Own offers with what became of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bids.domain import counting, reporting
from bids.web.supplier.seating import supplier_page
from marketplace.kernel.actors import Actor
from marketplace.kernel.listing import cut


@supplier_page
@require_safe
def offers(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The newest request first, its offers together."""
    part = cut(request, reporting.answered(actor), "-pk")
    context = {"part": part, "rows": reporting.rows(part.rows, actor=actor), "counts": counting.win_loss(actor)}
    return render(request, "bids/supplier/offers.html", context)
