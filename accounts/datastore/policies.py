"""Whose data a person may hold, see and change."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.datastore.models import FieldValue, Item, Owner
from marketplace.kernel.actors import Actor


def owners_of(actor: Actor) -> QuerySet[Owner]:
    """The person's own data and, while they are a member, their household's. Organisations have none."""
    if not actor.is_person:
        return Owner.objects.none()
    lives_there = Q(
        household__members__user_id=actor.person_id,
        household__members__left_at__isnull=True,
    )
    return Owner.objects.filter(Q(person_id=actor.person_id) | lives_there, erased_at__isnull=True).distinct()


def can_keep(actor: Actor, owner: Owner) -> bool:
    """Whether the actor may add to, correct and withdraw what this owner keeps."""
    return owners_of(actor).filter(pk=owner.pk).exists()


def visible_values(actor: Actor) -> QuerySet[FieldValue]:
    """Live values of the owners that the actor acts for."""
    return FieldValue.objects.filter(owner__in=owners_of(actor), ended_at__isnull=True)


def visible_items(actor: Actor) -> QuerySet[Item]:
    """The things that those owners keep facts about."""
    return Item.objects.filter(owner__in=owners_of(actor), ended_at__isnull=True)
