"""Sharing a request with those who live with its customer: look, help, or decide together."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.datastore import catalogue
from accounts.models import Household, HouseholdMember, User
from accounts.policies import actor_of_person, household_of
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Fault, refuse, require
from rfps import signals
from rfps.domain.composing import Body
from rfps.domain.holding import change, hold
from rfps.models import Rfp
from rfps.policies import can_share
from rfps.states import Phase, Sharing


@transaction.atomic
def share(rfp: Rfp, *, actor: Actor, sharing: str) -> Rfp:
    """Say what those who live with the customer now may do; "none" ends it at once, also a common decision.

    The customer may always take it back, so nobody can block a choice for ever; what was approved until then is
    forgotten. Raises Invalid `unknown_choice` or `no_household`.
    """
    require(can_share(actor, rfp))
    home = household_of(rfp.customer)
    refuse(_faults(sharing, home))
    if home is not None:
        members(home.pk)
    held = hold(rfp, *Phase)
    given = home if sharing != Sharing.NONE else None
    if (held.sharing, held.shared_with_id) == (sharing, given.pk if given else None):
        return held
    return _write(held, sharing, given, actor=actor)


def members(household_id: int | None) -> list[int]:
    """The people who live there, locked: nobody leaves until the transaction ends. Lock them before the request."""
    stays = HouseholdMember.objects.filter(household=household_id, left_at__isnull=True)
    return [stay.user_id for stay in stays.select_for_update(no_key=True).order_by("pk")]


def deciders(rfp: Rfp) -> list[int]:
    """Whose approval a choice needs now: the customer's alone, or everybody's with whom they decide."""
    stays = HouseholdMember.objects.filter(household=rfp.shared_with_id, left_at__isnull=True)
    living = list(stays.order_by("pk").values_list("user_id", flat=True))
    together = rfp.sharing == Sharing.DECIDE and rfp.customer_id in living
    return living if together else [rfp.customer_id]


def part(household: Household, user: User) -> None:
    """After a person left: their requests are shared no more, and neither are those of whoever is now alone."""
    left = list(HouseholdMember.objects.filter(household=household, left_at__isnull=True)[:2])
    alone = [left[0].user_id] if len(left) == 1 else []
    shared = Rfp.objects.filter(shared_with=household, customer__in=[user.pk, *alone])
    for rfp in shared.select_for_update(no_key=True).select_related("customer").order_by("pk"):
        _write(rfp, Sharing.NONE, None, actor=actor_of_person(user))


def without_personal(body: Body) -> Body:
    """The body for somebody with whom it is shared: of the answers only facts of the home they live in, too."""
    known = {key: value for key, value in (body.get("answers") or {}).items() if of_household(key)}
    return {**body, "answers": known, "confirmed": []}


def of_household(field: str) -> bool:
    """Whether a fact is one that everybody who lives there may know."""
    return catalogue.exists(field) and catalogue.field(field).belongs_to == "household"


def _write(rfp: Rfp, sharing: str, household: Household | None, *, actor: Actor) -> Rfp:
    held = change(rfp, sharing=sharing, shared_with=household)
    record("rfp.shared", actor=actor, kind="rfp", subject=held.public_id, sharing=str(sharing))
    signals.shared.send(sender=Rfp, rfp=held, actor=actor)
    return held


def _faults(sharing: Any, home: Household | None) -> list[Fault]:
    if sharing not in Sharing.values:
        known = ", ".join(Sharing.values)
        return [Fault("/sharing", "unknown_choice", _("Choose one of: %(known)s.") % {"known": known})]
    if sharing != Sharing.NONE and home is None:
        return [Fault("/sharing", "no_household", _("You live in no household here."))]
    return []
