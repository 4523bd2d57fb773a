"""What the customer is told about a request: that something waits, never what stands in an offer.

Each is a notice on the page, and a mail as soon as the person's settings say; both in the caller's transaction.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import override

from marketplace.kernel.clock import database_now
from marketplace.mail.models import Notice, NoticeSetting
from marketplace.mail.queueing import language_of, queue
from marketplace.mail.rendering import render
from marketplace.mail.states import NEEDS_ME, Pace


def bid_received(customer_id: int, *, rfp_id: UUID, number: int, sealed: bool) -> None:
    """Tell how many offers are in. Of a sealed request at most once a day, so that no mail tells when one came."""
    occasion = f"{database_now():%Y-%m-%d}" if sealed else str(number)
    _tell(customer_id, "bid.received", rfp_id, occasion, number=number, sealed=sealed)


def rfp_opened(customer_id: int, *, rfp_id: UUID, number: int, closed_at: datetime) -> None:
    """Tell that the time for offers is over and how many came; again when a request was extended."""
    _tell(customer_id, "rfp.opened", rfp_id, closed_at.isoformat(), number=number)


def decision_due(customer_id: int, *, rfp_id: UUID, decides_by: datetime, reminder: int = 1) -> None:
    """Remind of the day by which suppliers expect a choice; `reminder` counts them."""
    _tell(customer_id, "decision.due", rfp_id, f"{decides_by.isoformat()}:{reminder}", decides_by=decides_by)


def award_confirmed(customer_id: int, *, rfp_id: UUID, contract_id: UUID) -> None:
    """Tell that the chosen supplier said yes."""
    _tell(customer_id, "award.confirmed", rfp_id, str(contract_id))


def award_declined(customer_id: int, *, rfp_id: UUID, contract_id: UUID) -> None:
    """Tell that the chosen supplier said no, so that another can be chosen."""
    _tell(customer_id, "award.declined", rfp_id, str(contract_id))


def nobody_yet(customer_id: int, *, rfp_id: UUID) -> None:
    """Tell once that a good part of the time has passed without an offer."""
    _tell(customer_id, "rfp.nobody_yet", rfp_id, "once")


def closing_soon(customer_id: int, *, rfp_id: UUID, number: int, closes_at: datetime) -> None:
    """Tell that the time for offers ends soon; again when a request was extended."""
    _tell(customer_id, "rfp.closing_soon", rfp_id, closes_at.isoformat(), number=number, closes_at=closes_at)


def question_asked(customer_id: int, *, rfp_id: UUID, question_id: UUID) -> None:
    """Tell that a supplier asks something; neither who nor what."""
    _tell(customer_id, "question.asked", rfp_id, str(question_id))


def questions_wait(customer_id: int, *, rfp_id: UUID, unanswered: int, closes_at: datetime) -> None:
    """Tell in the last day that questions are not answered; again when a request was extended."""
    _tell(customer_id, "question.asked", rfp_id, f"closing:{closes_at.isoformat()}", unanswered=unanswered)


def approval_asked(person_id: int, *, rfp_id: UUID, bid_id: UUID) -> None:
    """Tell a person that somebody they decide with said yes to an offer."""
    _tell(person_id, "approval.asked", rfp_id, str(bid_id))


def request_link(rfp_id: UUID) -> str:
    """The page of a request."""
    return f"{settings.SITE_URL}/requests/{rfp_id}/"


def _tell(person_id: int, kind: str, rfp_id: UUID, occasion: str, *, number: int | None = None, **context: Any) -> None:
    pace = NoticeSetting.objects.filter(person=person_id).values_list("pace", flat=True).first() or Pace.NEEDS_ME
    key = f"{kind}:{rfp_id}:{occasion}"
    _notice, is_new = Notice.objects.get_or_create(
        person_id=person_id,
        dedupe_key=key,
        defaults={"kind": kind, "rfp": rfp_id, "number": number, "waits": pace == Pace.DAILY},
    )
    if is_new and (pace == Pace.AT_ONCE or (pace == Pace.NEEDS_ME and kind in NEEDS_ME)):
        with override(language_of(person_id)):
            subject, body = render(kind, link=request_link(rfp_id), number=number, **context)
        queue(person_id, kind=kind, subject=subject, body=body, dedupe_key=f"{key}:{person_id}")
