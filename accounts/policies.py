"""Who acts for whom, and who may see and change people, organisations and keys."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.models import (
    ApiKey,
    Check,
    CheckRequest,
    Household,
    HouseholdMember,
    Invitation,
    Membership,
    Organisation,
    SignIn,
    User,
)
from accounts.states import ORGANISATION_SCOPES, PERSON_SCOPES, REQUIRED_CHECKS, MemberRole, OrganisationKind
from marketplace.kernel.actors import Actor, ActorKind, Role
from marketplace.kernel.errors import NotAllowed, require
from marketplace.mail.models import Notice


class Today(models.Func):
    """The database's date (UTC, as every connection is)."""

    template = "CURRENT_DATE"
    output_field = models.DateField()


def actor_of_person(user: User, *, scopes: Iterable[str] | None = None) -> Actor:
    """The person as such, acting for nobody else."""
    return Actor(
        kind=ActorKind.PERSON,
        public_id=user.public_id,
        person_id=user.pk,
        is_operator=user.is_staff and user.is_active,
        scopes=None if scopes is None else frozenset(scopes),
    )


def actor_of_member(user: User, organisation: Organisation) -> Actor:
    """The person in their role in the organisation; NotAllowed when they have none or it is suspended."""
    membership = Membership.objects.filter(user=user, organisation=organisation).first()
    if membership is None or not user.is_active or organisation.suspended_at is not None:
        raise NotAllowed(_("You do not act for this organisation."), code="not_a_member")
    return _in_role(user, organisation, membership.role)


def _in_role(user: User, organisation: Organisation, role: str) -> Actor:
    return Actor(
        kind=ActorKind.ORGANISATION,
        public_id=organisation.public_id,
        person_id=user.pk,
        member_id=user.public_id,
        organisation_id=organisation.pk,
        organisation_kind=organisation.kind,
        role=Role(role),
    )


def actor_of_organisation(organisation: Organisation, *, scopes: Iterable[str] | None = None) -> Actor:
    """The organisation itself, as its keys act: with an owner's rights, narrowed by `scopes`."""
    return Actor(
        kind=ActorKind.ORGANISATION,
        public_id=organisation.public_id,
        organisation_id=organisation.pk,
        organisation_kind=organisation.kind,
        role=Role.OWNER,
        scopes=None if scopes is None else frozenset(scopes),
    )


def checked_suppliers() -> QuerySet[Organisation]:
    """Suppliers that match and bid today: not suspended, every required check valid by the database's date."""
    found = Organisation.objects.filter(kind=OrganisationKind.SUPPLIER, suspended_at__isnull=True)
    for kind in sorted(REQUIRED_CHECKS):
        found = found.filter(Exists(valid_checks().filter(organisation=OuterRef("pk"), kind=kind)))
    return found


def valid_checks() -> QuerySet[Check]:
    """Checks that hold today."""
    return Check.objects.filter(revoked_at__isnull=True, valid_from_on__lte=Today(), valid_until_on__gte=Today())


def is_checked(organisation: Organisation) -> bool:
    """Whether the organisation may match and bid today."""
    return checked_suppliers().filter(pk=organisation.pk).exists()


def require_account(user: User) -> None:
    """Refuse a guest: only who can be reached joins others or goes public."""
    require(not user.is_guest, _("Give your e-mail address first."), code="guest")


def household_of(user: User) -> Household | None:
    """Where the person lives now, as far as they have said."""
    return Household.objects.filter(members__user=user, members__left_at__isnull=True).first()


def visible_members(actor: Actor) -> QuerySet[HouseholdMember]:
    """Those who live in the actor's household now, the actor among them, in the order they moved in."""
    if not actor.is_person:
        return HouseholdMember.objects.none()
    mine = HouseholdMember.objects.filter(user_id=actor.person_key, left_at__isnull=True).values("household")
    living = HouseholdMember.objects.filter(household__in=mine, left_at__isnull=True)
    return living.select_related("user", "household").order_by("pk")


def memberships_of(user: User) -> QuerySet[Membership]:
    """The organisations that the person may act for, by name."""
    found = Membership.objects.filter(user=user, organisation__suspended_at__isnull=True)
    return found.select_related("organisation").order_by("organisation__name")


def actors_of_member(user: User) -> dict[Organisation, Actor]:
    """The person in each of their organisations, in one query."""
    found = memberships_of(user)
    return {seat.organisation: _in_role(user, seat.organisation, seat.role) for seat in found if user.is_active}


def seat_of(user: User | AnonymousUser, organisation: UUID) -> tuple[Organisation, Actor]:
    """The organisation of a page's address, and the person in their role there; Http404 for everybody else."""
    assert isinstance(user, User)
    seat = get_object_or_404(memberships_of(user), organisation__public_id=organisation)
    return seat.organisation, _in_role(user, seat.organisation, seat.role)


def visible_organisations(actor: Actor) -> QuerySet[Organisation]:
    """Public records: every supplier that was ever checked and is not suspended, and the actor's own."""
    known = Organisation.objects.filter(
        kind=OrganisationKind.SUPPLIER, sandbox=False, suspended_at__isnull=True, checks__isnull=False
    )
    own = Organisation.objects.filter(pk=actor.organisation_key)
    return Organisation.objects.filter(models.Q(pk__in=known.values("pk")) | models.Q(pk__in=own.values("pk")))


def visible_suspensions(actor: Actor) -> QuerySet[Organisation]:
    """The organisations that are suspended, the last one first; for operators."""
    suspended = Organisation.objects.filter(suspended_at__isnull=False).order_by("-suspended_at", "-pk")
    return suspended if actor.is_operator else suspended.none()


def visible_check_requests(actor: Actor) -> QuerySet[CheckRequest]:
    """Operators: what waits for them, the oldest first, with its `age`. An organisation: all that it asked for."""
    waits = models.ExpressionWrapper(Now() - models.F("created_at"), output_field=models.DurationField())
    asked = CheckRequest.objects.select_related("organisation").annotate(age=waits).order_by("created_at", "pk")
    if actor.is_operator:
        return asked.filter(answered_at__isnull=True)
    return asked.filter(organisation_id=actor.organisation_key) if actor.is_organisation else asked.none()


def visible_memberships(actor: Actor) -> QuerySet[Membership]:
    """The team of the organisation that the actor acts for, owners first."""
    team = Membership.objects.select_related("user", "organisation")
    seats = team.filter(organisation_id=actor.organisation_key) if actor.is_organisation else team.none()
    first = models.Case(models.When(role=MemberRole.OWNER, then=0), default=1, output_field=models.IntegerField())
    return seats.order_by(first, "pk")


def visible_invitations(actor: Actor) -> QuerySet[Invitation]:
    """Those that still stand, for the owners who may take them back."""
    standing = Invitation.objects.filter(accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=Now())
    owner = actor.is_organisation and actor.role == Role.OWNER and actor.scopes is None
    return standing.filter(organisation_id=actor.organisation_key if owner else 0).order_by("created_at")


def visible_keys(actor: Actor) -> QuerySet[ApiKey]:
    """The keys of the holder that the actor may manage."""
    if actor.is_person:
        return ApiKey.objects.filter(person_id=actor.person_id)
    if actor.is_organisation and actor.role == Role.OWNER:
        return ApiKey.objects.filter(organisation_id=actor.organisation_key)
    return ApiKey.objects.none()


def visible_sign_ins(actor: Actor) -> QuerySet[SignIn]:
    """Where the person themself is signed in, as long as it lasts; no key of theirs sees it."""
    own = actor.is_person and actor.scopes is None
    rows = SignIn.objects.filter(session__expire_date__gt=Now()).order_by("-seen_on", "-pk")
    return rows.filter(user=actor.person_id) if own else rows.none()


def visible_notices(actor: Actor) -> QuerySet[Notice]:
    """What the person was told; nobody else sees it."""
    told = Notice.objects.order_by("-pk")
    return told.filter(person_id=actor.person_id) if actor.is_person else told.none()


def allowed_scopes(holder: User | Organisation) -> frozenset[str]:
    """Every scope that a key of this holder may carry."""
    if isinstance(holder, User):
        return PERSON_SCOPES
    return ORGANISATION_SCOPES[OrganisationKind(holder.kind)]


def can_manage_keys(actor: Actor, holder: User | Organisation) -> bool:
    """A person for their own keys, an owner for the organisation's; a key never makes keys."""
    if isinstance(holder, User) and holder.is_guest:
        return False
    if actor.kind == ActorKind.SYSTEM:
        return True
    if isinstance(holder, User):
        return actor.is_person and actor.person_id == holder.pk and actor.scopes is None
    own = actor.is_organisation and actor.organisation_id == holder.pk
    return own and actor.role == Role.OWNER and actor.scopes is None


def can_check(actor: Actor) -> bool:
    """Operators find out whether organisations are who they say, and suspend them."""
    return actor.kind == ActorKind.SYSTEM or actor.is_operator


def can_unlock(actor: Actor) -> bool:
    """Operators let in again who lost their passkeys and codes."""
    return actor.kind == ActorKind.SYSTEM or actor.is_operator


def is_member(actor: Actor, household: Household) -> bool:
    """Whether the actor, as a person, lives in the household now."""
    return actor.is_person and household.members.filter(user_id=actor.person_key, left_at__isnull=True).exists()


def can_manage_members(actor: Actor, organisation: Organisation) -> bool:
    """Owners say who else acts for their organisation."""
    own = actor.is_organisation and actor.organisation_id == organisation.pk and actor.role == Role.OWNER
    return actor.kind == ActorKind.SYSTEM or (own and actor.scopes is None)
