"""What the apps above may react to; sent with send() inside the transaction, with `rfp` and `actor`."""

from __future__ import annotations

from django.dispatch import Signal

published = Signal()  # rfp, actor
amended = Signal()  # rfp, actor: what suppliers were told has changed (also a later deadline)
closed = Signal()  # rfp, actor: no more offers are taken, a choice is due; sent once, early or at the deadline
cancelled = Signal()  # rfp, actor
ended = Signal()  # rfp, actor: decided without a choice, see rfp.end_reason
lapsed = Signal()  # rfp, actor: no decision came in time
shared = Signal()  # rfp, actor: who of the household may do what has changed
grant_ended = Signal()  # grant, opportunity, cause, actor
