"""One offer of a supplier's as its editor opens it: what was written last, and what stands beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, prefetch_related_objects

from bids.domain.bidding import latest_content
from bids.domain.composing import Content
from bids.domain.loading import wanted_validity
from bids.domain.recalling import last_vat, recall
from bids.domain.rehearsing import Cost, cost_of
from bids.models import Answer, Bid, LinePrice
from bids.policies import visible_bids
from bids.states import BidState
from marketplace.kernel.actors import Actor
from rfps.delivery.models import Opportunity
from rfps.models import RfpVersion

PARTS = (
    Prefetch("lines", LinePrice.objects.select_related("line")),
    "charges",
    Prefetch("answers", Answer.objects.select_related("requirement")),
)


@dataclass(frozen=True, slots=True)
class Edited:
    """`bid` None: nothing was written under this option yet. `standing` is what the customer has or will have."""

    asked: RfpVersion
    bid: Bid | None
    content: Content
    standing: Cost | None
    has_draft: bool


def edited(opportunity: Opportunity, option: int, *, actor: Actor) -> Edited:
    """The editor of one option, filled from what was written last or from the supplier's last offer of the kind."""
    asked = opportunity.rfp.current
    assert asked is not None
    prefetch_related_objects([asked], "lines", "requirements")
    bid = _bid(opportunity, option, actor)
    if bid is None:
        return Edited(asked, None, _begun(opportunity, asked), None, has_draft=False)
    versions = [each for each in (bid.standing, bid.draft) if each is not None]
    for each in versions:
        if each.rfp_version_id == asked.pk:
            each.rfp_version = asked
    prefetch_related_objects(versions, *PARTS)
    bid.opportunity, bid.rfp = opportunity, opportunity.rfp
    standing = cost_of(bid.standing) if bid.standing and bid.state != BidState.WITHDRAWN else None
    return Edited(asked, bid, latest_content(bid, opportunity.rfp), standing, has_draft=bid.draft is not None)


def _bid(opportunity: Opportunity, option: int, actor: Actor) -> Bid | None:
    """What lives under the option, else what was taken back last."""
    rows = visible_bids(actor).filter(opportunity=opportunity, option=option).select_related("standing", "draft")
    found = list(rows.order_by("-pk"))
    return next((each for each in found if each.state != BidState.WITHDRAWN), found[0] if found else None)


def _begun(opportunity: Opportunity, asked: RfpVersion) -> Content:
    """A new offer, with the answers and the VAT that the supplier gave last."""
    organisation = opportunity.organisation
    known = recall(organisation, asked, asked.requirements.all())
    vat = last_vat(organisation)
    content: Content = {"answers": [{"requirement": one, **given} for one, given in known.items()]}
    if vat is not None:
        content |= {"vat_rate": vat[0], "vat_included": vat[1]}
    until: date = wanted_validity(opportunity.rfp)
    return content | {"valid_until": until.isoformat()}
