"""Drafts: written, changed, thrown away, copied. What the person said is sealed with the owner's key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.datastore.domain.keeping import live_values
from accounts.datastore.domain.owning import open_json, owner_for_household, owner_for_person, seal_json
from accounts.datastore.models import FieldValue, Item, Owner
from accounts.datastore.policies import visible_items
from accounts.models import Household, User
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.clock import database_now
from marketplace.kernel.errors import Fault, refuse, require
from rfps.disclosure.projections import owners_behind, values_of
from rfps.domain import composing, filling
from rfps.domain.checking import Faults, moment
from rfps.domain.composing import Body
from rfps.domain.holding import change as write
from rfps.domain.holding import fresh, hold, unchanged
from rfps.models import Rfp, RfpQuerySet
from rfps.policies import can_change_rfp, can_draft
from rfps.states import Phase, RfpKind

# A copy asks anew, so it says anew until when.
NOT_COPIED = ("closes_at", "decides_by")


@dataclass(frozen=True, slots=True)
class Content:
    """A whole body, whose facts it may show, and their live values that it is made from or asks for."""

    body: Body
    owners: list[Owner]
    live: dict[str, FieldValue]


@transaction.atomic
def draft(*, actor: Actor, body: Any) -> Rfp:
    """A new draft. It may lack anything; what is there must be right."""
    require(can_draft(actor))
    given, faults = composing.check(body)
    customer = _person(actor)
    rfp = Rfp(owner=_owner(given, customer, faults), customer=customer, item=_item(given, actor, faults))
    refuse(faults + _past(given))
    refuse(_contradictions(rfp, given))
    return _insert(rfp, given, actor=actor, verb="rfp.drafted")


def values_in_clear(rfp: Rfp, bodies: Sequence[Body]) -> dict[str, Any]:
    """For the person themself: the live values that the bodies' templates and areas read."""
    return filling.in_clear(values_of(rfp, filling.keys_of(bodies)))


@transaction.atomic
def change(rfp: Rfp, *, actor: Actor, body: Any, revision: int | None = None) -> Rfp:
    """Replace members of a draft's body; null brings a member's default back. Conflict `stale` after `revision`."""
    require(can_change_rfp(actor, rfp))
    held = hold(rfp, Phase.DRAFT)
    changed, faults = composing.check(body)
    before = given_of(held)
    named = set(body) if isinstance(body, dict) else set()
    given = {name: value for name, value in before.items() if name not in named} | changed
    if given != before:  # a button pressed twice says the same again
        unchanged(held, revision)
    faults += _fixed(held, changed)
    if "item" in named:  # another member of the household may change the rest of a request about one's own thing
        held.item = _item(given, actor, faults)
    refuse(faults + _past(changed))
    refuse(_contradictions(held, given))
    record("rfp.changed", actor=actor, kind="rfp", subject=held.public_id, members=sorted(named))
    return write(held, sealed_draft=seal_body(held, given), kind=given.get("kind", RfpKind.RFP), item=held.item)


@transaction.atomic
def discard(rfp: Rfp, *, actor: Actor) -> None:
    """Throw a draft away."""
    require(can_change_rfp(actor, rfp))
    held = hold(rfp, Phase.DRAFT)
    record("rfp.discarded", actor=actor, kind="rfp", subject=held.public_id)
    held.delete()


@transaction.atomic
def copy(rfp: Rfp, *, actor: Actor) -> Rfp:
    """A new draft that says what this request says, without its dates."""
    require(can_change_rfp(actor, rfp))
    source = fresh(RfpQuerySet(Rfp), rfp)
    given = {name: value for name, value in given_of(source).items() if name not in NOT_COPIED}
    customer = _person(actor)
    new = Rfp(owner=source.owner, customer=customer, item=source.item, copy_of=source)
    return _insert(new, given, actor=actor, verb="rfp.copied")


def given_of(rfp: Rfp) -> Body:
    """The body as the customer wrote it; of a published request, all that was published."""
    body: Body = open_json(rfp.owner, _context(rfp), rfp.sealed_draft)
    return body


def content_of(rfp: Rfp) -> Content:
    """The body with every default, as it would be published now (or as it was), and what was read for it."""
    given, owners = given_of(rfp), owners_behind(rfp)
    live = live_values(owners, filling.keys_of([given]), item=rfp.item)
    body = given if rfp.published_at is not None else filling.complete(given, filling.in_clear(live))
    return Content(body, owners, live)


def bodies_of(rows: Sequence[Rfp]) -> list[Body]:
    """The bodies of several requests, with the person's values read once however many drafts they fill."""
    given = {rfp.pk: given_of(rfp) for rfp in rows}
    drafts: dict[tuple[int | None, ...], list[Rfp]] = defaultdict(list)
    for rfp in rows:
        if rfp.published_at is None:
            drafts[rfp.owner_id, rfp.customer_id, rfp.item_id].append(rfp)
    for alike in drafts.values():
        values = values_in_clear(alike[0], [given[rfp.pk] for rfp in alike])
        given |= {rfp.pk: filling.complete(given[rfp.pk], values) for rfp in alike}
    return [given[rfp.pk] for rfp in rows]


def seal_body(rfp: Rfp, body: Body) -> bytes:
    """The body under the owner's key, bound to this request."""
    return seal_json(rfp.owner, _context(rfp), body)


def _insert(rfp: Rfp, given: Body, *, actor: Actor, verb: str) -> Rfp:
    rfp.kind, rfp.sandbox = given.get("kind", RfpKind.RFP), given.get("sandbox", False)
    rfp.sealed_draft = seal_body(rfp, given)
    rfp.save()
    record(verb, actor=actor, kind="rfp", subject=rfp.public_id)
    return fresh(RfpQuerySet(Rfp), rfp)


def _context(rfp: Rfp) -> str:
    return f"rfp|{rfp.public_id}"


def _person(actor: Actor) -> User:
    assert actor.person_id is not None
    return User.objects.get(pk=actor.person_id)


def _owner(given: Body, person: User, faults: Faults) -> Owner:
    if given.get("owner") != "household":
        return owner_for_person(person)
    home = Household.objects.filter(members__user=person, members__left_at__isnull=True).first()
    if home is None:
        faults.append(Fault("/owner", "no_household", _("You live in no household here.")))
        return owner_for_person(person)
    return owner_for_household(home)


def _item(given: Body, actor: Actor, faults: Faults) -> Item | None:
    if given.get("item") is None:
        return None
    item = visible_items(actor).filter(public_id=given["item"]).first()
    if item is None:
        faults.append(Fault("/item", "unknown_item", _("You have no such thing here.")))
    return item


def _past(given: Body) -> Faults:
    """Dates that a person names now must lie ahead; a draft that was left lying is told so when it is published."""
    now = database_now()
    late = [name for name in ("closes_at", "decides_by") if given.get(name) and moment(given[name]) <= now]
    return [Fault(f"/{name}", "past", _("This time is past.")) for name in late]


def _contradictions(rfp: Rfp, given: Body) -> Faults:
    """Asked only of a body whose members are each right: otherwise people would read echoes of the same faults."""
    refuse(composing.check_answers(given))
    return composing.check_whole(filling.complete(given, values_in_clear(rfp, [given])))


def _fixed(rfp: Rfp, changed: Body) -> Faults:
    """Whose request it is, and whether it is one for trying out, was decided when the draft began."""
    now = {"owner": "household" if rfp.owner.household_id else "person", "sandbox": rfp.sandbox}
    message = _("This was decided when the draft began.")
    return [Fault(f"/{name}", "immutable", message) for name in now if changed.get(name, now[name]) != now[name]]
