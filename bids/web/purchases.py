"""What was bought here, and how each purchase stands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.policies import actor_of_person
from bids.domain import purchasing
from bids.policies import visible_contracts
from marketplace.kernel.listing import cut
from marketplace.kernel.pages import person_page


@person_page
@require_safe
def purchases(request: HttpRequest) -> HttpResponse:
    """Own contracts and those of shared requests, the newest first."""
    assert isinstance(request.user, User)
    rows = visible_contracts(actor_of_person(request.user)).select_related("rfp__owner__key", "organisation")
    page = cut(request, rows, "-pk")
    return render(request, "purchases/list.html", {"page": page, "purchases": purchasing.purchases(page.rows)})
