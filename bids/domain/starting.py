"""How far a new supplier got, from its founding to its first offer."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from accounts.models import CheckRequest, Organisation
from accounts.policies import checked_suppliers
from bids.models import Bid
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import require
from rfps.delivery.models import Opportunity, Subscription
from rfps.delivery.policies import is_supplier


@dataclass(frozen=True, slots=True)
class Progress:
    """The steps, in order; `asked` says that an operator has the request for checks, while they are not valid."""

    described: bool
    asked: bool
    checked: bool
    subscribed: bool
    seen: bool
    offered: bool

    @property
    def done(self) -> bool:
        return self.described and self.checked and self.subscribed and self.seen and self.offered


def progress(*, actor: Actor) -> Progress:
    """Of the supplier that the actor acts for, in one query."""
    require(is_supplier(actor))
    mine = Q(organisation=OuterRef("pk"))
    steps = Organisation.objects.filter(pk=actor.organisation_key).values(
        described=Q(supplier__isnull=False) & ~Q(supplier__description=""),
        asked=Exists(CheckRequest.objects.filter(mine, answered_at__isnull=True)),
        checked=Exists(checked_suppliers().filter(pk=OuterRef("pk"))),
        subscribed=Exists(Subscription.objects.filter(mine, deleted_at__isnull=True)),
        seen=Exists(Opportunity.objects.filter(mine, opened_at__isnull=False)),
        offered=Exists(Bid.objects.filter(mine, first_submitted_at__isnull=False)),
    )
    return Progress(**steps.get())
