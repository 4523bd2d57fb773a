"""The pages that belong to no app: the front page and the home behind it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from accounts.models import User
from accounts.policies import actor_of_person, household_of, memberships_of
from rfps.policies import visible_rfps

NEWEST = 50


def operator(request: HttpRequest) -> dict[str, str]:
    """Context of every page: who runs this server, and where they say who pays."""
    return {"operator_name": settings.OPERATOR_NAME, "funding_url": settings.FUNDING_URL}


@never_cache
def front(request: HttpRequest) -> HttpResponse:
    """The promise for a stranger, the home of a person signed in."""
    if isinstance(request.user, User):
        return _home(request, request.user)
    return render(request, "front.html")


def _home(request: HttpRequest, user: User) -> HttpResponse:
    requests = visible_rfps(actor_of_person(user)).select_related("current").order_by("-id")[:NEWEST]
    context = {"household": household_of(user), "memberships": memberships_of(user), "requests": requests}
    return render(request, "home.html", context)
