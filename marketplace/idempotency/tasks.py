"""The clock's side of stored answers."""

from __future__ import annotations

from celery import shared_task

from marketplace.idempotency.replaying import prune


@shared_task
def prune_answers() -> None:
    """Delete what is older than 24 hours."""
    prune()
