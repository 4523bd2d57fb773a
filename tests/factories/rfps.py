"""Requests: bodies, drafts, and requests in every phase."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from accounts.models import User
from accounts.policies import actor_of_person
from marketplace.kernel.clock import database_now
from rfps.domain import closing, drafting, publishing
from rfps.domain.checking import as_instant
from rfps.models import Rfp, RfpQuerySet
from rfps.states import EndReason, Phase


def soon(**ahead: float) -> str:
    """A time ahead of the database's clock, as the API writes it; without arguments in ten days."""
    return as_instant(database_now() + timedelta(**(ahead or {"days": 10})))


def body(**changes: Any) -> dict[str, Any]:
    """A whole body that says everything itself, so that it can be published without templates or values."""
    return {
        "kind": "rfp",
        "title": "Electricity for a flat",
        "need": "A *green* tariff for a year.",
        "category": "energy/electricity",
        "area": {"country": "GB", "postcode": "EH1 1AA"},
        "lines": [
            {"title": "Electricity", "quantity": "3400", "unit": "kWh", "spec": "Single rate"},
            {"title": "Meter", "quantity": "1", "unit": "piece", "spec": ""},
        ],
        "requirements": [
            {"text": "100 % renewable", "level": "must", "answer": "yes_no", "constraint": {"equals": True}},
            {"text": "Notice period", "level": "should", "answer": "number", "unit": "day", "constraint": {"max": 30}},
        ],
        "criteria": [
            {"kind": "total_price", "weight": 60, "best": "600.00", "worst": "1400.00"},
            {"kind": "number", "requirement": 1, "weight": 25, "best": "0", "worst": "90"},
            {"kind": "rating", "title": "Trust", "weight": 15},
        ],
        "currency": "GBP",
        "budget": {"amount": "1200.00", "currency": "GBP", "disclosure": "band", "binding": False},
        "horizon_months": 12,
        "closes_at": soon(),
        "decides_by": soon(days=24),
        "sealing": "sealed",
        "blind": False,
        "valid_for_days": 30,
        "places": 8,
        "options": 3,
        "terms": "PDC-INTENT",
        "fields": [{"field": "energy.kwh_per_year", "stage": "S1"}, {"field": "home.address", "stage": "S3"}],
        **changes,
    }


def draft(customer: User, **changes: Any) -> Rfp:
    """A draft that could be published."""
    return drafting.draft(actor=actor_of_person(customer), body=body(**changes))


def published(customer: User, **changes: Any) -> Rfp:
    """An open request."""
    return publishing.publish(draft(customer, **changes), actor=actor_of_person(customer))


def in_phase(customer: User, phase: str, **changes: Any) -> Rfp:
    """A request in any phase; those that only time brings are moved back in it."""
    if phase == Phase.DRAFT:
        return draft(customer, **changes)
    rfp, actor = published(customer, **changes), actor_of_person(customer)
    match phase:
        case Phase.DECIDING:
            return moved_back(rfp, days=15)
        case Phase.LAPSED:
            return moved_back(rfp, days=60)
        case Phase.CANCELLED:
            return closing.cancel(rfp, actor=actor, reason="We moved.")
        case Phase.ENDED:
            return closing.end(rfp, actor=actor, reason=EndReason.TOO_DEAR)
        case Phase.AWARDED:
            moved_back(rfp, days=15)
            Rfp.objects.filter(pk=rfp.pk).update(awarded_at=database_now())
    return again(rfp)


def moved_back(rfp: Rfp, **by: float) -> Rfp:
    """The same request, published and due so much earlier."""
    dates = {name: getattr(rfp, name) - timedelta(**by) for name in ("published_at", "closes_at", "decides_by")}
    Rfp.objects.filter(pk=rfp.pk).update(**dates)
    return again(rfp)


def again(rfp: Rfp) -> Rfp:
    """The row as it is now, with its phase."""
    return RfpQuerySet(Rfp).with_phase().get(pk=rfp.pk)
