"""Whose draft a page is about: of the person signed in, or of this browser's guest."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import actor_of_person
from accounts.web.visiting import staying, tell_of_end, visitor
from marketplace.kernel.actors import Actor
from marketplace.kernel.pages import person_page
from rfps.models import Rfp
from rfps.policies import visible_rfps
from rfps.states import Phase

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Composer:
    """Who composes, and what."""

    person: User
    actor: Actor
    rfp: Rfp


Page = Callable[Concatenate[HttpRequest, Composer, P], HttpResponse]


def composing(view: Page[P]) -> Callable[Concatenate[HttpRequest, UUID, P], HttpResponse]:
    """A page about the visitor's own draft, 404 for others'; what is published has its own page.

    A stranger signs in first, and what they typed is kept.
    """
    return of_request(view, Phase.DRAFT)


def of_request(view: Page[P], *phases: Phase) -> Callable[Concatenate[HttpRequest, UUID, P], HttpResponse]:
    """The same for requests in these phases."""

    @wraps(view)
    def shown(request: HttpRequest, /, id: UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:  # noqa: A002
        person = visitor(request)

        def page(request: HttpRequest) -> HttpResponse:
            composer = composer_of(person, id)
            if composer.rfp.phase not in phases:
                return redirect("compose-check" if composer.rfp.phase == Phase.DRAFT else "compose-sent", id)
            return view(request, composer, *args, **kwargs)

        if person is None:
            tell_of_end(request)
        if person is None or request.user.is_authenticated:
            answer = person_page(page)(request)
        else:
            with staying(person) if request.method == "POST" else nullcontext():
                answer = page(request)
        add_never_cache_headers(answer)
        return answer

    return shown


def composer_of(person: User | None, public_id: UUID) -> Composer:
    """The person with a request of theirs; 404 outside."""
    assert person is not None
    actor = actor_of_person(person)
    rows = visible_rfps(actor).select_related("owner__key", "customer", "item", "current")
    rfp = get_object_or_404(rows, public_id=public_id)
    if not rfp.owned:
        raise Http404
    return Composer(person, actor, rfp)


def revision_of(request: HttpRequest) -> int | None:
    """The state of the draft that the form was made from."""
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def step(request: HttpRequest, template: str, at: int, composer: Composer, **context: Any) -> HttpResponse:
    """One of the four steps; each that can be reached is a link."""
    names = [_("What"), _("Details"), _("Who sees what"), _("Check and publish")]
    pages = ["compose-what", "compose-details", "compose-sees", "compose-check"]
    revision = Rfp.objects.values_list("revision", flat=True).get(pk=composer.rfp.pk) if context.get("late") else None
    known = {
        "rfp": composer.rfp,
        "revision": revision or composer.rfp.revision,
        "guest": composer.person.is_guest,
        "steps": [
            (name, reverse(page, args=[composer.rfp.public_id])) for name, page in zip(names, pages, strict=True)
        ],
        "at": at,
    }
    form = context.get("form")
    return render(request, f"composer/{template}.html", known | context, status=form.status if form else 200)
