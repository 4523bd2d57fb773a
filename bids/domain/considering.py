"""A request as the supplier whom it fits considers it: how far it got, what it may do next, what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from bids.domain import contracting, debriefing, phrasing, reporting
from bids.domain.phrasing import Asked, Fact
from bids.domain.reporting import Offered, Outcome
from bids.models import Bid, Contract
from bids.policies import can_bid, visible_bids, visible_contracts
from bids.states import BidState, ContractStatus
from marketplace.kernel.actors import Actor
from rfps.delivery.domain import answering
from rfps.delivery.models import Opportunity
from rfps.delivery.states import OpportunityStatus
from rfps.disclosure import roster
from rfps.disclosure.domain import accepting, reading
from rfps.disclosure.roster import Agreement
from rfps.domain import asking, hearing
from rfps.domain.closing import announced_now
from rfps.domain.hearing import Heard
from rfps.models import Rfp
from rfps.states import Phase

ANSWERABLE = frozenset({OpportunityStatus.NEW, OpportunityStatus.OPENED})
TAKEN = frozenset({OpportunityStatus.ACCEPTED, OpportunityStatus.BIDDING})


@dataclass(frozen=True, slots=True)
class Considered:
    """What the page shows. `places` are those left, None where the supplier needs none; `free` the next free option."""

    opportunity: Opportunity
    asked: Asked
    facts: Sequence[Fact]
    terms: Agreement
    status: OpportunityStatus
    phase: Phase
    offers: Sequence[Offered]
    places: int | None
    free: int | None
    contract: Contract | None
    agreed: dict[str, Any] | None
    may_act: bool
    may_accept: bool
    may_refuse: bool
    may_decline: bool
    closed_at: datetime
    heard: Sequence[Heard]
    may_ask: bool
    ask_until: datetime
    told: Sequence[str]  # what the customer said of the offers that lost

    @property
    def to_confirm(self) -> bool:
        """Whether the customer's choice waits for this supplier's word."""
        return self.contract is not None and self.contract.status == ContractStatus.CHOSEN

    @property
    def lost(self) -> bool:
        """Whether another was chosen for good or for now."""
        return _lost(self.offers)


@transaction.atomic
def consider(opportunity: Opportunity, *, actor: Actor) -> Considered:
    """Of a row with its questions; the first look is noted, and each value read is logged."""
    answering.open_(opportunity, actor=actor)
    facts = [phrasing.fact(row) for row in reading.disclosed(opportunity, actor=actor)]
    body, status = announced_now(opportunity.rfp), answering.status_of(opportunity)
    phase = Phase(opportunity.phase)  # type: ignore[attr-defined]  # annotated by visible_opportunities
    open_, acts = phase == Phase.OPEN, can_bid(actor, opportunity.organisation_id)
    places = None if status in TAKEN or not open_ else accepting.places_left(opportunity.rfp)
    contract = contract_of(opportunity, actor) if opportunity.rfp.awarded_at else None
    offers, said = _offers(opportunity, contract, actor), hearing.heard(opportunity, actor=actor)
    return Considered(
        opportunity=opportunity,
        asked=phrasing.asked(body),
        facts=facts,
        terms=roster.agreement(body["terms"]["id"]),
        status=status,
        phase=phase,
        offers=offers,
        places=places,
        free=_free(offers, opportunity.rfp) if open_ and status in TAKEN and acts else None,
        contract=contract,
        agreed=contracting.shape(contract) if contract and contract.status != ContractStatus.DECLINED else None,
        may_act=acts,
        may_accept=acts and open_ and status not in TAKEN and bool(places),
        may_refuse=acts and open_ and status in ANSWERABLE,
        may_decline=acts and (open_ or (phase == Phase.DECIDING and not offers)) and opportunity.declined_at is None,
        closed_at=_closed_at(opportunity.rfp),
        heard=said,
        may_ask=acts and open_ and status in TAKEN and hearing.may_ask_now(opportunity, opportunity.rfp, said),
        ask_until=asking.taken_until(opportunity.rfp),
        told=debriefing.told_of(opportunity, actor=actor) if _lost(offers) else [],
    )


def _lost(offers: Sequence[Offered]) -> bool:
    return any(offer.outcome == Outcome.LOST for offer in offers)


def contract_of(opportunity: Opportunity, actor: Actor) -> Contract | None:
    """The supplier's newest contract on this request."""
    rows = visible_contracts(actor).filter(award__bid__opportunity=opportunity)
    return rows.select_related("rfp__owner__key", "award").order_by("-pk").first()


def _offers(opportunity: Opportunity, contract: Contract | None, actor: Actor) -> list[Offered]:
    rows = visible_bids(actor).filter(opportunity=opportunity).select_related("standing", "draft")
    bids = list(rows.order_by("option", "-pk"))
    made = {contract.award.bid_id: contract} if contract else {}
    return reporting.offered(opportunity, _latest(bids), made)


def _latest(bids: Sequence[Bid]) -> list[Bid]:
    """One for each option: what lives, else what was taken back last."""
    found: dict[int, Bid] = {}
    for bid in bids:
        kept = found.get(bid.option)
        if kept is None or (kept.state == BidState.WITHDRAWN and bid.state != BidState.WITHDRAWN):
            found[bid.option] = bid
    return list(found.values())


def _free(offers: Sequence[Offered], rfp: Rfp) -> int | None:
    taken = {offer.bid.option for offer in offers}
    return next((option for option in range(1, rfp.options + 1) if option not in taken), None)


def _closed_at(rfp: Rfp) -> datetime:
    closed = rfp.closed_early_at or rfp.closes_at
    assert closed is not None
    return closed
