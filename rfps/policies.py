"""Who may see and change a request from the owner's side."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.datastore.policies import owners_of
from marketplace.kernel.actors import Actor
from rfps.models import Block, Rfp, RfpQuerySet


def visible_rfps(actor: Actor) -> RfpQuerySet:
    """The requests of the person and of the household they live in; nobody else, operators included, has any."""
    requests = RfpQuerySet(Rfp).with_phase()
    return requests.filter(owner__in=owners_of(actor)) if actor.is_person else requests.none()


def visible_blocks(actor: Actor) -> QuerySet[Block]:
    """The suppliers that the person's owners never want to hear from."""
    blocks = Block.objects.all()
    return blocks.filter(owner__in=owners_of(actor)) if actor.is_person else blocks.none()


def can_draft(actor: Actor) -> bool:
    """Only a person asks; an organisation offers."""
    return actor.is_person


def can_change_rfp(actor: Actor, rfp: Rfp) -> bool:
    """Everybody to whom the request belongs may change, publish, close and end it."""
    return actor.is_person and owners_of(actor).filter(pk=rfp.owner_id).exists()
