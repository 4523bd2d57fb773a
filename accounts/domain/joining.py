"""Joining a team by a mail: invited by an owner, accepted by whoever proves to hold the address."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.domain.organising import check_role
from accounts.models import Invitation, Membership, Organisation, User
from accounts.policies import can_manage_members
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.clock import database_now
from marketplace.kernel.errors import Conflict, Fault, Gone, NotFound, TooMany, refuse, require
from marketplace.mail.models import SLOT
from marketplace.mail.queueing import language_at, queue
from marketplace.mail.rendering import render

HOLDS = timedelta(days=14)
DAY = timedelta(days=1)
A_DAY = 20  # of one organisation: each writes to an address that nobody has proved to know it
MAX_TOKEN = 100


@transaction.atomic
def invite(organisation: Organisation, *, actor: Actor, email: str, role: str) -> Invitation:
    """Write to the address; an earlier invitation of it that still stands is replaced.

    Raises Conflict `exists` when its holder is in the team, TooMany at 20 a day.
    """
    require(can_manage_members(actor, organisation))
    address = email.strip().lower()
    refuse([*check_address(address), *check_role(role)])
    Organisation.objects.select_for_update(no_key=True).only("pk").get(pk=organisation.pk)  # two at once are counted
    _check_rate(organisation)
    if Membership.objects.filter(organisation=organisation, user__email__iexact=address).exists():
        raise Conflict(_("This person acts for the organisation already."), code="exists")
    _standing().filter(organisation=organisation, email=address).update(revoked_at=Now())
    token = secrets.token_urlsafe(32)
    made = Invitation.objects.create(
        organisation=organisation,
        email=address,
        role=role,
        sha256=_hashed(token),
        invited_by_id=actor.person_id,
        expires_at=database_now() + HOLDS,
    )
    _write(made, token)
    record("organisation.invited", actor=actor, kind="organisation", subject=organisation.public_id, role=role)
    return made


@transaction.atomic
def take_back(invitation: Invitation, *, actor: Actor) -> None:
    """The invitation holds no more; Conflict when it was accepted or taken back before."""
    require(can_manage_members(actor, invitation.organisation))
    if not _standing().filter(pk=invitation.pk).update(revoked_at=Now()):
        raise Conflict(_("This invitation was accepted or taken back before."), code="wrong_state")
    subject = invitation.organisation.public_id
    record("organisation.invitation_taken_back", actor=actor, kind="organisation", subject=subject)


def find(token: str) -> Invitation:
    """The invitation behind a link, for anybody who holds it.

    Raises NotFound `unknown_link`, Gone `accepted`, `revoked`, `expired`.
    """
    rows = Invitation.objects.select_related("organisation")
    found = rows.filter(sha256=_hashed(token)).first() if len(token) <= MAX_TOKEN else None
    if found is None:
        raise NotFound(_("There is no such invitation. Take the link in the newest mail."), code="unknown_link")
    _require_standing(found)
    return found


@transaction.atomic
def join(token: str, user: User, *, actor: Actor) -> Membership:
    """The signed-in person enters the team if the invitation's address is theirs and verified.

    Raises what `find` does; NotAllowed `other_address`, `suspended`; Conflict `exists`.
    """
    require(actor.is_person and actor.person_id == user.pk and actor.scopes is None)
    invitation = _hold(find(token))
    organisation = invitation.organisation
    message = _("This invitation was sent to another address. Sign in with that one, or add it to your account.")
    require(_holds_address(user, invitation.email), message, code="other_address")
    require(organisation.suspended_at is None, _("This organisation is suspended."), code="suspended")
    seat, is_new = Membership.objects.get_or_create(
        organisation=organisation, user=user, defaults={"role": invitation.role}
    )
    if not is_new:
        raise Conflict(_("You act for this organisation already."), code="exists")
    Invitation.objects.filter(pk=invitation.pk).update(accepted_at=Now())
    subject, person = organisation.public_id, str(user.public_id)
    record("organisation.joined", actor=actor, kind="organisation", subject=subject, person=person, role=seat.role)
    return seat


def _hold(invitation: Invitation) -> Invitation:
    """The row locked and judged again: of two who use it at once, one is first."""
    held = Invitation.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=invitation.pk)
    _require_standing(held)
    return held


def _require_standing(invitation: Invitation) -> None:
    if invitation.accepted_at is not None:
        raise Gone(_("This invitation was accepted before."), code="accepted")
    if invitation.revoked_at is not None:
        raise Gone(_("This invitation was taken back. Ask for a new one."), code="revoked")
    if invitation.expires_at <= database_now():
        raise Gone(_("This invitation is too old. Ask for a new one."), code="expired")


def _standing() -> models.QuerySet[Invitation]:
    return Invitation.objects.filter(accepted_at__isnull=True, revoked_at__isnull=True)


def _holds_address(user: User, address: str) -> bool:
    return bool(EmailAddress.objects.filter(user=user, email__iexact=address, verified=True).exists())


def check_address(address: str) -> list[Fault]:
    """Whether one can write to it."""
    try:
        validate_email(address)
    except ValidationError:
        return [Fault("/email", "not_an_address", _("Give an e-mail address."))]
    return [Fault("/email", "too_long", _("This address is too long."))] if len(address) > 254 else []


def _check_rate(organisation: Organisation) -> None:
    since = database_now() - DAY
    recent = organisation.invitations.filter(created_at__gt=since).order_by("-created_at")
    times = list(recent.values_list("created_at", flat=True)[:A_DAY])
    if len(times) >= A_DAY:
        wait = int((times[-1] - since).total_seconds()) + 1
        message = _("An organisation invites %(most)d people a day.") % {"most": A_DAY}
        raise TooMany(message, retry_after=max(1, wait), code="too_many_invitations")


def _write(invitation: Invitation, token: str) -> None:
    with override(language_at(invitation.email)):
        subject, body = render(
            "team.invited",
            organisation=invitation.organisation.name,
            expires_at=invitation.expires_at,
            link=f"{settings.SITE_URL}/join/{SLOT}/",
        )
    key = f"team.invited:{invitation.public_id}"
    queue(
        None,
        kind="team.invited",
        subject=subject,
        body=body,
        dedupe_key=key,
        address=invitation.email,
        secret=token,
    )


def _hashed(token: str) -> str:
    # 256 random bits need no slow hash.
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
