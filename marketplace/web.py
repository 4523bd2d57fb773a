"""The pages that belong to no app: the front page and the home behind it."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from accounts.domain.speaking import speak
from accounts.models import Organisation, User
from accounts.policies import actor_of_person, actors_of_member, visible_notices
from accounts.states import OrganisationKind
from accounts.web.visiting import tell_of_end, visitor
from bids.domain import listing, needing
from bids.domain.needing import Why
from marketplace.kernel.actors import Actor
from rfps.delivery.policies import visible_opportunities
from rfps.domain.drafting import bodies_of
from rfps.models import Rfp
from rfps.policies import visible_rfps
from rfps.states import Phase
from rfps.web.forms import SentenceForm
from rfps.web.starting import popular

SHOWN = 12  # requests on the home page, the newest


def operator(request: HttpRequest) -> dict[str, object]:
    """Context of every page: who runs this server, where they say who pays, and for which company the person acts."""
    company = getattr(request, "company", None)
    return {"operator_name": settings.OPERATOR_NAME, "funding_url": settings.FUNDING_URL, "company": company}


@never_cache
def front(request: HttpRequest) -> HttpResponse:
    """The promise for a stranger, the home of a person signed in."""
    if isinstance(request.user, User):
        return _home(request, request.user)
    tell_of_end(request)
    context = {"form": SentenceForm(), "popular": popular(), "drafts": _begun(visitor(request))}
    return render(request, "front.html", context)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The language of the pages, for this browser, and for the person signed in wherever they sign in."""
    if isinstance(request.user, User):
        speak(request.user, request.POST.get("language", ""), actor=actor_of_person(request.user))
    return set_language(request)


def _begun(guest: User | None) -> list[tuple[Rfp, str, Any]]:
    """The drafts of this browser's guest, the newest first, each with what it is called and how long it is kept."""
    if guest is None:
        return []
    drafts = list(
        visible_rfps(actor_of_person(guest)).select_related("owner__key", "item", "customer").order_by("-id")[:5]
    )
    titles = [body["title"] or body["need"] for body in bodies_of(drafts)]
    return [(draft, title, guest.guest_until) for draft, title in zip(drafts, titles, strict=True)]


def _home(request: HttpRequest, user: User) -> HttpResponse:
    actor, seats = actor_of_person(user), actors_of_member(user)
    seen = needing.attention(actor)
    context = {
        "needs": [need for need in seen.needs if need.needs_me],
        "waits": [need for need in seen.needs if not need.needs_me and need.why != Why.DRAFT],
        "lines": listing.drawn(seen.rfps[:SHOWN], seen.offers),
        "more": len(seen.rfps) > SHOWN,
        "unread": visible_notices(actor).filter(read_at=None).count(),
        "companies": _fitting(seats),
    }
    return render(request, "home.html", context)


def _fitting(seats: dict[Organisation, Actor]) -> list[tuple[Organisation, int | None]]:
    """How many open requests fit each supplier among them, None for who offers nothing; one query."""
    suppliers = [actor for seat, actor in seats.items() if seat.kind == OrganisationKind.SUPPLIER]
    counts: dict[int, int] = {}
    if suppliers:
        found = reduce(or_, map(visible_opportunities, suppliers))
        live = found.filter(Q(phase=Phase.OPEN), declined_at=None, refused_at=None).order_by()
        counts = dict(live.values("organisation").annotate(n=Count("pk")).values_list("organisation", "n"))
    return [(seat, counts.get(seat.pk, 0) if seat.kind == OrganisationKind.SUPPLIER else None) for seat in seats]
