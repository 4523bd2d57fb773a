"""What requests do when a guest becomes somebody or goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.dispatch import receiver

from accounts.datastore.models import Owner
from accounts.models import User
from accounts.signals import guest_leaving, guest_moving
from rfps.domain import adopting


@receiver(guest_moving)
def drafts_move(source: Owner, target: Owner, spared: Mapping[str, Any], **_signal: Any) -> None:
    """The guest's drafts belong to the account."""
    adopting.take_over(source, target, spared=spared)


@receiver(guest_leaving)
def drafts_go(guest: User, **_signal: Any) -> None:
    """The guest's drafts go with the guest."""
    adopting.forget(guest)
