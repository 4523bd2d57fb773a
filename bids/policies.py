"""Who may see which bid. Sealing and names hidden live here, so that every door has them."""

from __future__ import annotations

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.datastore.policies import owners_of
from bids.models import Bid, Contract, Debrief, Entry
from bids.states import STANDING, BidState
from marketplace.kernel.actors import Actor
from marketplace.kernel.fields import ClockTimestamp
from rfps.delivery.models import Opportunity, QuickLink
from rfps.delivery.policies import is_supplier
from rfps.models import Rfp
from rfps.policies import readable_rfps
from rfps.states import Sealing


def visible_bids(actor: Actor) -> QuerySet[Bid]:
    """A supplier: its own, never a rival's. A customer: what stands, once it is not sealed.

    By a quick link: none; see `offer_of_link`.
    """
    if is_supplier(actor):
        return Bid.objects.filter(organisation_id=actor.organisation_key)
    return _standing(actor).filter(opened("rfp__"))


def offer_of_link(link: QuickLink) -> QuerySet[Bid]:
    """The one that the link was used for: whoever holds it sees nothing else that the supplier offers or drafts."""
    own = Bid.objects.filter(opportunity=link.opportunity_id)
    return own.none() if link.offer is None else own.filter(public_id=link.offer)


def countable_bids(actor: Actor) -> QuerySet[Bid, int]:
    """One request id per standing bid of own requests, sealed or not: the number, and nothing else, is known."""
    return _standing(actor).values_list("rfp_id", flat=True)


def bid_count(actor: Actor, rfp: Rfp) -> int:
    """How many bids stand on the actor's own request."""
    return countable_bids(actor).filter(rfp=rfp).count()


def is_sealed(rfp: Rfp) -> bool:
    """Whether the request's bids are still closed to its customer, by the database's clock."""
    return not Rfp.objects.filter(opened(), pk=rfp.pk).exists()


def opened(prefix: str = "") -> Q:
    """Bids may be read: sealing `open`, or the deadline has passed (or was brought forward) while the request lived.

    A sealed request that was cancelled or ended before its deadline stays sealed for ever.
    """
    closing = Coalesce(F(f"{prefix}closed_early_at"), F(f"{prefix}closes_at"))
    lived = Q(**{f"{prefix}published_at__isnull": False})
    for end in ("cancelled_at", "ended_at"):
        lived &= Q(**{f"{prefix}{end}__isnull": True}) | Q(**{f"{prefix}{end}__gte": closing})
    # Written as "the closing is not later", so that the clock is read by the database for every row.
    passed = Q(**{f"{prefix}closed_early_at__lte": ClockTimestamp()}) | Q(
        **{f"{prefix}closed_early_at__isnull": True, f"{prefix}closes_at__lte": ClockTimestamp()}
    )
    return Q(**{f"{prefix}sealing": Sealing.OPEN, f"{prefix}published_at__isnull": False}) | (lived & passed)


def shows_supplier(bid: Bid) -> bool:
    """Names are hidden in a blind request until the customer shortlists or chooses."""
    return not bid.rfp.blind or bid.shortlisted_at is not None or bid.state == BidState.AWARDED


def visible_entries(actor: Actor) -> QuerySet[Entry]:
    """The customer's own columns; no supplier ever sees one."""
    return Entry.objects.filter(rfp__in=readable_rfps(actor))


def visible_contracts(actor: Actor) -> QuerySet[Contract]:
    """Both parties' own, and of a shared request those that its customer has."""
    if is_supplier(actor):
        return Contract.objects.filter(organisation_id=actor.organisation_key)
    return Contract.objects.filter(rfp__in=readable_rfps(actor))


def visible_debriefs(actor: Actor) -> QuerySet[Debrief]:
    """What the supplier was told of its own offers that lost, as long as the choice stands."""
    rows = Debrief.objects.filter(bid__state=BidState.NOT_AWARDED, bid__rfp__awarded_at__isnull=False)
    return rows.filter(bid__organisation_id=actor.organisation_key) if is_supplier(actor) else rows.none()


def can_bid(actor: Actor, organisation_id: int) -> bool:
    """An owner or bidder of that supplier; a viewer only looks."""
    return actor.may_bid and actor.organisation_id == organisation_id


def can_offer(actor: Actor, opportunity: Opportunity) -> bool:
    """An owner or bidder, or an unused quick link to this request: it takes one new offer and changes none."""
    return actor.may_answer(opportunity.pk, opportunity.organisation_id)


def can_judge(actor: Actor, rfp: Rfp) -> bool:
    """Those to whom the request belongs weigh, rate, shortlist and choose; who may only read it: rfps can_look."""
    return actor.is_person and owners_of(actor).filter(pk=rfp.owner_id).exists()


def _standing(actor: Actor) -> QuerySet[Bid]:
    """A supplier that declined the request after all has no bid standing on it."""
    kept = Bid.objects.filter(opportunity__declined_at__isnull=True)
    return kept.filter(rfp__in=readable_rfps(actor), state__in=STANDING)
