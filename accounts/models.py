"""Who: people, households, organisations and their keys."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now

from accounts.states import CheckKind, CheckOutcome, MemberRole, OrganisationKind
from marketplace.kernel.fields import created_at
from marketplace.kernel.models import PublicModel


class UserManager(BaseUserManager["User"]):
    """Makes people by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)

    def create_guest(self, **extra: Any) -> User:
        """A person without an address, who cannot sign in."""
        user = self.model(email=None, is_active=False, **extra)
        user.set_unusable_password()
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail, or a guest who cannot yet. Staff are operators."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(max_length=254, unique=True, null=True, blank=True)
    name = models.CharField(max_length=150, blank=True)
    time_zone = models.CharField(max_length=64, default="Europe/London")
    locale = models.CharField(max_length=16, default="en")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(db_default=Now(), editable=False)
    guest_until = models.DateTimeField(null=True, blank=True, editable=False)  # then a guest and all of theirs go

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="accounts_email_once_in_any_case"),
            models.CheckConstraint(
                condition=Q(email__isnull=False, guest_until__isnull=True)
                | Q(
                    email__isnull=True,
                    guest_until__isnull=False,
                    is_active=False,
                    is_staff=False,
                    is_superuser=False,
                ),
                name="accounts_guest_has_no_address",
            ),
        ]
        indexes = [models.Index(fields=["guest_until"], name="accounts_guests", condition=Q(guest_until__isnull=False))]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def is_guest(self) -> bool:
        return self.guest_until is not None


class Household(PublicModel):
    """People who share facts of a home and decide together."""

    name = models.CharField(max_length=100)


class HouseholdMember(models.Model):
    """One stay of a person in a household; leaving ends access in the same transaction."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="households")
    joined_at = created_at()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(left_at__isnull=True), name="accounts_one_household_at_a_time"
            )
        ]


class Organisation(PublicModel):
    """A supplier, an attester or an advocacy group. Kind and sandbox never change (a trigger says so)."""

    kind = models.CharField(max_length=16, choices=OrganisationKind.choices)
    name = models.CharField(max_length=120)
    legal_name = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, default="GB")
    time_zone = models.CharField(max_length=64, default="Europe/London")
    sandbox = models.BooleanField(default=False)
    suspended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=OrganisationKind.values), name="accounts_known_organisation_kind"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's role in an organisation."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=MemberRole.choices)
    joined_at = created_at()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "user"], name="accounts_one_membership_each"),
            models.CheckConstraint(condition=Q(role__in=MemberRole.values), name="accounts_known_role"),
        ]


class Supplier(models.Model):
    """What a supplier organisation says of itself, publicly."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="supplier")
    description = models.TextField(max_length=2000, blank=True)
    website = models.URLField(max_length=300, blank=True)
    capabilities = ArrayField(models.CharField(max_length=64), default=list, blank=True)


class Check(PublicModel):
    """An operator's dated finding about an organisation; valid from the first to the last day, both included."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="checks")
    kind = models.CharField(max_length=16, choices=CheckKind.choices)
    valid_from_on = models.DateField()
    valid_until_on = models.DateField()
    evidence = models.CharField(max_length=300, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=CheckKind.values), name="accounts_known_check_kind"),
            models.CheckConstraint(
                condition=Q(valid_until_on__gte=F("valid_from_on")), name="accounts_check_days_in_order"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "kind", "valid_until_on"],
                name="accounts_live_check",
                condition=Q(revoked_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.get_kind_display()}"


class CheckRequest(PublicModel):
    """An organisation asks to be checked; operators see it, with its age, until one answers."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="check_requests")
    kind = models.CharField(max_length=16, choices=CheckKind.choices)
    note = models.CharField(max_length=500, blank=True)  # where to look: a register, a number
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=16, choices=CheckOutcome.choices, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind"],
                condition=Q(answered_at__isnull=True),
                name="accounts_one_open_check_request",
            ),
            models.CheckConstraint(condition=Q(kind__in=CheckKind.values), name="accounts_known_requested_kind"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, outcome="")
                | Q(answered_at__isnull=False, outcome__in=CheckOutcome.values),
                name="accounts_answer_has_outcome",
            ),
        ]


class Invitation(PublicModel):
    """A place in a team for whoever proves to hold the address; only the hash of its token is stored."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=16, choices=MemberRole.choices)
    sha256 = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="accounts_one_open_invitation",
            ),
            models.CheckConstraint(condition=Q(role__in=MemberRole.values), name="accounts_known_invited_role"),
        ]


class SignIn(PublicModel):
    """Where a person is signed in, as they know it: a kind of browser, a kind of device, the day it was last used.

    It goes with its session. Neither the browser's whole name nor an address on the net is kept.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_ins")
    session = models.OneToOneField("sessions.Session", on_delete=models.CASCADE, related_name="sign_in")
    browser = models.CharField(max_length=16, blank=True)
    system = models.CharField(max_length=16, blank=True)
    seen_on = models.DateField()


class ApiKey(PublicModel):
    """A bearer key of one person or one organisation; only its hash is stored."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="api_keys"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="api_keys"
    )
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=100, blank=True)
    prefix = models.CharField(max_length=16)
    sha256 = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=32))
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, organisation__isnull=True)
                | Q(person__isnull=True, organisation__isnull=False),
                name="accounts_key_of_one_holder",
            )
        ]

    def clean(self) -> None:
        if (self.person_id is None) == (self.organisation_id is None):
            raise ValidationError("A key belongs to one person or one organisation.")
