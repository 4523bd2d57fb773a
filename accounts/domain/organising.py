"""Organisations: founded, and who acts for them."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation, Supplier, User
from accounts.policies import can_manage_members, require_account
from accounts.states import MemberRole, OrganisationKind
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor, ActorKind
from marketplace.kernel.errors import Conflict, Fault, refuse, require


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
    """A new organisation with the person as its owner; it matches and bids only once an operator has checked it."""
    require(actor.kind == ActorKind.SYSTEM or actor.person_id == user.pk)
    require_account(user)
    refuse(check_found(kind=kind, name=name, country=country))
    made = Organisation.objects.create(
        kind=kind, name=name.strip(), legal_name=legal_name, country=country, sandbox=sandbox
    )
    Membership.objects.create(organisation=made, user=user, role=MemberRole.OWNER)
    if kind == OrganisationKind.SUPPLIER:
        Supplier.objects.create(organisation=made)
    record("organisation.founded", actor=actor, kind="organisation", subject=made.public_id, organisation_kind=kind)
    return made


@transaction.atomic
def admit(organisation: Organisation, user: User, *, actor: Actor, role: str) -> Membership:
    """The person acts for the organisation from now on; Conflict when they do already."""
    require(can_manage_members(actor, organisation))
    require_account(user)
    if role not in MemberRole.values:
        refuse([Fault("/role", "unknown_role", _("Choose one of: %(roles)s.") % {"roles": ", ".join(MemberRole)})])
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
    organisation = membership.organisation
    require(can_manage_members(actor, organisation))
    owners = Membership.objects.select_for_update().filter(organisation=organisation, role=MemberRole.OWNER)
    if [owner.pk for owner in owners] == [membership.pk]:
        raise Conflict(_("An organisation keeps at least one owner."), code="last_owner")
    person = str(membership.user.public_id)
    membership.delete()
    record("organisation.dismissed", actor=actor, kind="organisation", subject=organisation.public_id, person=person)


def check_found(*, kind: str, name: str, country: str) -> list[Fault]:
    """Everything wrong with a new organisation."""
    faults = []
    if kind not in OrganisationKind.values:
        kinds = ", ".join(OrganisationKind)
        faults.append(Fault("/kind", "unknown_kind", _("Choose one of: %(kinds)s.") % {"kinds": kinds}))
    if not name.strip():
        faults.append(Fault("/name", "blank", _("This is empty.")))
    elif len(name) > 120:
        faults.append(Fault("/name", "too_long", _("Write at most 120 characters.")))
    if len(country) != 2 or not country.isupper():
        faults.append(Fault("/country", "country", _("Give a two-letter country code, for example GB.")))
    return faults
