"""What happens to requests when something happens to people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.dispatch import receiver

from accounts.datastore.models import Owner
from accounts.models import Household, User
from accounts.signals import guest_leaving, guest_moving
from accounts.signals import household_left as left
from rfps.domain import adopting, sharing


@receiver(guest_moving)
def drafts_move(source: Owner, target: Owner, spared: Mapping[str, Any], **_signal: Any) -> None:
    """The guest's drafts belong to the account."""
    adopting.take_over(source, target, spared=spared)


@receiver(guest_leaving)
def drafts_go(guest: User, **_signal: Any) -> None:
    """The guest's drafts go with the guest."""
    adopting.forget(guest)


@receiver(left)
def household_left(household: Household, user: User, **_signal: Any) -> None:
    """Who moves out takes their requests along, and reads nobody else's."""
    sharing.part(household, user)
