"""The snapshot of what was agreed, and its hash.

`sha256` is taken over the canonical JSON (RFC 8785) of the members request, bid, terms, acceptance and awarded_at as
both parties read them; `status` and what follows may change and stand outside. The text lies under the owner's key:
after erasure the hash stays and the text is gone.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import rfc8785

from accounts.datastore.domain.owning import open_json, seal_json
from bids.domain.comparing import amount, terms
from bids.domain.loading import lines_of, offer_of
from bids.domain.totalling import total
from bids.domain.writing import content_of, plain
from bids.models import Award, Bid, BidVersion, Contract
from rfps import templates
from rfps.disclosure.models import Terms, TermsAcceptance
from rfps.models import Rfp, RfpVersion

Shape = dict[str, Any]
HASHED = ("request", "bid", "terms", "acceptance", "awarded_at")
SATURDAY = 5


def conclude(rfp: Rfp, award: Award, bid: Bid) -> Contract:
    """Write the contract of a held, just awarded request."""
    assert rfp.awarded_at is not None
    assert rfp.current is not None
    snapshot = snapshot_of(rfp, award.version, bid)
    days = templates.for_category(rfp.current.category).confirm_within_working_days
    contract = Contract(
        rfp=rfp,
        organisation_id=bid.organisation_id,
        award=award,
        sha256=digest(snapshot),
        awarded_at=rfp.awarded_at,
        confirm_by=working_days_later(rfp.awarded_at, days, rfp.time_zone),
    )
    contract.sealed_snapshot = seal_json(rfp.owner, f"contract|{contract.public_id}", snapshot)
    contract.save()
    return contract


def shape(contract: Contract) -> Shape:
    """The contract as both parties read it."""
    snapshot = open_json(contract.rfp.owner, f"contract|{contract.public_id}", bytes(contract.sealed_snapshot))
    return {
        "id": str(contract.public_id),
        "sha256": contract.sha256,
        "status": contract.status,
        **snapshot,
        "confirm_by": instant(contract.confirm_by),
        "confirmed_at": instant(contract.confirmed_at),
        "declined_at": instant(contract.declined_at),
        "decline_reason": contract.decline_reason or None,
    }


def digest(snapshot: Shape) -> str:
    """The hash over the documented members; anybody can recompute it from the JSON they downloaded."""
    return hashlib.sha256(rfc8785.dumps({name: snapshot[name] for name in HASHED})).hexdigest()


def snapshot_of(rfp: Rfp, version: BidVersion, bid: Bid) -> Shape:
    """Request version + bid version + terms + acceptance; nothing that only one of the parties knows."""
    assert rfp.awarded_at is not None
    acceptance = TermsAcceptance.objects.select_related("terms", "award_terms").get(opportunity=bid.opportunity)
    return {
        "request": _request(rfp, version.rfp_version),
        "bid": _bid(bid, version),
        "terms": {**_terms(acceptance.terms), "award": _terms(acceptance.award_terms)},
        "acceptance": {
            "id": str(acceptance.public_id),
            "accepted_at": instant(acceptance.created_at),
            "actor": {"kind": acceptance.actor_kind, "id": str(acceptance.actor_id)},
        },
        "awarded_at": instant(rfp.awarded_at),
    }


def working_days_later(start: datetime, days: int, time_zone: str) -> datetime:
    """The end of the day that many working days (Monday to Friday) after `start`, where the request is."""
    zone = ZoneInfo(time_zone)
    day = start.astimezone(zone).date()
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < SATURDAY
    return datetime.combine(day + timedelta(days=1), time(), zone)


def instant(at: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    return at.astimezone(ZoneInfo("UTC")).isoformat().replace("+00:00", "Z") if at else None


def _request(rfp: Rfp, version: RfpVersion) -> Shape:
    return {
        "id": str(rfp.public_id),
        "version": version.number,
        "sha256": version.sha256,
        "title": version.title,
        "need": version.need,
        "category": version.category,
        "currency": version.currency,
        "horizon_months": version.horizon_months,
        "lines": [
            {"id": str(line.public_id), "title": line.title, "quantity": plain(line.quantity), "unit": line.unit}
            | {"spec": line.spec}
            for line in version.lines.all()
        ],
        "requirements": [
            {"id": str(row.public_id), "text": row.text, "level": row.level, "answer": row.answer, "unit": row.unit}
            | {"constraint": row.constraint}
            for row in version.requirements.all()
        ],
    }


def _bid(bid: Bid, version: BidVersion) -> Shape:
    content, asked = content_of(version), version.rfp_version
    cost = total(offer_of(content), lines_of(asked), horizon_months=asked.horizon_months)
    organisation = bid.organisation
    return {
        "id": str(bid.public_id),
        "version": version.number,
        "option": bid.option,
        "submitted_at": instant(version.submitted_at),
        "supplier": {
            "id": str(organisation.public_id),
            "name": organisation.name,
            "legal_name": organisation.legal_name,
            "country": organisation.country,
        },
        **content,
        "total": amount(cost.amount, asked.currency),
        "total_terms": terms(cost, asked.currency),
    }


def _terms(found: Terms) -> Shape:
    return {"id": found.slug, "version": found.version, "title": found.title, "sha256": found.sha256}
