"""What the end of a request means for its bids, and an amendment for those that stand."""

from __future__ import annotations

from bids.domain import announcing
from bids.models import Bid
from bids.states import BID_MOVES, STANDING, BidState
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.transitions import move
from marketplace.mail import notices
from rfps.delivery.domain import emitting
from rfps.delivery.models import Opportunity
from rfps.delivery.states import EventType
from rfps.disclosure.domain import granting
from rfps.models import Rfp

HOPEFUL = frozenset({BidState.SUBMITTED, BidState.NEEDS_RECONFIRM, BidState.RESERVE})


def tell_opened(rfp: Rfp) -> None:
    """A mail to the customer: the time for offers is over, and how many came."""
    number = Bid.objects.filter(rfp=rfp, state__in=STANDING).count()
    closed_at = rfp.closed_early_at or rfp.closes_at
    assert closed_at is not None
    notices.rfp_opened(rfp.customer_id, rfp_id=rfp.public_id, number=number, closed_at=closed_at)


def let_go(rfp: Rfp, *, actor: Actor, cause: str, keep: Opportunity | None = None) -> None:
    """Every bid but the kept one lost: its supplier is told the outcome and nothing else, and reads nothing more."""
    close_bids(rfp, actor=actor, outcome="not_awarded", keep=keep)
    others = Opportunity.objects.filter(rfp=rfp, grants__isnull=False, grants__ended_at__isnull=True)
    for opportunity in others.exclude(pk=keep.pk if keep else 0):
        opportunity.rfp = rfp
        granting.end(opportunity, cause=cause, actor=actor)


def close_bids(rfp: Rfp, *, actor: Actor, outcome: str, keep: Opportunity | None = None) -> None:
    """Bids that still hoped are over; each supplier is told why: not_awarded, cancelled, ended or lapsed.

    The kept one was chosen for another of its bids: it gets no mail that says the contrary.
    """
    rows = Bid.objects.filter(rfp=rfp, state__in=HOPEFUL).select_for_update(of=("self",))
    lost: dict[int, Opportunity] = {}
    for bid in rows.select_related("opportunity__organisation").order_by("pk"):
        move(bid, BidState.NOT_AWARDED, BID_MOVES, revision=bid.revision + 1)
        record("bid.not_awarded", actor=actor, kind="bid", subject=bid.public_id, outcome=outcome)
        bid.opportunity.rfp = rfp
        data = {"rfp": str(rfp.public_id), "bid": str(bid.public_id), "outcome": outcome}
        emitting.tell([bid.opportunity], type=EventType.BID_NOT_AWARDED, data=data)
        lost[bid.opportunity.pk] = bid.opportunity
    for opportunity in lost.values():
        if opportunity != keep:
            announcing.write_not_chosen(opportunity, outcome=outcome)


def ask_again(rfp: Rfp, *, actor: Actor) -> None:
    """Bids that answer an earlier version of the request have to be confirmed; a later deadline makes no version."""
    rows = Bid.objects.filter(rfp=rfp, state=BidState.SUBMITTED).exclude(standing__rfp_version=rfp.current)
    for bid in rows.select_related("opportunity").order_by("pk"):
        move(bid, BidState.NEEDS_RECONFIRM, BID_MOVES, revision=bid.revision + 1)
        record("bid.needs_reconfirm", actor=actor, kind="bid", subject=bid.public_id)
        bid.opportunity.rfp = rfp
        data = {"rfp": str(rfp.public_id), "bid": str(bid.public_id)}
        emitting.tell([bid.opportunity], type=EventType.BID_NEEDS_RECONFIRM, data=data)
