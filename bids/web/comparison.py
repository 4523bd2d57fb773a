"""The comparison: offers side by side, what counts, and the table to take away."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from bids.domain import exporting, tabling
from bids.domain.evaluating import evaluate
from bids.policies import bid_count
from bids.web.loading import CHOOSABLE, judged, may_choose, readable, trail
from marketplace.kernel.errors import Conflict, Invalid
from marketplace.kernel.pages import person_page

WEIGHT = "weight-"


@person_page
@require_safe
def compare(request: HttpRequest, id: UUID) -> HttpResponse:  # noqa: A002 - the path's own word
    """Every offer beside the others; of a sealed request how many there are."""
    actor, rfp = readable(request, id)
    order, picked = tabling.order_of(request.GET.get("order", "")), request.GET.getlist("show")
    found = tabling.table(rfp, actor=actor, order=order, picked=picked)
    context = {"rfp": rfp, "trail": trail(rfp), "table": found, "picked": picked, "differ": "differ" in request.GET}
    if found is None:
        return render(request, "bids/closed.html", {**context, "count": bid_count(actor, rfp)})
    return render(
        request,
        "bids/compare.html",
        {
            **context,
            **_drawn(found, order),
            "choosable": may_choose(rfp),
            "keeps": rfp.owned and rfp.phase in CHOOSABLE,
        },
    )


def _drawn(found: tabling.Table, order: tabling.Order) -> dict[str, Any]:
    """What the grid needs beside its rows."""
    board, width = json.dumps(found.numbers, separators=(",", ":")), len(found.heads) + 1
    return {"board": board, "width": width, "order": order, "orders": tabling.Order.choices, "sorted": order.label}


@person_page
@require_POST
def weigh(request: HttpRequest, id: UUID) -> HttpResponse:  # noqa: A002
    """Keep what counts how much; a script that asks gets the new first sentence."""
    actor, rfp = judged(request, id)
    weights = {name.removeprefix(WEIGHT): text for name, text in request.POST.items() if name.startswith(WEIGHT)}
    try:
        evaluate(rfp, actor=actor, body={"weights": weights})
    except (Invalid, Conflict) as error:
        messages.error(request, error.faults[0].message if isinstance(error, Invalid) else error.message)
    if "HX-Request" in request.headers:
        return render(request, "bids/compare/lead.html", {"table": tabling.table(rfp, actor=actor)})
    return redirect("compare", id=id)


@person_page
@require_safe
def take_away(request: HttpRequest, id: UUID) -> HttpResponse:  # noqa: A002
    """The table for a spreadsheet."""
    actor, rfp = readable(request, id)
    name = f'attachment; filename="comparison-{rfp.public_id}.csv"'
    text = exporting.as_csv(rfp, actor=actor)
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})
