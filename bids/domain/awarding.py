"""The customer's choice of one bid, and the supplier's answer to it."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from bids.domain import announcing, contracting
from bids.domain.ending import let_go
from bids.domain.loading import today
from bids.models import Award, Bid, Contract
from bids.policies import can_bid, can_judge, visible_bids
from bids.states import BID_MOVES, CONTRACT_MOVES, BidState, ContractStatus
from marketplace.audit.recording import record
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.clock import database_now
from marketplace.kernel.errors import Conflict, refuse, require
from marketplace.kernel.fields import ClockTimestamp
from marketplace.kernel.transitions import move
from marketplace.mail import notices
from rfps.delivery.domain import emitting
from rfps.delivery.domain.answering import check_reason
from rfps.delivery.states import EventType
from rfps.disclosure.domain import granting
from rfps.disclosure.states import Stage
from rfps.domain import closing
from rfps.domain.holding import change, hold
from rfps.models import Rfp
from rfps.states import LAPSE_DAYS, Phase, RfpKind, Sealing, Sharing

CHOOSABLE = frozenset({BidState.SUBMITTED, BidState.RESERVE, BidState.NOT_AWARDED})
TO_CHOOSE_AGAIN = timedelta(days=7)
BATCH = 100


@transaction.atomic
def award(rfp: Rfp, *, actor: Actor, bid: Bid) -> Contract:
    """Choose one bid whole: contract, details to the winner, nothing more to the others, everybody told.

    A request whose bids are open is closed by it; a sealed one has to be closed first. Raises Conflict: wrong_phase
    (also for a second choice), wrong_state, expired, grant_ended, needs_approval (of a request decided together).
    """
    require(can_judge(actor, rfp))
    held = decidable(rfp)
    if held.sharing == Sharing.DECIDE:
        raise Conflict(_("You decide this together: it takes the approval of each of you."), code="needs_approval")
    return choose(held, actor=actor, bid=choosable(held, actor, bid))


def choose(held: Rfp, *, actor: Actor, bid: Bid) -> Contract:
    """Conclude a choice that may be made, in the caller's transaction: `held` by decidable, `bid` by choosable."""
    if held.phase == Phase.OPEN:
        held = closing.close(held, actor=actor)
    chosen = bid
    assert chosen.standing is not None
    made = Award.objects.create(rfp=held, bid=chosen, version=chosen.standing, actor_id=actor.public_id)
    move(chosen, BidState.AWARDED, BID_MOVES, revision=chosen.revision + 1)
    held = change(held, awarded_at=ClockTimestamp())
    chosen.rfp = chosen.opportunity.rfp = held
    granting.grant(chosen.opportunity, Stage.AWARDED, actor=actor)
    contract = contracting.conclude(held, made, chosen)
    record("rfp.awarded", actor=actor, kind="rfp", subject=held.public_id, bid=str(chosen.public_id))
    data = {
        "rfp": str(held.public_id),
        "bid": str(chosen.public_id),
        "confirm_by": contracting.instant(contract.confirm_by),
    }
    emitting.tell([chosen.opportunity], type=EventType.BID_AWARDED, data=data)
    announcing.write_chosen(contract, chosen)
    let_go(held, actor=actor, cause="lost", keep=chosen.opportunity)
    return contract


@transaction.atomic
def confirm(contract: Contract, *, actor: Actor) -> Contract:
    """The supplier says yes. Raises Conflict: wrong_state, too_late."""
    require(can_bid(actor, contract.organisation_id))
    rfp = hold(contract.rfp, Phase.AWARDED)
    held = _hold_contract(contract)
    if database_now() > held.confirm_by:
        raise Conflict(_("The time to confirm is over."), code="too_late")
    move(held, ContractStatus.CONFIRMED, CONTRACT_MOVES, field="status", confirmed_at=ClockTimestamp())
    record("contract.confirmed", actor=actor, kind="contract", subject=held.public_id)
    notices.award_confirmed(rfp.customer_id, rfp_id=rfp.public_id, contract_id=held.public_id)
    return _again(held)


@transaction.atomic
def decline(contract: Contract, *, actor: Actor, reason: str = "") -> Contract:
    """The supplier says no: its view of the details ends, and the customer may choose another bid."""
    require(can_bid(actor, contract.organisation_id))
    refuse(check_reason(reason))
    rfp = hold(contract.rfp, Phase.AWARDED)
    return _undo(rfp, _hold_contract(contract), actor=actor, cause="declined", reason=reason.strip())


def release_unconfirmed() -> int:
    """Choices that their suppliers did not confirm in time fall through; returns how many."""
    late = Contract.objects.filter(status=ContractStatus.CHOSEN, confirm_by__lt=ClockTimestamp())
    return sum(_release(contract) for contract in late.select_related("rfp").order_by("pk")[:BATCH])


@transaction.atomic
def _release(contract: Contract) -> int:
    rfp = hold(contract.rfp, *Phase)
    held = _hold_contract(contract)
    if held.status != ContractStatus.CHOSEN:
        return 0  # confirmed a moment ago
    _undo(rfp, held, actor=SYSTEM, cause="not_confirmed", reason="")
    return 1


def _undo(rfp: Rfp, held: Contract, *, actor: Actor, cause: str, reason: str) -> Contract:
    changes = {"declined_at": ClockTimestamp(), "decline_reason": reason}
    move(held, ContractStatus.DECLINED, CONTRACT_MOVES, field="status", **changes)
    Award.objects.filter(pk=held.award_id).update(void_at=ClockTimestamp())
    bid = Bid.objects.select_related("opportunity").get(pk=held.award.bid_id)
    move(bid, BidState.NOT_AWARDED, BID_MOVES, revision=bid.revision + 1)
    _reopen(rfp)
    bid.opportunity.rfp = rfp
    granting.end(bid.opportunity, cause=cause, actor=actor)
    record("contract.declined", actor=actor, kind="contract", subject=held.public_id, cause=cause)
    notices.award_declined(rfp.customer_id, rfp_id=rfp.public_id, contract_id=held.public_id)
    return _again(held)


def decidable(rfp: Rfp) -> Rfp:
    """The request, held, as one whose offers can be chosen from now; Conflict `wrong_phase` or `no_offers`."""
    held = hold(rfp, Phase.OPEN, Phase.DECIDING)
    if held.kind == RfpKind.RFI:
        raise Conflict(_("Questions have answers, not a winner; make a request for offers of them."), code="no_offers")
    if held.phase == Phase.OPEN and held.sealing == Sealing.SEALED:
        raise Conflict(_("The offers are still closed. Close the request first."), code="wrong_phase")
    return held


def choosable(rfp: Rfp, actor: Actor, bid: Bid) -> Bid:
    """The bid, locked, if it can be chosen now; Conflict `wrong_state`, `declined` or `expired`."""
    rows = visible_bids(actor).filter(rfp=rfp).select_for_update(of=("self",))
    found = rows.select_related("standing__rfp_version", "opportunity", "organisation").filter(pk=bid.pk).first()
    version = found.standing if found and found.state in CHOOSABLE else None
    if found is None or version is None or version.rfp_version_id != rfp.current_id:
        raise Conflict(_("This offer does not stand any more."), code="wrong_state")
    if Award.objects.filter(bid=found, void_at__isnull=False).exists():
        raise Conflict(_("This supplier has declined already."), code="declined")
    if version.valid_until_on is not None and version.valid_until_on < today(rfp):
        raise Conflict(_("This offer has expired. Ask the supplier to renew it."), code="expired")
    return found


def _reopen(rfp: Rfp) -> None:
    """Back to deciding, with a week at least before the request lapses."""
    assert rfp.decides_by is not None
    soonest = database_now() + TO_CHOOSE_AGAIN - timedelta(days=LAPSE_DAYS)
    change(rfp, awarded_at=None, decides_by=max(rfp.decides_by, soonest))


def _hold_contract(contract: Contract) -> Contract:
    return Contract.objects.select_for_update(of=("self",)).select_related("award").get(pk=contract.pk)


def _again(contract: Contract) -> Contract:
    contract.refresh_from_db()
    return contract
