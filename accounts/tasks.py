"""The clock's side of accounts."""

from __future__ import annotations

from celery import shared_task

from accounts.domain import guesting


@shared_task
def forget_guests() -> None:
    """Delete the guests whose time is over."""
    guesting.forget_expired()
