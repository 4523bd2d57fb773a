"""Whose request a page is about, found in what its reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import actor_of_person
from marketplace.kernel.actors import Actor
from rfps.domain.hearing import with_questions
from rfps.models import Rfp
from rfps.policies import visible_rfps
from rfps.states import Phase, RfpKind, Sharing

CHOOSABLE = frozenset({Phase.OPEN, Phase.DECIDING})


def readable(
    request: HttpRequest,
    id: UUID,  # noqa: A002 - the path's own word
    *,
    heard: bool = False,
) -> tuple[Actor, Rfp]:
    """Who asks, as a person, and a request that is theirs or shared with them, with its questions if `heard`."""
    assert isinstance(request.user, User)
    actor = actor_of_person(request.user)
    rows = visible_rfps(actor).select_related("owner__key", "customer", "current")
    return actor, get_object_or_404(with_questions(rows, actor=actor) if heard else rows, public_id=id)


def judged(request: HttpRequest, id: UUID, *, heard: bool = False) -> tuple[Actor, Rfp]:  # noqa: A002
    """The same where only those to whom the request belongs have anything to do."""
    actor, rfp = readable(request, id, heard=heard)
    if not rfp.owned:
        raise Http404
    return actor, rfp


def may_choose(rfp: Rfp) -> bool:
    """Whether who reads this page can choose now: those to whom it belongs, or everybody who decides together."""
    mine = rfp.owned or rfp.sharing == Sharing.DECIDE
    return mine and rfp.phase in CHOOSABLE and rfp.kind == RfpKind.RFP


def trail(rfp: Rfp, *, compare: bool = False) -> list[tuple[str, str]]:
    """The way back up from a page below the request; pages that this server does not have are left out."""
    title = rfp.current.title if rfp.current else _("Your request")
    up = [("requests", [], _("Your requests")), ("request", [rfp.public_id], title)]
    up += [("compare", [rfp.public_id], _("Compare"))] * compare
    return [(address, name) for page, ids, name in up if (address := _address(page, ids))]


def _address(page: str, ids: Sequence[UUID]) -> str:
    try:
        return reverse(page, args=ids)
    except NoReverseMatch:
        return ""
