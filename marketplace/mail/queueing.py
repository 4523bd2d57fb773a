"""Leaving a mail in the queue, in the caller's transaction."""

from __future__ import annotations

from marketplace.mail.models import Mail
from marketplace.mail.rendering import MAX_SUBJECT


def queue(recipient_id: int, *, kind: str, subject: str, body: str, dedupe_key: str) -> None:
    """Queue one mail to a person; a second one with the same `dedupe_key` is not sent."""
    mail = Mail(
        recipient_id=recipient_id,
        kind=kind,
        subject=" ".join(subject.split())[:MAX_SUBJECT],
        body=body,
        dedupe_key=dedupe_key,
    )
    Mail.objects.bulk_create([mail], ignore_conflicts=True)
