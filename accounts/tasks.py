"""The clock's side of accounts."""

from __future__ import annotations

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore

from accounts.domain import guesting


@shared_task
def forget_guests() -> None:
    """Delete the guests whose time is over."""
    guesting.forget_expired()


@shared_task
def forget_sessions() -> None:
    """Delete the sessions whose time is over: they open nothing, but say who was here."""
    SessionStore.clear_expired()
