"""A closer look at some bids: the customer shows their suppliers more, and sees their names."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from bids.models import Bid
from bids.policies import can_judge, visible_bids
from bids.states import BidState
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Conflict, require
from marketplace.kernel.fields import ClockTimestamp
from rfps.delivery.domain import emitting
from rfps.delivery.states import EventType
from rfps.disclosure.domain import granting
from rfps.disclosure.states import Stage
from rfps.domain.holding import hold
from rfps.models import Rfp
from rfps.states import Phase


@transaction.atomic
def shortlist(rfp: Rfp, *, actor: Actor, bid: Bid, shortlisted: bool = True) -> Bid:
    """Put a bid on the shortlist or take it off; what its supplier was shown meanwhile it keeps until the end.

    Raises Conflict `wrong_phase` once decided, `wrong_state` for a bid that does not stand.
    """
    require(can_judge(actor, rfp))
    held = hold(rfp, Phase.OPEN, Phase.DECIDING)
    row = visible_bids(actor).select_for_update(of=("self",)).select_related("opportunity", "organisation", "standing")
    found = row.filter(rfp=held, pk=bid.pk).first()
    if found is None or found.state != BidState.SUBMITTED:
        raise Conflict(_("This offer does not stand any more."), code="wrong_state")
    found.rfp = found.opportunity.rfp = held
    if shortlisted == (found.shortlisted_at is not None):
        return found
    Bid.objects.filter(pk=found.pk).update(
        shortlisted_at=ClockTimestamp() if shortlisted else None, revision=found.revision + 1
    )
    record("bid.shortlisted", actor=actor, kind="bid", subject=found.public_id, shortlisted=shortlisted)
    if shortlisted:
        granting.grant(found.opportunity, Stage.SHORTLISTED, actor=actor)
        data = {"rfp": str(held.public_id), "bid": str(found.public_id)}
        emitting.tell([found.opportunity], type=EventType.BID_SHORTLISTED, data=data)
    found.refresh_from_db(fields=["shortlisted_at", "revision"])
    return found
