"""Delivery's work by hint and by clock; what is to be done stands in rows."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.db import transaction
from django.dispatch import receiver

from marketplace.kernel.hinting import hint
from marketplace.kernel.locks import try_lock
from rfps.delivery.domain import fanning, reconciling, rematching
from rfps.delivery.signals import work_waiting


@shared_task
def fan_out() -> None:
    """Work off shards and changed subscriptions until nothing waits or a minute is over."""
    fanning.fan_out()
    rematching.rematch()


@shared_task
def kick() -> None:
    """The clock's hint: costs one indexed query each when nothing waits."""
    with transaction.atomic():
        waiting = try_lock("delivery.kick") and (fanning.anything_waits() or rematching.anything_waits())
    if waiting:
        fan_out()


@shared_task
def reconcile() -> None:
    """Say aloud what should be done by now and is not."""
    with transaction.atomic():
        if try_lock("delivery.reconcile"):
            reconciling.reconcile()


@receiver(work_waiting)
def hurry(**_signal: Any) -> None:
    """Wake a worker for what was just committed."""
    hint(fan_out)
