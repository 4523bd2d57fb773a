"""What was bought here, and how each purchase stands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.policies import actor_of_person
from bids.domain import purchasing
from bids.policies import visible_contracts
from marketplace.kernel.listing import cut
from marketplace.kernel.pages import person_page

GROUPS = {
    "needs": _("Waits for you"),
    "waiting": _("Waits for the company"),
    "running": _("Agreed and under way"),
    "done": _("Done"),
    "declined": _("The company said no"),
}


@person_page
@require_safe
def purchases(request: HttpRequest) -> HttpResponse:
    """Own contracts and those of shared requests, by what they wait for, the newest first."""
    assert isinstance(request.user, User)
    rows = purchasing.in_groups(visible_contracts(actor_of_person(request.user)))
    page = cut(request, rows.select_related("rfp__owner__key", "organisation"), "group", "-pk")
    groups = [(name, GROUPS[name], found) for name, found in purchasing.purchases(page.rows)]
    return render(request, "purchases/list.html", {"page": page, "groups": groups})
