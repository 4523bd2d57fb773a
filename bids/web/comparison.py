"""The comparison: offers side by side, what counts, and the table to take away."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from bids.domain import advising, exporting, tabling, wording
from bids.domain.evaluating import evaluate
from bids.policies import bid_count
from bids.web.loading import CHOOSABLE, may_choose, readable, trail
from marketplace.kernel.errors import Conflict, Invalid
from marketplace.kernel.pages import button_of, person_page
from rfps.models import Rfp
from rfps.states import Sharing

WEIGHT = "weight-"
HELPING = frozenset({Sharing.HELP, Sharing.DECIDE})


@person_page
@require_safe
def compare(request: HttpRequest, id: UUID) -> HttpResponse:  # noqa: A002 - the path's own word
    """Every offer beside the others; of a sealed request how many there are."""
    actor, rfp = readable(request, id)
    asked, all_of_them = request.GET, advising.weightings(rfp, actor=actor)
    order, picked, under = tabling.order_of(asked.get("order", "")), asked.getlist("show"), _under(asked, all_of_them)
    found = tabling.table(rfp, actor=actor, order=order, picked=picked, weights=under.weights if under else None)
    context = {"rfp": rfp, "trail": trail(rfp), "table": found, "picked": picked, "differ": "differ" in asked}
    if found is None:
        return render(request, "bids/closed.html", {**context, "count": bid_count(actor, rfp)})
    context |= {"choosable": may_choose(rfp), "keeps": _keeps(rfp, under), "weightings": all_of_them, "under": under}
    return render(request, "bids/compare.html", {**context, **_drawn(found, order)})


def _under(asked: QueryDict, weightings: Sequence[advising.Weighting]) -> advising.Weighting | None:
    """Whose weighting is looked at: the one asked for, else one's own, else the customer's."""
    named = [each for each in weightings if each.person == asked.get("as", None)]
    return next(iter([*named, *(each for each in weightings if each.mine), *weightings]), None)


def _keeps(rfp: Rfp, under: advising.Weighting | None) -> bool:
    """Whether moved sliders are kept: one's own weights, until the choice has fixed what scores."""
    if rfp.phase not in CHOOSABLE:
        return False
    if rfp.owned:
        return under is None or not under.person
    return rfp.sharing in HELPING and under is not None and (under.mine or not under.person)


def _drawn(found: tabling.Table, order: tabling.Order) -> dict[str, Any]:
    """What the grid needs beside its rows."""
    board, width = json.dumps(found.numbers, separators=(",", ":")), len(found.heads) + 1
    drawn = {"board": board, "width": width, "order": order, "orders": tabling.Order.choices, "sorted": order.label}
    return {**drawn, "point": wording.decimal_sign()}


@button_of("compare")
@person_page
def weigh(request: HttpRequest, id: UUID) -> HttpResponse:  # noqa: A002
    """Keep what counts how much, the customer's or a helper's own; a script that asks gets the new first sentence."""
    actor, rfp = readable(request, id)
    weights = {name.removeprefix(WEIGHT): text for name, text in request.POST.items() if name.startswith(WEIGHT)}
    try:
        if rfp.owned:
            evaluate(rfp, actor=actor, body={"weights": weights})
        else:
            advising.weigh(rfp, actor=actor, weights=weights)
    except (Invalid, Conflict) as error:
        messages.error(request, error.faults[0].message if isinstance(error, Invalid) else error.message)
    if "HX-Request" not in request.headers:
        return redirect("compare", id=id)
    mine = None if rfp.owned else _under(QueryDict(), advising.weightings(rfp, actor=actor))
    table = tabling.table(rfp, actor=actor, weights=mine.weights if mine else None)
    return render(request, "bids/compare/lead.html", {"table": table})


@person_page
@require_safe
def take_away(request: HttpRequest, id: UUID) -> HttpResponse:  # noqa: A002
    """The table for a spreadsheet."""
    actor, rfp = readable(request, id)
    name = f'attachment; filename="comparison-{rfp.public_id}.csv"'
    text = exporting.as_csv(rfp, actor=actor)
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})
