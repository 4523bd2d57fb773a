"""Households: founded, joined by invitation, left. Leaving ends access in the same transaction."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.datastore.domain.owning import owner_for_household
from accounts.domain.joining import check_address
from accounts.models import Household, HouseholdMember, User
from accounts.policies import is_member, require_account
from accounts.signals import household_left
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor, ActorKind
from marketplace.kernel.clock import database_now
from marketplace.kernel.errors import Conflict, Fault, TooMany, refuse, require
from marketplace.mail.models import SLOT, Mail
from marketplace.mail.queueing import language_at, queue
from marketplace.mail.rendering import render

INVITATION_HOLDS = timedelta(days=7)
DAY = timedelta(days=1)
A_DAY = 20  # of one household: each writes to an address that nobody has proved to know it
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


@transaction.atomic
def invite(household: Household, *, actor: Actor, email: str) -> str:
    """Write to the address, in the language of who has it; the signed invitation holds for a week, for it alone.

    Raises TooMany at 20 a day.
    """
    require(is_member(actor, household))
    address = email.strip().lower()
    refuse(check_address(address))
    Household.objects.select_for_update(no_key=True).only("pk").get(pk=household.pk)  # two at once are counted
    _check_rate(household)
    invitation = signing.dumps(_named(household, address), salt=SALT)
    _write(household, address, invitation, actor)
    record("household.invited", actor=actor, kind="household", subject=household.public_id)
    return invitation


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
        public_id, _address = signing.loads(invitation, salt=SALT, max_age=INVITATION_HOLDS)
    except signing.BadSignature:
        return None
    return Household.objects.filter(public_id=public_id).first()


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
    return bool(named == _named(household, user.email or ""))


def _named(household: Household, address: str) -> list[str]:
    """The household and a hash of the address: the address itself stands in no link."""
    return [household.public_id.hex, hashlib.sha256(address.encode()).hexdigest()[:32]]


def _check_rate(household: Household) -> None:
    since = database_now() - DAY
    written = Mail.objects.filter(dedupe_key__startswith=_key(household), created_at__gt=since)
    times = list(written.order_by("-created_at").values_list("created_at", flat=True)[:A_DAY])
    if len(times) >= A_DAY:
        wait = int((times[-1] - since).total_seconds()) + 1
        message = _("A household invites %(most)d people a day.") % {"most": A_DAY}
        raise TooMany(message, retry_after=max(1, wait), code="too_many_invitations")


def _write(household: Household, address: str, invitation: str, actor: Actor) -> None:
    assert actor.person_id is not None
    inviter = User.objects.get(pk=actor.person_id)
    with override(language_at(address)):
        subject, body = render(
            "household.invited",
            household=household.name,
            inviter=inviter.name or inviter.email,
            expires_at=database_now() + INVITATION_HOLDS,
            link=f"{settings.SITE_URL}/household/join/?with={SLOT}",
        )
    kind, key = "household.invited", f"{_key(household)}{uuid4()}"
    queue(None, kind=kind, subject=subject, body=body, dedupe_key=key, address=address, secret=invitation)


def _key(household: Household) -> str:
    return f"household.invited:{household.public_id}:"


def _check_name(name: str) -> list[Fault]:
    if not name.strip():
        return [Fault("/name", "blank", _("This is empty."))]
    return [Fault("/name", "too_long", _("Write at most 100 characters."))] if len(name) > 100 else []
