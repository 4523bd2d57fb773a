"""Mails to companies about what became of their offers: chosen or not, and nothing about any other offer."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from accounts.domain.writing import write_to_company
from bids.domain.choosing import last_day_before
from bids.models import Bid, Contract
from rfps.delivery.models import Opportunity


def write_chosen(contract: Contract, bid: Bid) -> None:
    """To the chosen company: that it was chosen, and until when to confirm; who the customer is, only the page says."""
    rfp = contract.rfp

    def told() -> dict[str, Any]:
        confirm_on = last_day_before(contract.confirm_by, rfp.time_zone)
        return {"title": _title(bid.opportunity), "confirm_on": confirm_on, "link": _link(bid.opportunity)}

    write_to_company(bid.organisation_id, kind="bid.awarded", occasion=str(contract.public_id), told=told)


def write_not_chosen(opportunity: Opportunity, *, outcome: str) -> None:
    """To a company none of whose offers was chosen; how it came: not_awarded, cancelled, ended or lapsed."""

    def told() -> dict[str, Any]:
        return {"title": _title(opportunity), "outcome": outcome, "link": _link(opportunity)}

    occasion = f"{opportunity.public_id}:{outcome}"
    write_to_company(opportunity.organisation_id, kind="bid.not_awarded", occasion=occasion, told=told)


def _title(opportunity: Opportunity) -> str:
    return opportunity.rfp.current.title if opportunity.rfp.current else ""


def _link(opportunity: Opportunity) -> str:
    company = opportunity.organisation.public_id
    return f"{settings.SITE_URL}/company/{company}/requests/{opportunity.public_id}/"
