"""What the customer tells those who were not chosen: their place, and on which criteria; else nothing."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain.writing import write_to_company
from bids.domain.comparing import Result, calculate
from bids.domain.gathering import gather
from bids.models import Bid, Debrief
from bids.policies import can_judge, visible_debriefs
from bids.states import BidState
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Fault, refuse, require
from rfps.delivery.models import Opportunity
from rfps.domain.holding import hold
from rfps.domain.judging import PRICED, RATED
from rfps.models import Criterion, Rfp
from rfps.states import Phase


@dataclass(frozen=True, slots=True)
class Tellable:
    """One criterion that can be told of, in words that companies have read already."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Debriefing:
    """What can be told of a decided request, to how many, and what was told (None: nothing yet)."""

    tellable: Sequence[Tellable]
    losers: int
    told: Collection[str] | None


def debriefing(rfp: Rfp, *, actor: Actor) -> Debriefing | None:
    """For those who chose; None where nobody lost."""
    if rfp.phase != Phase.AWARDED or rfp.current is None or not can_judge(actor, rfp):
        return None
    lost = list(Bid.objects.filter(rfp=rfp, state=BidState.NOT_AWARDED).select_related("debrief"))
    if not lost:
        return None
    rows = [bid.debrief for bid in lost if hasattr(bid, "debrief")]
    told = {place["criterion"] for row in rows for place in row.places} if rows else None
    return Debriefing(_tellable(rfp), len({bid.organisation_id for bid in lost}), told)


@transaction.atomic
def debrief(rfp: Rfp, *, actor: Actor, criteria: Collection[str]) -> int:
    """Tell each supplier that was not chosen the place of its offer, and its place on these criteria; how many offers.

    Once told stays told; saying it anew may add to it or correct it. Raises Conflict `wrong_phase`.
    """
    require(can_judge(actor, rfp))
    held = hold(rfp, Phase.AWARDED)
    known = {each.id for each in _tellable(held)}
    if not known.issuperset(criteria):
        refuse([Fault("/criteria", "unknown_choice", _("This is not one of the known values."))])
    board = gather(held, actor=actor)
    results = [result for result in calculate(board).results if result.column.is_bid]
    rows = Bid.objects.filter(rfp=held, state=BidState.NOT_AWARDED).select_related("opportunity", "organisation")
    lost = {str(bid.public_id): bid for bid in rows}
    told = [_write(lost[one.column.key], one, results, criteria) for one in results if one.column.key in lost]
    for each in told:
        _tell(each, held)
    record("rfp.debriefed", actor=actor, kind="rfp", subject=held.public_id, criteria=len(set(criteria)))
    return len(told)


def told_of(opportunity: Opportunity, *, actor: Actor) -> list[str]:
    """What the supplier was told of its offers on this request, in words."""
    rows = list(visible_debriefs(actor).filter(bid__opportunity=opportunity).order_by("bid__option"))
    titles = titles_of(opportunity.rfp) if rows else {}
    return [said(row, titles) for row in rows]


def said(row: Debrief, titles: dict[str, str]) -> str:
    """In words, for the supplier: its place, and where it was first, last or between."""
    if row.rank is None:
        whole = _("Your offer stood outside the ranking: it lacks something that it had to have.")
    else:
        whole = _("Yours came in place %(rank)d of %(offers)d.") % {"rank": row.rank, "offers": row.offers}
    parts = [_part(place, titles) for place in row.places if place["criterion"] in titles]
    return f"{whole} {'; '.join(parts)}." if parts else whole


def titles_of(rfp: Rfp) -> dict[str, str]:
    """The criteria that can be told of, by id."""
    return {each.id: each.title for each in _tellable(rfp)}


def _tellable(rfp: Rfp) -> list[Tellable]:
    """Not the customer's own stars, and no title of their own: companies never read those."""
    assert rfp.current is not None
    rows = rfp.current.criteria.select_related("requirement", "line").order_by("position")
    return [Tellable(str(row.public_id), _title(row)) for row in rows if row.kind not in RATED]


def _title(row: Criterion) -> str:
    if row.requirement is not None:
        return row.requirement.text
    if row.line is not None and row.kind in PRICED:
        return _("Price of %(part)s") % {"part": row.line.title}
    return _("Price") if row.kind in PRICED else _("Time until it is there")


def _write(bid: Bid, result: Result, all_of_them: Sequence[Result], criteria: Collection[str]) -> Debrief:
    places = []
    for at, part in enumerate(result.score.parts):
        if part.measure.id in criteria:
            scores = [other.score.parts[at].score for other in all_of_them]
            places.append({"criterion": part.measure.id, **_place(part.score, scores)})
    facts: dict[str, Any] = {"rank": result.rank, "offers": len(all_of_them), "places": places}
    return Debrief.objects.update_or_create(bid=bid, defaults=facts)[0]


def _place(own: Fraction, scores: Sequence[Fraction]) -> dict[str, int | bool]:
    """Those as good share a place; the last one is nobody's worse."""
    place = 1 + sum(score > own for score in scores)
    return {"place": place, "last": place > 1 and not any(score < own for score in scores)}


def _part(place: dict[str, Any], titles: dict[str, str]) -> str:
    name = {"what": titles[place["criterion"]], "n": place["place"]}
    if place["place"] == 1:
        return _("%(what)s: first") % name
    return (_("%(what)s: last") if place["last"] else _("%(what)s: place %(n)d")) % name


def _tell(row: Debrief, rfp: Rfp) -> None:
    """A mail to those who make offers there; what is said twice is sent once."""
    bid = row.bid

    def told() -> dict[str, Any]:
        assert rfp.current is not None
        link = f"{settings.SITE_URL}/company/{bid.organisation.public_id}/requests/{bid.opportunity.public_id}/"
        return {"title": rfp.current.title, "said": said(row, titles_of(rfp)), "link": link}

    facts = sha256(json.dumps([row.rank, row.offers, row.places], sort_keys=True).encode()).hexdigest()[:32]
    write_to_company(bid.organisation_id, kind="bid.debriefed", occasion=f"{bid.public_id}:{facts}", told=told)
