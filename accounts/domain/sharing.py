"""Households: founded, joined by invitation, left. Leaving ends access in the same transaction."""

from __future__ import annotations

from datetime import timedelta

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.datastore.domain.owning import owner_for_household
from accounts.models import Household, HouseholdMember, User
from accounts.policies import is_member, require_account
from accounts.signals import household_left
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor, ActorKind
from marketplace.kernel.errors import Conflict, Fault, refuse, require

INVITATION_HOLDS = timedelta(days=7)
SALT = "accounts.sharing.invitation"


@transaction.atomic
def create(user: User, *, actor: Actor, name: str) -> Household:
    """A household of one, with a data key of its own; Conflict when the person lives in another."""
    require(actor.kind == ActorKind.SYSTEM or actor.person_id == user.pk)
    require_account(user)
    refuse(_check_name(name))
    household = Household.objects.create(name=name.strip())
    _enter(household, user)
    owner_for_household(household)
    record("household.created", actor=actor, kind="household", subject=household.public_id)
    return household


def invite(household: Household, *, actor: Actor, email: str) -> str:
    """A signed invitation for one address, good for a week."""
    require(is_member(actor, household))
    record("household.invited", actor=actor, kind="household", subject=household.public_id)
    return signing.dumps({"household": str(household.public_id), "email": email.strip().lower()}, salt=SALT)


@transaction.atomic
def join(household: Household, user: User, *, actor: Actor, invitation: str = "") -> HouseholdMember:
    """The person enters with an invitation for their own address; Conflict when they live in another household."""
    invited = actor.is_person and actor.person_id == user.pk and _fits(invitation, household, user)
    require(actor.kind == ActorKind.SYSTEM or invited, _("This invitation is not for you, or it is too old."))
    require_account(user)
    stay = _enter(household, user)
    record("household.joined", actor=actor, kind="household", subject=household.public_id, person=str(user.public_id))
    return stay


def invited_to(invitation: str) -> Household | None:
    """The household that a standing invitation is for, whoever holds it; None when it is none, or too old."""
    try:
        named = signing.loads(invitation, salt=SALT, max_age=INVITATION_HOLDS)
    except signing.BadSignature:
        return None
    return Household.objects.filter(public_id=named["household"]).first()


@transaction.atomic
def leave(household: Household, user: User, *, actor: Actor) -> None:
    """The person's access to the household's data ends when this transaction commits."""
    require(actor.kind == ActorKind.SYSTEM or (actor.is_person and actor.person_id == user.pk))
    stay = HouseholdMember.objects.filter(household=household, user=user, left_at__isnull=True)
    if not stay.update(left_at=Now()):
        raise Conflict(_("This person does not live in the household."), code="not_a_member")
    record("household.left", actor=actor, kind="household", subject=household.public_id, person=str(user.public_id))
    household_left.send(Household, household=household, user=user)


def _enter(household: Household, user: User) -> HouseholdMember:
    try:
        with transaction.atomic():
            return HouseholdMember.objects.create(household=household, user=user)
    except IntegrityError as error:
        raise Conflict(_("A person lives in one household at a time."), code="has_household") from error


def _fits(invitation: str, household: Household, user: User) -> bool:
    try:
        named = signing.loads(invitation, salt=SALT, max_age=INVITATION_HOLDS)
    except signing.BadSignature:
        return False
    return bool(named == {"household": str(household.public_id), "email": user.email})


def _check_name(name: str) -> list[Fault]:
    if not name.strip():
        return [Fault("/name", "blank", _("This is empty."))]
    return [Fault("/name", "too_long", _("Write at most 100 characters."))] if len(name) > 100 else []
