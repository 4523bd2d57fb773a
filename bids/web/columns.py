"""One column of the comparison, closely: its arithmetic, and the customer's own marks."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from bids.domain import tabling
from bids.domain.explaining import explained
from bids.domain.marking import mark
from bids.domain.shortlisting import shortlist
from bids.domain.spelling import spelled
from bids.policies import visible_bids
from bids.web.forms import MarksForm
from bids.web.loading import judged, readable, trail
from marketplace.kernel.errors import Conflict
from marketplace.kernel.forms import attempt
from marketplace.kernel.pages import button_of, person_page
from rfps.states import Phase


@person_page
def column(request: HttpRequest, id: UUID, column: UUID) -> HttpResponse:  # noqa: A002 - the path's own word
    """Why it has these points; rate it, note something, hide it."""
    actor, rfp = readable(request, id)
    key = str(column)
    table = tabling.table(rfp, actor=actor, picked=[key])
    if table is None or [head.key for head in table.heads] != [key]:
        raise Http404
    form = MarksForm.of(request, result=table.result(key), fixed=rfp.phase == Phase.AWARDED)
    if attempt(form, lambda body: mark(rfp, actor=actor, key=key, body=form.body(body))).done:
        messages.success(request, _("Your marks are kept."))
        return redirect("compare", id=id)
    why = spelled(explained(table.comparison.board, table.result(key)))
    context = {"rfp": rfp, "table": table, "head": table.heads[0], "form": form, "why": why}
    return render(request, "bids/column.html", {**context, "trail": trail(rfp, compare=True)}, status=form.status)


@button_of("compare")
@person_page
def look_closer(request: HttpRequest, id: UUID, bid: UUID) -> HttpResponse:  # noqa: A002
    """Put an offer on the shortlist, or take it off."""
    actor, rfp = judged(request, id)
    found = get_object_or_404(visible_bids(actor).filter(rfp=rfp), public_id=bid)
    on = request.POST.get("shortlisted") == "on"
    try:
        shortlist(rfp, actor=actor, bid=found, shortlisted=on)
    except Conflict as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("It is on your shortlist.") if on else _("It is off your shortlist."))
    return redirect("compare", id=id)
