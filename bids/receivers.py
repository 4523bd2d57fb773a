"""What happens to bids when something happens to their request."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from accounts.models import Household, User
from accounts.signals import household_left as left
from bids.domain import approving, bidding, ending
from marketplace.kernel.actors import Actor
from rfps import signals
from rfps.delivery.models import Opportunity
from rfps.delivery.signals import declined
from rfps.models import Rfp


@receiver(signals.closed)
def rfp_closed(rfp: Rfp, **_signal: Any) -> None:
    """The customer hears how many offers there are."""
    ending.tell_opened(rfp)


@receiver(declined)
def opportunity_declined(opportunity: Opportunity, actor: Actor, **_signal: Any) -> None:
    """Who will not offer takes back what it offered, as long as that is possible; later it cannot decline."""
    bidding.withdraw_all(opportunity, actor=actor)


@receiver(signals.cancelled)
def rfp_cancelled(rfp: Rfp, actor: Actor, **_signal: Any) -> None:
    """Nobody wins."""
    ending.close_bids(rfp, actor=actor, outcome="cancelled")


@receiver(signals.ended)
def rfp_ended(rfp: Rfp, actor: Actor, **_signal: Any) -> None:
    """Nobody wins."""
    ending.close_bids(rfp, actor=actor, outcome="ended")


@receiver(signals.lapsed)
def rfp_lapsed(rfp: Rfp, actor: Actor, **_signal: Any) -> None:
    """Nobody wins."""
    ending.close_bids(rfp, actor=actor, outcome="lapsed")


@receiver(signals.shared)
def rfp_shared(rfp: Rfp, **_signal: Any) -> None:
    """What was approved under other rules counts no more."""
    approving.forget(rfp)


@receiver(left)
def household_left(household: Household, user: User, **_signal: Any) -> None:
    """Who left decides nothing there any more, also after coming back."""
    approving.forget_person(household, user)


@receiver(signals.amended)
def rfp_amended(rfp: Rfp, actor: Actor, **_signal: Any) -> None:
    """Bids on an earlier version need a word."""
    ending.ask_again(rfp, actor=actor)
