"""The clock's side of the mail queue."""

from __future__ import annotations

from celery import shared_task

from marketplace.mail import digesting, sending


@shared_task
def send_due() -> None:
    """Send what is due; claims keep two senders apart."""
    sending.send_due()


@shared_task
def digest() -> None:
    """Write the daily mails that are due."""
    digesting.digest()


@shared_task
def prune_mails() -> None:
    """Delete what was kept long enough."""
    sending.prune()
