"""Those who share a request, at one table: what they wrote, what each would choose, who said yes to what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.datastore.domain.owning import open_json
from accounts.models import User
from bids.domain.gathering import supplier_of
from bids.models import Approval, Bid
from bids.policies import visible_bids
from marketplace.kernel.actors import Actor
from rfps.domain import sharing
from rfps.models import Rfp
from rfps.states import Sharing


@dataclass(frozen=True, slots=True)
class Said:
    """One word, about an offer or about all of it."""

    name: str
    mine: bool
    text: str
    at: datetime
    offer: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One offer: who would choose it, who said yes, who has yet to."""

    bid: UUID
    title: str
    company: str
    proposed_by: tuple[str, ...]
    approved_by: tuple[str, ...]
    missing: tuple[str, ...]
    proposed_by_me: bool
    approved_by_me: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Of a request decided together `decides` is true, and only then anybody approves."""

    said: list[Said]
    choices: list[Choice]
    decides: bool


def table(rfp: Rfp, *, actor: Actor) -> Table:
    """Of a row of visible_rfps with its owner; six queries. Of bids that the actor may not see nothing is said."""
    rows = visible_bids(actor).filter(rfp=rfp).select_related("standing", "organisation", "opportunity", "rfp")
    bids = {bid.pk: bid for bid in rows.order_by("first_submitted_at", "pk")}
    decides = rfp.sharing == Sharing.DECIDE
    needed = sharing.deciders(rfp) if decides else []
    yeses = _yeses(bids, needed) if decides else {}
    proposals = list(rfp.advice.filter(proposed__in=bids).values_list("proposed_id", "person_id"))
    people = User.objects.in_bulk({*needed, *(person for _bid, person in proposals)})
    names = {key: one.name or str(one.email) for key, one in people.items()}
    choices = []
    for key, bid in bids.items():
        theirs = [person for at, person in proposals if at == key]
        said_yes = [person for person in needed if person in yeses.get(key, set())]
        choices.append(
            Choice(
                bid=bid.public_id,
                title=bid.standing.title if bid.standing else "",
                company=supplier_of(bid)["name"] or "",
                proposed_by=tuple(names[person] for person in theirs),
                approved_by=tuple(names[person] for person in said_yes),
                missing=tuple(names[person] for person in needed if person not in said_yes),
                proposed_by_me=actor.person_key in theirs,
                approved_by_me=actor.person_key in said_yes,
            )
        )
    return Table(_said(rfp, actor, bids), choices, decides)


def _yeses(bids: dict[int, Bid], needed: list[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for row in Approval.objects.filter(bid__in=bids, person__in=needed):
        if row.version_id == bids[row.bid_id].standing_id:
            found.setdefault(row.bid_id, set()).add(row.person_id)
    return found


def _said(rfp: Rfp, actor: Actor, bids: dict[int, Bid]) -> list[Said]:
    rows = rfp.comments.select_related("person").order_by("pk")
    return [
        Said(
            name=row.person.name or str(row.person.email),
            mine=row.person_id == actor.person_id,
            text=str(open_json(rfp.owner, f"comment|{row.public_id}", row.sealed_text)),
            at=row.created_at,
            offer=_offer(bids[row.bid_id]) if row.bid_id else "",
        )
        for row in rows
        if row.bid_id is None or row.bid_id in bids
    ]


def _offer(bid: Bid) -> str:
    return f"{supplier_of(bid)['name']}: {bid.standing.title}" if bid.standing else ""
