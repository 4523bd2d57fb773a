"""The pages that belong to no app: the front page and the home behind it."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from accounts.domain.speaking import speak
from accounts.models import Organisation, User
from accounts.policies import actor_of_person, actors_of_member, household_of
from accounts.states import OrganisationKind
from marketplace.kernel.actors import Actor
from rfps.delivery.models import Opportunity
from rfps.delivery.policies import visible_opportunities
from rfps.policies import visible_rfps
from rfps.states import Phase

NEWEST = 50
SHOWN = ("public_id", "organisation__name", "rfp__closes_at", "rfp__time_zone", "rfp__current__title")


def operator(request: HttpRequest) -> dict[str, object]:
    """Context of every page: who runs this server, where they say who pays, and for which company the person acts."""
    company = getattr(request, "company", None)
    return {"operator_name": settings.OPERATOR_NAME, "funding_url": settings.FUNDING_URL, "company": company}


@never_cache
def front(request: HttpRequest) -> HttpResponse:
    """The promise for a stranger, the home of a person signed in."""
    if isinstance(request.user, User):
        return _home(request, request.user)
    return render(request, "front.html")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The language of the pages, for this browser, and for the person signed in wherever they sign in."""
    if isinstance(request.user, User):
        speak(request.user, request.POST.get("language", ""), actor=actor_of_person(request.user))
    return set_language(request)


def _home(request: HttpRequest, user: User) -> HttpResponse:
    requests = visible_rfps(actor_of_person(user)).select_related("current").order_by("-id")[:NEWEST]
    seats = actors_of_member(user)
    context = {
        "household": household_of(user),
        "seats": seats,
        "requests": requests,
        "companies": _fitting(seats),
    }
    return render(request, "home.html", context)


def _fitting(seats: dict[Organisation, Actor]) -> dict[Organisation, list[Opportunity]]:
    """Open requests that fit each supplier among them, the next to close first, in one query."""
    suppliers = {seat: actor for seat, actor in seats.items() if seat.kind == OrganisationKind.SUPPLIER}
    companies: dict[Organisation, list[Opportunity]] = {seat: [] for seat in suppliers}
    if suppliers:
        found = reduce(or_, map(visible_opportunities, suppliers.values()))
        live = found.filter(Q(phase=Phase.OPEN), declined_at=None, refused_at=None).order_by("rfp__closes_at")
        for opportunity in live.only(*SHOWN)[:NEWEST]:
            companies[opportunity.organisation].append(opportunity)
    return companies
