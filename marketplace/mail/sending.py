"""Sending what is due: claim, send, settle. At least once; the Message-ID tells a second copy."""

from __future__ import annotations

import logging
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.utils import timezone

from marketplace.kernel.fields import ClockTimestamp
from marketplace.mail.models import SLOT, Mail, Notice

BATCH = 5
SMTP_SECONDS = 10
# No batch begins later. One that waits for the server at every mail still ends before its task is killed: what was sent
# and not yet settled then would be sent again.
SECONDS = 30
LEASE = "interval '5 minutes'"
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 300, 600, 1440)]
KEPT = timedelta(days=30)
FORGOTTEN = {"address": "", "secret": ""}  # nobody needs them once the mail is settled
NOTICES_KEPT = timedelta(days=90)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail held for sending; `lease_no` is the fence."""

    mail_id: int
    lease_no: int


def send_due(*, seconds: float = SECONDS) -> int:
    """Send mails that are due, a batch at a time; how many went out."""
    sent, end = 0, time.monotonic() + seconds
    while time.monotonic() < end and (claims := claim()):
        sent += _send(claims)
    return sent


def claim() -> list[Claim]:
    """Take the next due mails; `next_at` moves behind the lease, so a dead sender's mails come back."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE mail_mail SET lease_no = lease_no + 1, attempts = attempts + 1,
                   next_at = clock_timestamp() + {LEASE}
            WHERE id IN (
              SELECT id FROM mail_mail
              WHERE sent_at IS NULL AND failed_at IS NULL AND next_at <= clock_timestamp()
              ORDER BY next_at LIMIT {BATCH} FOR UPDATE SKIP LOCKED)
            RETURNING id, lease_no"""  # noqa: S608
        )
        return [Claim(*row) for row in cursor.fetchall()]


def _send(claims: list[Claim]) -> int:
    mails = Mail.objects.select_related("recipient").in_bulk([each.mail_id for each in claims])
    held = [(mails[each.mail_id], each) for each in claims if each.mail_id in mails]
    door = get_connection(timeout=SMTP_SECONDS)
    try:
        door.open()
    except Exception as error:
        for mail, claimed in held:
            _postpone(mail, claimed, error)
        return 0
    with closing(door):
        return sum(_deliver(mail, claimed, door) for mail, claimed in held)


def _deliver(mail: Mail, claimed: Claim, door: BaseEmailBackend) -> bool:
    if mail.recipient is not None and not (mail.recipient.is_active and mail.recipient.email):
        _settle(claimed, failed_at=ClockTimestamp(), error="recipient is not active", **FORGOTTEN)
        return False
    try:
        message(mail, door).send()
    except Exception as error:
        _postpone(mail, claimed, error)
        return False
    _settle(claimed, sent_at=ClockTimestamp(), error="", **FORGOTTEN)
    return True


def address_of(mail: Mail) -> str:
    """Of the person as it is now, or the bare one."""
    return (mail.recipient.email or "") if mail.recipient else mail.address


def message(mail: Mail, door: BaseEmailBackend | None = None) -> EmailMessage:
    """The message as it goes out, to the address the person has now; the same Message-ID at every try."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return EmailMessage(
        subject=mail.subject,
        body=mail.body.replace(SLOT, mail.secret),
        to=[address_of(mail)],
        headers={"Message-ID": f"<{mail.public_id}@{host}>", "Auto-Submitted": "auto-generated"},
        connection=door,
    )


def _postpone(mail: Mail, claimed: Claim, error: Exception) -> None:
    """Only the kind of error is kept: a server's words may hold the address."""
    logger.warning("mail %s was not sent: %s", mail.public_id, type(error).__name__)
    if isinstance(error, SMTPRecipientsRefused) or mail.attempts > len(WAITS):
        _settle(claimed, failed_at=ClockTimestamp(), error=type(error).__name__, **FORGOTTEN)
    else:
        _settle(claimed, next_at=ClockTimestamp() + WAITS[mail.attempts - 1], error=type(error).__name__)


def _settle(claimed: Claim, **changes: object) -> None:
    Mail.objects.filter(pk=claimed.mail_id, lease_no=claimed.lease_no).update(**changes)


def prune() -> int:
    """Delete mails older than 30 days, how many, and notices older than 90."""
    deleted, _ = Mail.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    Notice.objects.filter(occurred_at__lt=timezone.now() - NOTICES_KEPT).delete()
    return deleted
