"""Deciding together: a choice takes everybody's approval, and the last one makes it.

Who leaves the household has nothing to approve any more, so the others' approvals are enough: but nothing is chosen by
somebody's leaving; one of those who stay approves once more. Who neither leaves nor approves is overruled by the
customer's ending of the common decision (rfps.domain.sharing), which is theirs to share.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Household, User
from accounts.policies import actor_of_person
from bids.domain import awarding
from bids.models import Approval, Bid, Contract
from bids.policies import visible_bids
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Conflict, require
from marketplace.mail import notices
from rfps.domain import sharing
from rfps.models import Rfp
from rfps.policies import can_look
from rfps.states import Sharing

Shape = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Assent:
    """Who has approved a bid as it stands, and who has yet to: inside ids of people, in the order they moved in."""

    approved: tuple[int, ...]
    missing: tuple[int, ...]


@transaction.atomic
def approve(rfp: Rfp, *, actor: Actor, bid: Bid) -> Contract | None:
    """Say yes to a bid as it stands; with the last yes it is chosen as by awarding.award, in this transaction.

    The choice is made in the customer's name, who is always among those who approved. Raises what award raises, and
    Conflict `not_shared` when the request is not decided together.
    """
    living = sharing.members(_shared_with(rfp))  # before the request, in the order in which leaving locks them
    held = awarding.decidable(rfp)
    _require_together(held, actor)
    require(actor.person_key in living and actor.person_key in sharing.deciders(held))
    customer = actor_of_person(held.customer)
    chosen = awarding.choosable(held, customer, bid)
    assert chosen.standing is not None
    Approval.objects.update_or_create(bid=chosen, person_id=actor.person_key, defaults={"version": chosen.standing})
    record("bid.approved", actor=actor, kind="bid", subject=chosen.public_id, rfp=str(held.public_id))
    missing = assent(held, [chosen])[chosen.pk].missing
    for person_id in missing:
        notices.approval_asked(person_id, rfp_id=held.public_id, bid_id=chosen.public_id)
    if missing:
        return None
    contract = awarding.choose(held, actor=customer, bid=chosen)
    forget(held)
    return contract


@transaction.atomic
def retract(rfp: Rfp, *, actor: Actor, bid: Bid) -> None:
    """Take one's own yes back, as long as nothing is chosen; Conflict `wrong_phase` afterwards."""
    held = awarding.decidable(rfp)
    _require_together(held, actor)
    Approval.objects.filter(bid=bid, bid__rfp=held, person_id=actor.person_key).delete()
    record("bid.approval_retracted", actor=actor, kind="bid", subject=bid.public_id, rfp=str(held.public_id))


def assent(rfp: Rfp, bids: list[Bid]) -> dict[int, Assent]:
    """Of each bid, by inside id, who approved the version that stands and who is missing; two queries."""
    needed = sharing.deciders(rfp)
    given: dict[int, set[int]] = {bid.pk: set() for bid in bids}
    standing = {bid.pk: bid.standing_id for bid in bids}
    for row in Approval.objects.filter(bid__in=bids, person__in=needed):
        if row.version_id == standing[row.bid_id]:
            given[row.bid_id].add(row.person_id)
    return {
        key: Assent(tuple(p for p in needed if p in said), tuple(p for p in needed if p not in said))
        for key, said in given.items()
    }


def approvals(rfp: Rfp, *, actor: Actor) -> dict[UUID, dict[str, list[Shape]]]:
    """Of each bid that the actor may see, by id, who approved it and who is missing; nothing when one alone decides."""
    require(can_look(actor, rfp))
    if rfp.sharing != Sharing.DECIDE:
        return {}
    bids = list(visible_bids(actor).filter(rfp=rfp))
    people = User.objects.in_bulk(sharing.deciders(rfp))
    named = {
        key: {"id": one.public_id, "name": one.name, "mine": key == actor.person_id} for key, one in people.items()
    }
    found = assent(rfp, bids)
    return {
        bid.public_id: {
            "approved": [named[key] for key in found[bid.pk].approved],
            "missing": [named[key] for key in found[bid.pk].missing],
        }
        for bid in bids
    }


def forget(rfp: Rfp) -> None:
    """No approval of this request counts any more."""
    Approval.objects.filter(bid__rfp=rfp).delete()


def forget_person(household: Household, user: User) -> None:
    """No approval of this person counts any more in that household's decisions."""
    Approval.objects.filter(person=user, bid__rfp__shared_with=household).delete()


def _shared_with(rfp: Rfp) -> int | None:
    return Rfp.objects.values_list("shared_with_id", flat=True).get(pk=rfp.pk)


def _require_together(held: Rfp, actor: Actor) -> None:
    require(can_look(actor, held))
    if held.sharing != Sharing.DECIDE:
        raise Conflict(_("This is not decided together."), code="not_shared")
