"""Organisations: founded, described, and who acts for them. How people are invited: joining."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import Invitation, Membership, Organisation, Supplier, User
from accounts.policies import can_manage_members, require_account, valid_checks
from accounts.states import MemberRole, OrganisationKind
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor, ActorKind
from marketplace.kernel.clock import database_now
from marketplace.kernel.errors import Conflict, Fault, TooMany, refuse, require

DAY, FOUNDED_A_DAY = timedelta(days=1), 3
MAX_DESCRIPTION, MAX_CAPABILITIES, MAX_CAPABILITY = 2000, 100, 64
# A name stands in subjects of mails and beside other names: no line of its own, and nothing that turns text around.
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_web = URLValidator(schemes=["http", "https"])


@transaction.atomic
def found(
    user: User,
    *,
    actor: Actor,
    kind: str,
    name: str,
    legal_name: str = "",
    country: str = "GB",
    sandbox: bool = False,
) -> Organisation:
    """A new organisation with the person as its owner; it matches and bids only once an operator has checked it.

    Raises Conflict `exists` when the person owns one of that name, TooMany at three new ones a day.
    """
    self_made = actor.is_person and actor.person_id == user.pk and actor.scopes is None
    require(actor.kind == ActorKind.SYSTEM or self_made)
    require_account(user)
    refuse(check_found(kind=kind, name=name, country=country, legal_name=legal_name))
    if self_made:
        _check_founder(user, name.strip())
    made = Organisation.objects.create(
        kind=kind, name=name.strip(), legal_name=legal_name, country=country, sandbox=sandbox
    )
    Membership.objects.create(organisation=made, user=user, role=MemberRole.OWNER)
    if kind == OrganisationKind.SUPPLIER:
        Supplier.objects.create(organisation=made)
    record("organisation.founded", actor=actor, kind="organisation", subject=made.public_id, organisation_kind=kind)
    return made


def fingerprint(organisation: Organisation) -> str:
    """Of what the organisation says of itself now, so that whoever replaces it can say what they replace."""
    said: list[Any] = [organisation.name, organisation.legal_name, organisation.country]
    if organisation.kind == OrganisationKind.SUPPLIER:
        supplier = organisation.supplier
        said += [supplier.description, supplier.website, supplier.capabilities]
    return sha256(json.dumps(said).encode()).hexdigest()[:16]


@transaction.atomic
def describe(
    organisation: Organisation,
    *,
    actor: Actor,
    name: str,
    legal_name: str = "",
    country: str = "GB",
    description: str = "",
    website: str = "",
    capabilities: Sequence[str] = (),
    seen: str = "",
) -> Organisation:
    """Replace what the organisation says of itself. Name, legal name and country stay while a check holds.

    Raises Conflict `changed` when it says something else than what was `seen` (its `fingerprint`) meanwhile.
    """
    require(can_manage_members(actor, organisation))
    if seen and fingerprint(Organisation.objects.select_for_update().get(pk=organisation.pk)) != seen:
        message = _("This was changed since you opened it. To put what stands here in its place, press again.")
        raise Conflict(message, code="changed")
    identity = {"name": name.strip(), "legal_name": legal_name.strip(), "country": country}
    faults = check_found(kind=organisation.kind, name=name, country=country, legal_name=legal_name)
    faults += _check_described(description=description, website=website, capabilities=capabilities)
    refuse(faults or _check_unchanged(organisation, identity))
    Organisation.objects.filter(pk=organisation.pk).update(**identity)
    organisation.refresh_from_db(fields=list(identity))
    if organisation.kind == OrganisationKind.SUPPLIER:
        said = {"description": description.strip(), "website": website.strip(), "capabilities": _once(capabilities)}
        Supplier.objects.update_or_create(organisation=organisation, defaults=said)
    record("organisation.described", actor=actor, kind="organisation", subject=organisation.public_id)
    return organisation


@transaction.atomic
def admit(organisation: Organisation, user: User, *, actor: Actor, role: str) -> Membership:
    """The person acts for the organisation from now on; Conflict when they do already."""
    require(can_manage_members(actor, organisation))
    require_account(user)
    refuse(check_role(role))
    membership, created = Membership.objects.get_or_create(
        organisation=organisation, user=user, defaults={"role": role}
    )
    if not created:
        raise Conflict(_("This person acts for the organisation already."), code="exists")
    record(
        "organisation.admitted",
        actor=actor,
        kind="organisation",
        subject=organisation.public_id,
        person=str(user.public_id),
        role=role,
    )
    return membership


@transaction.atomic
def dismiss(membership: Membership, *, actor: Actor) -> None:
    """The person no longer acts for the organisation; its last owner cannot go."""
    require(can_manage_members(actor, membership.organisation))
    _end(membership, actor=actor, verb="organisation.dismissed")


@transaction.atomic
def leave(membership: Membership, *, actor: Actor) -> None:
    """The person themself acts for the organisation no more; its last owner cannot go."""
    require(actor.person_id == membership.user_id and actor.scopes is None)
    _end(membership, actor=actor, verb="organisation.left")


@transaction.atomic
def change_role(membership: Membership, *, actor: Actor, role: str) -> Membership:
    """The person has this role from now on; the last owner stays one."""
    organisation = membership.organisation
    require(can_manage_members(actor, organisation))
    refuse(check_role(role))
    if role != MemberRole.OWNER:
        _require_other_owner(membership)
        _take_back_invitations(membership)
    if not Membership.objects.filter(pk=membership.pk).update(role=role):
        raise Conflict(_("This person does not act for the organisation any more."), code="not_a_member")
    membership.refresh_from_db(fields=["role"])
    person = str(membership.user.public_id)
    record(
        "organisation.role_changed",
        actor=actor,
        kind="organisation",
        subject=organisation.public_id,
        person=person,
        role=role,
    )
    return membership


def _end(membership: Membership, *, actor: Actor, verb: str) -> None:
    _require_other_owner(membership)
    _take_back_invitations(membership)
    organisation, person = membership.organisation, str(membership.user.public_id)
    membership.delete()
    record(verb, actor=actor, kind="organisation", subject=organisation.public_id, person=person)


def _require_other_owner(membership: Membership) -> None:
    """Conflict for the last owner; the owners are locked in one order, so that two who go at once do not both go."""
    owners = Membership.objects.select_for_update().filter(
        organisation=membership.organisation_id, role=MemberRole.OWNER
    )
    if [owner.pk for owner in owners.order_by("pk")] == [membership.pk]:
        raise Conflict(_("An organisation keeps at least one owner."), code="last_owner")


def _take_back_invitations(membership: Membership) -> None:
    """Whoever no longer says who joins has nobody join by an earlier word."""
    theirs = Invitation.objects.filter(organisation=membership.organisation_id, invited_by=membership.user_id)
    theirs.filter(accepted_at__isnull=True, revoked_at__isnull=True).update(revoked_at=Now())


def check_role(role: str) -> list[Fault]:
    """Whether there is such a role."""
    if role in MemberRole.values:
        return []
    return [Fault("/role", "unknown_role", _("Choose one of: %(roles)s.") % {"roles": ", ".join(MemberRole)})]


def check_found(*, kind: str, name: str, country: str, legal_name: str = "") -> list[Fault]:
    """Everything wrong with a new organisation."""
    faults = []
    if kind not in OrganisationKind.values:
        kinds = ", ".join(OrganisationKind)
        faults.append(Fault("/kind", "unknown_kind", _("Choose one of: %(kinds)s.") % {"kinds": kinds}))
    if not any(map(str.isalnum, name)):
        faults.append(Fault("/name", "blank", _("Write a name with a letter or a digit in it.")))
    elif len(name) > 120:
        faults.append(Fault("/name", "too_long", _("Write at most 120 characters.")))
    if len(legal_name) > 200:
        faults.append(Fault("/legal_name", "too_long", _("Write at most 200 characters.")))
    for member, said in (("name", name), ("legal_name", legal_name)):
        if UNSEEN.search(said):
            faults.append(Fault(f"/{member}", "unseen", _("This holds a line break or another sign that nobody sees.")))
    if len(country) != 2 or not country.isupper():
        faults.append(Fault("/country", "country", _("Give a two-letter country code, for example GB.")))
    return faults


def _check_founder(user: User, name: str) -> None:
    """A double click founds one; and each organisation may write to strangers, so a person founds few."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)
    owned = Organisation.objects.filter(memberships__user=user, memberships__role=MemberRole.OWNER)
    if owned.filter(name__iexact=name).exists():
        raise Conflict(_("You have an organisation of this name already."), code="exists")
    if owned.filter(created_at__gt=database_now() - DAY).count() >= FOUNDED_A_DAY:
        message = _("A person founds %(most)d organisations a day.") % {"most": FOUNDED_A_DAY}
        raise TooMany(message, retry_after=int(DAY.total_seconds()), code="too_many_organisations")


def _check_described(*, description: str, website: str, capabilities: Sequence[str]) -> list[Fault]:
    faults = []
    if len(description) > MAX_DESCRIPTION:
        message = _("Write at most %(most)d characters.") % {"most": MAX_DESCRIPTION}
        faults.append(Fault("/description", "too_long", message))
    if website.strip():
        try:
            _web(website.strip())
        except ValidationError:
            message = _("Give an address like https://example.com.")
            faults.append(Fault("/website", "not_an_address", message))
    if len(capabilities) > MAX_CAPABILITIES:
        faults.append(Fault("/capabilities", "too_many", _("List at most %(most)d.") % {"most": MAX_CAPABILITIES}))
    for position, each in enumerate(capabilities[:MAX_CAPABILITIES]):
        if not 0 < len(each.strip()) <= MAX_CAPABILITY:
            message = _("Write 1 to %(most)d characters.") % {"most": MAX_CAPABILITY}
            faults.append(Fault(f"/capabilities/{position}", "length", message))
    return faults


def _check_unchanged(organisation: Organisation, identity: dict[str, str]) -> list[Fault]:
    """An operator looked at these; under another name the finding would be nobody's."""
    changed = [name for name, value in identity.items() if getattr(organisation, name) != value]
    if not changed or not valid_checks().filter(organisation=organisation).exists():
        return []
    message = _("This was checked. Write to the operator to have it changed.")
    return [Fault(f"/{name}", "checked", message) for name in changed]


def _once(capabilities: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(each.strip() for each in capabilities))
