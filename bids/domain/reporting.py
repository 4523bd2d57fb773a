"""A supplier's own offers, request by request, with what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import models
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from bids.models import Bid, Contract
from bids.policies import visible_bids, visible_contracts
from bids.states import BidState, ContractStatus
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import require
from rfps.delivery.models import Opportunity
from rfps.delivery.policies import is_supplier, visible_opportunities
from rfps.states import Phase


class Outcome(models.TextChoices):
    """What became of an offer, as its supplier may know it."""

    DRAFT = "draft", _("Not sent yet")
    MISSED = "missed", _("Not sent in time")
    STANDING = "standing", _("Sent")
    NEEDS_RECONFIRM = "needs_reconfirm", _("To be confirmed again")
    DECIDING = "deciding", _("The customer is choosing")
    WON = "won", _("Chosen: confirm it")
    CONFIRMED = "confirmed", _("Won")
    LOST = "lost", _("Another was chosen")
    NO_CHOICE = "no_choice", _("Ended without a choice")
    TURNED_DOWN = "turned_down", _("Chosen, but not confirmed")
    WITHDRAWN = "withdrawn", _("Taken back")


@dataclass(frozen=True, slots=True)
class Offered:
    """One offer. `valid_until_on` of the version that stands; `confirm_by` only while the supplier has to answer."""

    bid: Bid
    outcome: Outcome
    valid_until_on: date | None
    confirm_by: datetime | None


@dataclass(frozen=True, slots=True)
class Row:
    """One request on which the supplier offers, with its dates."""

    opportunity: Opportunity
    title: str
    phase: str
    closes_at: datetime
    decides_by: datetime
    offers: Sequence[Offered]


def answered(actor: Actor) -> QuerySet[Opportunity]:
    """The requests on which the supplier has an offer or a draft, the newest first; to be cut into pages."""
    require(is_supplier(actor))
    own = visible_bids(actor).select_related("standing", "draft").order_by("option", "pk")
    rows = visible_opportunities(actor).filter(pk__in=visible_bids(actor).values("opportunity"))
    return rows.prefetch_related(Prefetch("bids", queryset=own, to_attr="offers")).order_by("-pk")


def rows(opportunities: Sequence[Opportunity], *, actor: Actor) -> list[Row]:
    """A page of `answered`, in one query more, whatever its length."""
    contracts = visible_contracts(actor).filter(award__bid__opportunity__in=[each.pk for each in opportunities])
    by_bid = {each.award.bid_id: each for each in contracts.select_related("award").order_by("pk")}
    return [_row(each, by_bid) for each in opportunities]


def _row(opportunity: Opportunity, contracts: dict[int, Contract]) -> Row:
    rfp = opportunity.rfp
    assert rfp.current is not None
    assert rfp.closes_at is not None
    assert rfp.decides_by is not None
    phase: str = opportunity.phase  # type: ignore[attr-defined]  # annotated by visible_opportunities
    bids: list[Bid] = opportunity.offers  # type: ignore[attr-defined]  # fetched by `answered`
    return Row(
        opportunity=opportunity,
        title=rfp.current.title,
        phase=phase,
        closes_at=rfp.closed_early_at or rfp.closes_at,
        decides_by=rfp.decides_by,
        offers=offered(opportunity, bids, contracts),
    )


def offered(opportunity: Opportunity, bids: Sequence[Bid], contracts: Mapping[int, Contract]) -> list[Offered]:
    """What became of the supplier's own offers on one request; `contracts` by the offer's inside id."""
    phase: str = opportunity.phase  # type: ignore[attr-defined]  # annotated by visible_opportunities
    awarded = opportunity.rfp.awarded_at is not None
    return [_offered(bid, phase, contracts.get(bid.pk), awarded=awarded) for bid in bids]


def _offered(bid: Bid, phase: str, contract: Contract | None, *, awarded: bool) -> Offered:
    outcome = _outcome(bid, phase, contract, awarded=awarded)
    return Offered(
        bid=bid,
        outcome=outcome,
        valid_until_on=bid.standing.valid_until_on if bid.standing else None,
        confirm_by=contract.confirm_by if contract and outcome == Outcome.WON else None,
    )


def _outcome(bid: Bid, phase: str, contract: Contract | None, *, awarded: bool) -> Outcome:
    if bid.state == BidState.WITHDRAWN:
        return Outcome.WITHDRAWN
    if bid.state == BidState.DRAFT:
        return Outcome.DRAFT if phase == Phase.OPEN else Outcome.MISSED
    if contract is not None and contract.status == ContractStatus.DECLINED:
        return Outcome.TURNED_DOWN
    if bid.state == BidState.AWARDED:
        return Outcome.WON if contract and contract.status == ContractStatus.CHOSEN else Outcome.CONFIRMED
    if awarded and bid.state == BidState.NOT_AWARDED:
        return Outcome.LOST
    if phase in (Phase.CANCELLED, Phase.ENDED, Phase.LAPSED):
        return Outcome.NO_CHOICE
    if phase == Phase.OPEN:
        return Outcome.NEEDS_RECONFIRM if bid.state == BidState.NEEDS_RECONFIRM else Outcome.STANDING
    return Outcome.DECIDING
