"""Checks of organisations by operators, on their own motion or when asked, and suspension."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.domain.reporting import tell_answered
from accounts.models import Check, CheckRequest, Organisation, User
from accounts.policies import can_check, can_manage_members, valid_checks, visible_check_requests
from accounts.signals import organisation_checked, organisation_suspended
from accounts.states import CheckKind, CheckOutcome
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Conflict, Fault, refuse, require

MAX_TEXT = 500


@dataclass(frozen=True, slots=True)
class Standing:
    """How a check of one kind stands: valid until a day, asked for, turned down, or none of it."""

    kind: CheckKind
    valid_until_on: date | None = None
    asked_at: datetime | None = None
    turned_down: str = ""  # why, while it has not been asked for again


def standings(organisation: Organisation, *, actor: Actor) -> list[Standing]:
    """Of each kind, for everybody who acts for the organisation."""
    require(actor.organisation_id == organisation.pk)
    asked = {each.kind: each for each in visible_check_requests(actor)}  # the latest of each kind
    held = {each.kind: each for each in valid_checks().filter(organisation=organisation).order_by("valid_until_on")}
    return [_standing(kind, held.get(kind), asked.get(kind)) for kind in CheckKind]


def _standing(kind: CheckKind, held: Check | None, asked: CheckRequest | None) -> Standing:
    waits = asked is not None and asked.answered_at is None
    return Standing(
        kind,
        valid_until_on=held.valid_until_on if held else None,
        asked_at=asked.created_at if asked and waits else None,
        turned_down=asked.reason if asked and not waits else "",
    )


@transaction.atomic
def ask(organisation: Organisation, *, actor: Actor, kind: str, note: str = "") -> CheckRequest:
    """Ask an operator for a check; Conflict `exists` while an earlier request for the same kind waits."""
    require(can_manage_members(actor, organisation))
    refuse(_check_asked(kind, note))
    try:
        with transaction.atomic():
            asked = CheckRequest.objects.create(
                organisation=organisation, kind=kind, note=note.strip(), asked_by_id=actor.person_id
            )
    except IntegrityError as error:
        raise Conflict(_("You have asked for this already; an operator will look at it."), code="exists") from error
    record(
        "organisation.check_asked",
        actor=actor,
        kind="organisation",
        subject=organisation.public_id,
        check_kind=kind,
    )
    return asked


@transaction.atomic
def turn_down(asked: CheckRequest, *, actor: Actor, reason: str) -> CheckRequest:
    """Say why the check was not made; the organisation may ask again. Conflict when it was answered before."""
    require(can_check(actor))
    if not 0 < len(reason.strip()) <= MAX_TEXT:
        refuse([Fault("/reason", "length", _("Write 1 to %(most)d characters.") % {"most": MAX_TEXT})])
    if not _answer(asked, CheckOutcome.REFUSED, reason.strip()):
        raise Conflict(_("This was answered before."), code="answered")
    asked.refresh_from_db()
    record(
        "organisation.check_refused",
        actor=actor,
        kind="organisation",
        subject=asked.organisation.public_id,
        check_kind=asked.kind,
    )
    tell_answered(asked)
    return asked


@transaction.atomic
def check(
    organisation: Organisation,
    *,
    actor: Actor,
    kind: str,
    valid_from_on: date,
    valid_until_on: date,
    checked_by: User,
    evidence: str = "",
) -> Check:
    """Note that an operator found this true of the organisation, from the first to the last day, both included."""
    require(can_check(actor))
    refuse(check_finding(kind=kind, valid_from_on=valid_from_on, valid_until_on=valid_until_on, evidence=evidence))
    found = Check.objects.create(
        organisation=organisation,
        kind=kind,
        valid_from_on=valid_from_on,
        valid_until_on=valid_until_on,
        evidence=evidence,
        checked_by=checked_by,
    )
    record(
        "organisation.checked",
        actor=actor,
        kind="organisation",
        subject=organisation.public_id,
        check=str(found.public_id),
        check_kind=kind,
    )
    asked = CheckRequest.objects.filter(organisation=organisation, kind=kind, answered_at__isnull=True).first()
    if asked is not None and _answer(asked, CheckOutcome.FOUND):
        tell_answered(asked, valid_until_on=valid_until_on)
    organisation_checked.send(Organisation, organisation=organisation)
    return found


@transaction.atomic
def revoke(found: Check, *, actor: Actor) -> None:
    """The finding no longer counts, from now on; Conflict when it was revoked before."""
    require(can_check(actor))
    if not Check.objects.filter(pk=found.pk, revoked_at__isnull=True).update(revoked_at=Now()):
        raise Conflict(_("This check was revoked before."), code="revoked")
    organisation = found.organisation
    record(
        "organisation.check_revoked",
        actor=actor,
        kind="organisation",
        subject=organisation.public_id,
        check=str(found.public_id),
    )


@transaction.atomic
def suspend(organisation: Organisation, *, actor: Actor) -> None:
    """The organisation neither matches nor bids nor reads, and its keys are refused, until it is reinstated."""
    require(can_check(actor))
    if not Organisation.objects.filter(pk=organisation.pk, suspended_at__isnull=True).update(suspended_at=Now()):
        raise Conflict(_("This organisation is suspended already."), code="suspended")
    organisation.refresh_from_db(fields=["suspended_at"])
    record("organisation.suspended", actor=actor, kind="organisation", subject=organisation.public_id)
    organisation_suspended.send(Organisation, organisation=organisation)


@transaction.atomic
def reinstate(organisation: Organisation, *, actor: Actor) -> None:
    """The organisation is as it was before its suspension."""
    require(can_check(actor))
    if not Organisation.objects.filter(pk=organisation.pk, suspended_at__isnull=False).update(suspended_at=None):
        raise Conflict(_("This organisation is not suspended."), code="not_suspended")
    organisation.suspended_at = None
    record("organisation.reinstated", actor=actor, kind="organisation", subject=organisation.public_id)
    organisation_checked.send(Organisation, organisation=organisation)


def _answer(asked: CheckRequest, outcome: CheckOutcome, reason: str = "") -> bool:
    """Whether this was the first answer."""
    waiting = CheckRequest.objects.filter(pk=asked.pk, answered_at__isnull=True)
    return bool(waiting.update(answered_at=Now(), outcome=outcome, reason=reason))


def _check_asked(kind: str, note: str) -> list[Fault]:
    faults = []
    if kind not in CheckKind.values:
        faults.append(Fault("/kind", "unknown_kind", _("Choose one of: %(kinds)s.") % {"kinds": ", ".join(CheckKind)}))
    if len(note) > MAX_TEXT:
        faults.append(Fault("/note", "too_long", _("Write at most %(most)d characters.") % {"most": MAX_TEXT}))
    return faults


def check_finding(*, kind: str, valid_from_on: date, valid_until_on: date, evidence: str) -> list[Fault]:
    """Everything wrong with a finding that an operator enters."""
    faults = []
    if kind not in CheckKind.values:
        faults.append(Fault("/kind", "unknown_kind", _("Choose one of: %(kinds)s.") % {"kinds": ", ".join(CheckKind)}))
    if valid_until_on < valid_from_on:
        faults.append(Fault("/valid_until_on", "order", _("The last day is before the first.")))
    if len(evidence) > 300:
        faults.append(Fault("/evidence", "too_long", _("Write at most 300 characters.")))
    return faults
