"""Who may see and change a request: those to whom it belongs, and those with whom its customer shares it."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.datastore.policies import owners_of
from accounts.models import HouseholdMember
from marketplace.kernel.actors import Actor
from rfps.models import Block, Rfp, RfpQuerySet
from rfps.states import Sharing


def visible_rfps(actor: Actor) -> RfpQuerySet:
    """The requests of the person and of the household they live in, and published ones shared with them.

    Nobody else, operators included, has any. `owned` tells the former from the latter.
    """
    rows = RfpQuerySet(Rfp).with_phase().with_owned(owners_of(actor))
    return rows.filter(pk__in=readable_rfps(actor).values("pk"))


def readable_rfps(actor: Actor) -> RfpQuerySet:
    """The same rows as visible_rfps, bare, for use inside other queries."""
    if not actor.is_person:
        return RfpQuerySet(Rfp).none()
    return RfpQuerySet(Rfp).filter(Q(owner__in=owners_of(actor)) | _shared(actor, *SHARED))


def visible_blocks(actor: Actor) -> QuerySet[Block]:
    """The suppliers that the person's owners never want to hear from."""
    blocks = Block.objects.all()
    return blocks.filter(owner__in=owners_of(actor)) if actor.is_person else blocks.none()


def can_draft(actor: Actor) -> bool:
    """Only a person asks; an organisation offers."""
    return actor.is_person


def can_change_rfp(actor: Actor, rfp: Rfp) -> bool:
    """Everybody to whom the request belongs may change, close and end it.

    Sharing never lets anybody do that: who looks, helps or decides with the customer reads the request and what came
    in, and may say, propose, weigh or approve (see can_help, can_decide). Shortlisting, own columns, the customer's
    weights and marks, and every word to suppliers stay with those to whom the request belongs.
    """
    return actor.is_person and owners_of(actor).filter(pk=rfp.owner_id).exists()


def can_publish_rfp(actor: Actor, rfp: Rfp) -> bool:
    """The customer alone: publishing says who will see which of the customer's own facts."""
    return actor.person_id == rfp.customer_id and can_change_rfp(actor, rfp)


def can_share(actor: Actor, rfp: Rfp) -> bool:
    """The customer alone, and as long as the request is theirs."""
    return actor.person_id == rfp.customer_id and can_change_rfp(actor, rfp)


def can_look(actor: Actor, rfp: Rfp) -> bool:
    """Who may read everything that the customer reads about the request."""
    return readable_rfps(actor).filter(pk=rfp.pk).exists()


def can_help(actor: Actor, rfp: Rfp) -> bool:
    """Who may comment, propose and weigh for themself: those to whom it belongs, and helpers."""
    if not actor.is_person:
        return False
    mine = Q(owner__in=owners_of(actor)) | _shared(actor, Sharing.HELP, Sharing.DECIDE)
    return Rfp.objects.filter(mine, pk=rfp.pk).exists()


def _shared(actor: Actor, *ways: Sharing) -> Q:
    """Published requests shared in these ways with a household where actor and customer both live now.

    A draft is completed from the customer's own values, so it is nobody else's to read.
    """
    stays = HouseholdMember.objects.filter(household=OuterRef("shared_with"), left_at__isnull=True)
    together = Q(Exists(stays.filter(user_id=actor.person_key))) & Q(Exists(stays.filter(user=OuterRef("customer"))))
    return Q(together, sharing__in=ways, published_at__isnull=False)


SHARED = (Sharing.LOOK, Sharing.HELP, Sharing.DECIDE)
