"""The customer's requests: the list by phase, one request as it stands, what companies see of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.policies import actor_of_person
from bids.domain import listing, overseeing
from bids.web.loading import readable, trail
from bids.web.questions import to_answer
from marketplace.kernel.actors import Actor
from marketplace.kernel.listing import cut
from marketplace.kernel.pages import person_page
from rfps.domain import asking, hearing, showing
from rfps.models import Rfp
from rfps.policies import visible_rfps
from rfps.states import Phase

GROUPS = {
    "drafts": (_("Not published"), (Phase.DRAFT,)),
    "open": (_("Taking offers"), (Phase.OPEN,)),
    "choosing": (_("To choose"), (Phase.DECIDING,)),
    "chosen": (_("Chosen"), (Phase.AWARDED,)),
    "over": (_("Over"), (Phase.ENDED, Phase.CANCELLED, Phase.LAPSED)),
}


@person_page
@require_safe
def all_of_them(request: HttpRequest, group: str = "") -> HttpResponse:
    """Own requests and those shared with the person, the newest first."""
    assert isinstance(request.user, User)
    if group and group not in GROUPS:
        raise Http404
    actor = actor_of_person(request.user)
    rows = visible_rfps(actor).select_related("owner__key", "current")
    if group:
        rows = rows.filter(phase__in=GROUPS[group][1])  # type: ignore[misc]
    page = cut(request, rows, "-pk")
    tabs = [(reverse("requests"), _("All"))]
    tabs += [(reverse("requests-in", args=[name]), label) for name, (label, _phases) in GROUPS.items()]
    context = {"page": page, "lines": listing.lines(page.rows, actor=actor), "tabs": tabs, "group": group}
    return render(request, "bids/requests.html", context)


@person_page
@require_safe
def one(request: HttpRequest, id: UUID) -> HttpResponse:  # noqa: A002 - the path's own word
    """The request as it stands for who reads it."""
    actor, rfp = readable(request, id, heard=True)
    context = {"rfp": rfp, "title": listing.title_of(rfp), "standing": overseeing.standing(rfp, actor=actor)}
    return render(request, "bids/request.html", {**context, **_asked(rfp, actor), "trail": trail(rfp)[:1]})


@person_page
@require_safe
def seen(request: HttpRequest, id: UUID) -> HttpResponse:  # noqa: A002
    """What was asked, and what companies see of it at each stage."""
    actor, rfp = readable(request, id)
    if rfp.current is None:  # nobody sees a draft; what they would see is a step of its own
        return redirect("compose-sees", id=id)
    context = {"rfp": rfp, "title": listing.title_of(rfp), "shown": showing.shown(rfp, actor=actor)}
    return render(request, "bids/request_seen.html", {**context, "trail": trail(rfp)[:1]})


def _asked(rfp: Rfp, actor: Actor) -> dict[str, Any]:
    heard = hearing.heard(rfp, actor=actor)
    until = asking.taken_until(rfp) if rfp.phase == Phase.OPEN else None
    running = until is not None and until > rfp.read_at  # type: ignore[attr-defined]  # annotated by readable
    return {"heard": heard, "waiting": to_answer(heard), "until": until if running else None, "zone": rfp.time_zone}
