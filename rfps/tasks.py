"""What the clock does to requests."""

from __future__ import annotations

from celery import shared_task
from django.db import transaction

from marketplace.kernel.locks import try_lock
from rfps.domain import timing


@shared_task
def tick() -> None:
    """Tell deadlines, remind of decisions, let requests lapse."""
    with transaction.atomic():
        if try_lock("rfps.tick"):
            timing.tick()
