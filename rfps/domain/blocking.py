"""Suppliers that a person never wants to hear from."""

from __future__ import annotations

from django.db import transaction

from accounts.datastore.domain.owning import owner_for_person
from accounts.models import Organisation, User
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import require
from rfps.models import Block
from rfps.policies import can_draft, visible_blocks


@transaction.atomic
def block(organisation: Organisation, *, actor: Actor) -> tuple[Block, bool]:
    """The block, and whether it is new: from now on no request of this person reaches the supplier."""
    require(can_draft(actor))
    assert actor.person_id is not None
    owner = owner_for_person(User.objects.get(pk=actor.person_id))
    found, made = Block.objects.get_or_create(owner=owner, organisation=organisation)
    if made:
        record("supplier.blocked", actor=actor, kind="organisation", subject=organisation.public_id)
    return found, made


@transaction.atomic
def unblock(organisation: Organisation, *, actor: Actor) -> None:
    """Let the supplier hear of later requests again."""
    require(can_draft(actor))
    visible_blocks(actor).filter(organisation=organisation).delete()
    record("supplier.unblocked", actor=actor, kind="organisation", subject=organisation.public_id)
