"""What apps above may listen to. Sent with send() inside the transaction."""

from __future__ import annotations

from django.dispatch import Signal

value_changed = Signal()  # value: FieldValue (the new version, or the one withdrawn)
household_left = Signal()  # household: Household, user: User
organisation_suspended = Signal()  # organisation: Organisation
guest_moving = Signal()  # source: Owner (the guest's), target: Owner, spared: {field: the guest's value in clear}
guest_leaving = Signal()  # guest: User (about to be deleted with their data key)
organisation_checked = Signal()  # organisation: Organisation (it may match again)
