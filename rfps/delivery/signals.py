"""What delivery says upwards: there are rows to work on."""

from __future__ import annotations

from django.dispatch import Signal

# Sent after the commit that left shards waiting. Whoever hears it may hurry; nobody has to.
work_waiting = Signal()

# Sent with opportunity and actor, inside the transaction in which a supplier said that it will not offer.
declined = Signal()
