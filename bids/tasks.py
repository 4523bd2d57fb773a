"""What the clock does to choices."""

from __future__ import annotations

from celery import shared_task
from django.db import transaction

from bids.domain import awarding, waiting
from marketplace.kernel.locks import try_lock


@shared_task
def release() -> None:
    """Let choices fall through that nobody confirmed in time."""
    with transaction.atomic():
        if try_lock("bids.release"):
            awarding.release_unconfirmed()


@shared_task
def wait() -> None:
    """Tell customers whose requests wait for offers what they should know."""
    with transaction.atomic():
        if try_lock("bids.wait"):
            waiting.tell()
