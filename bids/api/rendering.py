"""Bids as JSON: for their supplier, and for the customer as far as they may see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import prefetch_related_objects

from bids.domain.comparing import amount, terms
from bids.domain.contracting import instant
from bids.domain.gathering import supplier_of
from bids.domain.loading import lines_of, offer_of
from bids.domain.totalling import total
from bids.domain.writing import content_of
from bids.models import Bid, BidVersion, Entry
from bids.policies import shows_supplier
from bids.states import EXPIRED, BidState
from marketplace.kernel.api.tags import tag
from marketplace.kernel.clock import database_now

Shape = dict[str, Any]
PARTS = ("lines__line", "charges", "answers__requirement", "rfp_version__lines")
BESIDE = ("rfp", "organisation", "opportunity", "standing", "draft")


def bids_json(bids: Sequence[Bid], *, own: bool) -> list[Shape]:
    """Several bids with as many queries as one; `own`: for the supplier that wrote them, its draft included."""
    sides = ("standing", "draft") if own else ("standing",)
    prefetch_related_objects(list(bids), *(f"{side}__{part}" for side in sides for part in PARTS))
    now = database_now()
    return [_own(bid, now) if own else _shown(bid, now) for bid in bids]


def bid_json(bid: Bid, *, own: bool) -> Shape:
    """One bid."""
    return bids_json([bid], own=own)[0]


def bid_tag(bid: Bid) -> str:
    """Changes with every change of the bid, and when its last day passes."""
    return tag(bid.public_id, bid.revision, state_of(bid, database_now()))


def state_of(bid: Bid, now: datetime) -> str:
    """The stored state, or `expired` for a standing bid whose last day has passed where the request is."""
    until = bid.standing.valid_until_on if bid.standing else None
    if bid.state == BidState.SUBMITTED and until is not None:
        day = now.astimezone(ZoneInfo(bid.rfp.time_zone)).date()
        return EXPIRED if until < day else bid.state
    return bid.state


def version_json(version: BidVersion) -> Shape:
    """One version: content and total, as the customer sees or will see them."""
    asked = version.rfp_version
    content = content_of(version)
    cost = total(offer_of(content), lines_of(asked), horizon_months=asked.horizon_months)
    return {
        "version": asked.number,
        "bid_version": version.number,
        **content,
        "total": amount(cost.amount, version.currency),
        "total_terms": terms(cost, version.currency),
        "missing": list(cost.missing),
        "flags": [flag.value for flag in cost.flags],
        "submitted_at": instant(version.submitted_at),
    }


def entry_json(entry: Entry, content: Shape) -> Shape:
    """One of the customer's own columns."""
    return {"id": str(entry.public_id), "rfp": str(entry.rfp.public_id), "source": entry.kind, **content}


def _head(bid: Bid, now: datetime) -> Shape:
    return {
        "id": str(bid.public_id),
        "rfp": str(bid.rfp.public_id),
        "option": bid.option,
        "state": state_of(bid, now),
        "shortlisted": bid.shortlisted_at is not None,
        "created_at": instant(bid.created_at),
        "first_submitted_at": instant(bid.first_submitted_at),
    }


def _own(bid: Bid, now: datetime) -> Shape:
    """What is being written where there is a draft, else what stands; `standing` says what the customer sees."""
    latest = bid.draft or bid.standing
    assert latest is not None
    standing = version_json(bid.standing) if bid.standing else None
    return {
        **_head(bid, now),
        **version_json(latest),
        "opportunity": str(bid.opportunity.public_id),
        "draft_version": bid.draft.number if bid.draft else None,
        "standing_version": bid.standing.number if bid.standing else None,
        "standing_total": standing["total"] if standing else None,
        "withdrawn_at": instant(bid.withdrawn_at),
    }


def _shown(bid: Bid, now: datetime) -> Shape:
    assert bid.standing is not None
    shape = {**_head(bid, now), **version_json(bid.standing), "supplier": supplier_of(bid)}
    if not shows_supplier(bid):
        shape["reference"] = None  # a quote's number can name who wrote it
    return shape
