"""Helping with a choice: a word, a proposal, weights of one's own. None of it changes the customer's judging."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.datastore.domain.owning import open_json, seal_json
from bids.domain import comparing
from bids.domain.evaluating import check_weights
from bids.domain.gathering import weights_of
from bids.models import Advice, Bid, Comment
from bids.policies import visible_bids
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Conflict, Fault, refuse, require
from rfps.domain import checking
from rfps.domain.checking import Faults
from rfps.models import Rfp
from rfps.policies import can_help, can_look
from rfps.states import Sharing

Shape = dict[str, Any]
LONGEST = 2000  # characters of a comment
MOST_COMMENTS = 500


@dataclass(frozen=True, slots=True)
class Weighting:
    """What counts how much for one of those who share a request; `weights` None are the customer's."""

    person: str  # public id; empty for the customer
    name: str
    weights: Mapping[str, str] | None
    mine: bool


@transaction.atomic
def comment(rfp: Rfp, *, actor: Actor, text: str, bid: Bid | None = None) -> Comment:
    """Leave a word about the request or one of its bids, read by those who share it."""
    require(can_help(actor, rfp))
    refuse(_text_faults(text))
    if rfp.comments.count() >= MOST_COMMENTS:
        raise Conflict(_("There are %(most)d comments already.") % {"most": MOST_COMMENTS}, code="too_many")
    made = Comment(rfp=rfp, bid=_visible(rfp, actor, bid), person_id=actor.person_key)
    made.sealed_text = seal_json(rfp.owner, f"comment|{made.public_id}", text.strip())
    made.save()
    record("rfp.commented", actor=actor, kind="rfp", subject=rfp.public_id, comment=str(made.public_id))
    return made


@transaction.atomic
def propose(rfp: Rfp, *, actor: Actor, bid: Bid | None) -> Advice:
    """Say which bid one would choose; None takes the proposal back."""
    require(can_help(actor, rfp))
    return _advise(rfp, actor, "rfp.proposed", proposed=_visible(rfp, actor, bid))


@transaction.atomic
def weigh(rfp: Rfp, *, actor: Actor, weights: Any) -> Advice:
    """Weights of one's own by criterion id, beside the customer's; {} goes back to those published."""
    require(can_help(actor, rfp))
    faults: Faults = []
    given = checking.mapping(weights, "/weights", faults)
    criteria = {str(row.public_id): row for row in (rfp.current.criteria.all() if rfp.current else [])}
    check_weights(given, criteria, faults)
    refuse(faults)
    kept = {name: str(weight) for name, weight in (given or {}).items()}
    return _advise(rfp, actor, "rfp.weighed", weights=kept)


def compare(rfp: Rfp, *, actor: Actor, person_id: int | None = None) -> Shape:
    """The comparison as one helper weighs it: the actor, or another who shares the request."""
    found = Advice.objects.filter(rfp=rfp, person_id=person_id or actor.person_key).first()
    return comparing.compare(rfp, actor=actor, weights=found.weights if found and found.weights else weights_of(rfp))


def weightings(rfp: Rfp, *, actor: Actor) -> list[Weighting]:
    """The customer's weighting, then each helper's own; empty when nothing is shared. One query."""
    if rfp.sharing == Sharing.NONE:
        return []
    rows = rfp.advice.exclude(weights={}).select_related("person").order_by("pk")
    helpers = [
        Weighting(str(row.person.public_id), row.person.name, row.weights, row.person_id == actor.person_id)
        for row in rows
    ]
    return [Weighting("", rfp.customer.name, None, rfp.customer_id == actor.person_id), *helpers]


def advice(rfp: Rfp, *, actor: Actor) -> list[Shape]:
    """What each helper proposes and how they weigh; of bids that the actor may see only. Three queries."""
    require(can_look(actor, rfp))
    seen = set(visible_bids(actor).filter(rfp=rfp).values_list("pk", flat=True))
    return [
        {
            "person": row.person.public_id,
            "name": row.person.name,
            "mine": row.person_id == actor.person_id,
            "weights": row.weights,
            "proposed": row.proposed.public_id if row.proposed and row.proposed_id in seen else None,
        }
        for row in rfp.advice.select_related("person", "proposed").order_by("pk")
    ]


def comments(rfp: Rfp, *, actor: Actor) -> list[Shape]:
    """Every word, oldest first; about bids that the actor may see only. Three queries."""
    require(can_look(actor, rfp))
    seen = set(visible_bids(actor).filter(rfp=rfp).values_list("pk", flat=True))
    rows = rfp.comments.select_related("person", "bid").order_by("pk")
    return [
        {
            "id": row.public_id,
            "person": row.person.public_id,
            "name": row.person.name,
            "mine": row.person_id == actor.person_id,
            "bid": row.bid.public_id if row.bid else None,
            "text": str(open_json(rfp.owner, f"comment|{row.public_id}", row.sealed_text)),
            "at": row.created_at,
        }
        for row in rows
        if row.bid_id is None or row.bid_id in seen
    ]


def _advise(rfp: Rfp, actor: Actor, verb: str, **changes: Any) -> Advice:
    made, _is_new = Advice.objects.update_or_create(rfp=rfp, person_id=actor.person_key, defaults=changes)
    record(verb, actor=actor, kind="rfp", subject=rfp.public_id)
    return made


def _visible(rfp: Rfp, actor: Actor, bid: Bid | None) -> Bid | None:
    if bid is not None and not visible_bids(actor).filter(rfp=rfp, pk=bid.pk).exists():
        raise Conflict(_("This offer does not stand any more."), code="wrong_state")
    return bid


def _text_faults(text: str) -> list[Fault]:
    if not text.strip():
        return [Fault("/text", "blank", _("This is empty."))]
    message = _("Write at most %(most)d characters.") % {"most": LONGEST}
    return [Fault("/text", "too_long", message)] if len(text) > LONGEST else []
