"""Items: the things that values are about. Their labels are sealed like values."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.datastore.checking import UNSHOWN
from accounts.datastore.domain import keeping
from accounts.datastore.domain.owning import open_json, seal_json
from accounts.datastore.models import FieldValue, Item, Owner
from accounts.datastore.policies import can_keep
from accounts.datastore.states import ItemKind
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Conflict, Fault, refuse, require

LABEL_LENGTH = 120
# Who keeps an item of these kinds: the household, while the person is in one.
OF_THE_HOUSEHOLD = frozenset({ItemKind.HOME, ItemKind.METER})


@transaction.atomic
def add(owner: Owner, *, actor: Actor, kind: str, label: str) -> Item:
    """A thing of one of the known kinds, under the name that its owner gives it."""
    require(can_keep(actor, owner))
    refuse(check_add(kind=kind, label=label))
    item = Item(owner=owner, kind=kind)
    item.sealed_label = seal_label(item, label.strip())
    item.save()
    record("item.added", actor=actor, kind="item", subject=item.public_id, item_kind=kind)
    return item


@transaction.atomic
def end(item: Item, *, actor: Actor) -> None:
    """The thing is gone: its values are withdrawn with it."""
    require(can_keep(actor, item.owner))
    if not Item.objects.filter(pk=item.pk, ended_at__isnull=True).update(ended_at=Now()):
        raise Conflict(_("This item was removed before."), code="ended")
    for value in FieldValue.objects.select_related("owner__key", "item").filter(item=item, ended_at__isnull=True):
        keeping.withdraw(value, actor=actor)
    record("item.ended", actor=actor, kind="item", subject=item.public_id)


def belongs_to(kind: str) -> str:
    """Whether things of this kind are the household's or the person's."""
    return "household" if kind in OF_THE_HOUSEHOLD else "person"


def label_of(item: Item) -> str:
    """The name that the owner gave it."""
    return str(open_json(item.owner, _context(item), item.sealed_label))


def seal_label(item: Item, label: str) -> bytes:
    """The name under the owner's key, bound to this thing."""
    return seal_json(item.owner, _context(item), label)


def check_add(*, kind: str, label: str) -> list[Fault]:
    """Everything wrong with a new item."""
    faults = []
    if kind not in ItemKind.values:
        faults.append(Fault("/kind", "unknown_kind", _("Choose one of: %(kinds)s.") % {"kinds": ", ".join(ItemKind)}))
    if not label.strip():
        faults.append(Fault("/label", "blank", _("This is empty.")))
    elif UNSHOWN.search(label):
        faults.append(Fault("/label", "characters", _("This holds characters that cannot be shown.")))
    elif len(label) > LABEL_LENGTH:
        faults.append(Fault("/label", "too_long", _("Write at most %(most)d characters.") % {"most": LABEL_LENGTH}))
    return faults


def _context(item: Item) -> str:
    return f"{item.public_id}|label"
