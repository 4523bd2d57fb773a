"""The customer's mails about a request: that something waits, never what stands in an offer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import override

from marketplace.kernel.clock import database_now
from marketplace.mail.queueing import language_of, queue
from marketplace.mail.rendering import render


def bid_received(customer_id: int, *, rfp_id: UUID, number: int, sealed: bool) -> None:
    """Tell how many offers are in. Of a sealed request at most once a day, so that no mail tells when one came."""
    occasion = f"{database_now():%Y-%m-%d}" if sealed else str(number)
    _queue(customer_id, "bid.received", rfp_id, occasion, number=number, sealed=sealed)


def rfp_opened(customer_id: int, *, rfp_id: UUID, number: int, closed_at: datetime) -> None:
    """Tell that the time for offers is over and how many came; again when a request was extended."""
    _queue(customer_id, "rfp.opened", rfp_id, closed_at.isoformat(), number=number)


def decision_due(customer_id: int, *, rfp_id: UUID, decides_by: datetime, reminder: int = 1) -> None:
    """Remind of the day by which suppliers expect a choice; `reminder` counts them."""
    _queue(customer_id, "decision.due", rfp_id, f"{decides_by.isoformat()}:{reminder}", decides_by=decides_by)


def award_confirmed(customer_id: int, *, rfp_id: UUID, contract_id: UUID) -> None:
    """Tell that the chosen supplier said yes."""
    _queue(customer_id, "award.confirmed", rfp_id, str(contract_id))


def award_declined(customer_id: int, *, rfp_id: UUID, contract_id: UUID) -> None:
    """Tell that the chosen supplier said no, so that another can be chosen."""
    _queue(customer_id, "award.declined", rfp_id, str(contract_id))


def _queue(customer_id: int, kind: str, rfp_id: UUID, occasion: str, **context: object) -> None:
    with override(language_of(customer_id)):
        subject, body = render(kind, link=f"{settings.SITE_URL}/", **context)
    queue(customer_id, kind=kind, subject=subject, body=body, dedupe_key=f"{kind}:{rfp_id}:{occasion}")
