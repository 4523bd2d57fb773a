"""Requests that fit: the newest or the next to close first, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from bids.domain import phrasing
from bids.domain.fitting import DAYS, Show, fit, fitting, promised
from bids.web.supplier.seating import supplier_page
from marketplace.kernel.actors import Actor
from marketplace.kernel.listing import cut
from rfps.domain.sampling import sample_for

SHOWN = {Show.OPEN: gettext_lazy("Open"), Show.OVER: gettext_lazy("Over"), Show.ALL: gettext_lazy("All")}
ORDERS = {"new": gettext_lazy("Newest first"), "closing": gettext_lazy("Next to close first")}
KEYS = {"new": ("-pk",), "closing": ("closing", "pk")}


@supplier_page
@require_safe
def inbox(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Everything that fits the company, or what would."""
    show, order = Show(_asked(request, "show", SHOWN)), _asked(request, "order", ORDERS)
    part = cut(request, fitting(actor, show), *KEYS[order])
    context: dict[str, Any] = {"part": part, "rows": [fit(each) for each in part.rows]}
    context |= {"kept": f"show={show}&order={order}&", "show": show}
    context |= {"shows": [(one, f"?show={one}&order={order}", name, one == show) for one, name in SHOWN.items()]}
    context |= {"orders": [(one, f"?show={show}&order={one}", name, one == order) for one, name in ORDERS.items()]}
    return render(request, "bids/supplier/inbox.html", context | ({} if part.rows else _empty(request, actor)))


def _asked(request: HttpRequest, name: str, known: Mapping[Any, Any]) -> str:
    """One of the known, else the first: an address that somebody typed is no fault."""
    given = request.GET.get(name, "")
    return given if given in known else str(next(iter(known)))


def _empty(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """Why nothing is there, and what a request would look like."""
    company = request.company  # type: ignore[attr-defined]
    sample = sample_for(actor, country=company.country)
    labels = {"fields": [row["label"] for row in sample["fields"]]} if sample else {}
    return {"promised": promised(actor), "days": DAYS, "sample": phrasing.asked(sample) if sample else None, **labels}
