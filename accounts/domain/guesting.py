"""Guests: people without an e-mail address, who keep and draft like anybody until they give one or go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.datastore.domain import moving
from accounts.datastore.domain.owning import owner_for_person
from accounts.datastore.models import Owner
from accounts.datastore.policies import owners_of
from accounts.models import User
from accounts.policies import actor_of_person
from accounts.signals import guest_leaving, guest_moving
from marketplace.audit.recording import record
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import Conflict
from marketplace.kernel.locks import try_lock

KEPT = timedelta(days=7)
EXTENDED_AFTER = timedelta(days=1)  # so that a busy guest costs one write a day
CHUNK = 50
SALT = "accounts.guesting.token"


@transaction.atomic
def begin(*, locale: str = "en") -> User:
    """A new guest with a data key of their own; kept for seven days after they were last here."""
    guest = User.objects.create_guest(locale=locale, guest_until=Now() + KEPT)
    guest.refresh_from_db(fields=["guest_until", "date_joined"])
    owner_for_person(guest)
    record("guest.began", actor=actor_of_person(guest), kind="person", subject=guest.public_id)
    return guest


def token_of(guest: User) -> str:
    """What the guest's browser holds: whoever shows it is this guest. Worth nothing once the guest is none."""
    return Signer(salt=SALT).sign(str(guest.public_id))


def guest_with(token: str) -> User | None:
    """The guest who was given this token, unless their time is over or they have an account now."""
    named = _named_by(token)
    return User.objects.filter(public_id=named, guest_until__gt=Now()).first() if named else None


def was_guest(token: str) -> bool:
    """Whether the token was given to somebody who is a guest no more."""
    named = _named_by(token)
    return named is not None and not User.objects.filter(public_id=named, guest_until__gt=Now()).exists()


def extend(guest: User) -> bool:
    """Seven days more, from now, once a day; whether that was written."""
    if guest.guest_until is None or guest.guest_until > timezone.now() + KEPT - EXTENDED_AFTER:
        return False  # by this machine's clock, which spares the fresh guest a query
    stale = User.objects.filter(pk=guest.pk, guest_until__gt=Now(), guest_until__lt=Now() + KEPT - EXTENDED_AFTER)
    return bool(stale.update(guest_until=Now() + KEPT))


def hold(guest: User) -> bool:
    """Whether the guest still is one; then nobody adopts them before this transaction has ended."""
    return User.objects.select_for_update(no_key=True).filter(pk=guest.pk, guest_until__gt=Now()).exists()


def account_of(email: str) -> User | None:
    """Whose address it is: of the account that proved it, else of the account that was opened with it."""
    email = _plain(email)
    proved = EmailAddress.objects.select_related("user").filter(email=email, verified=True).first()
    return proved.user if proved else User.objects.filter(email=email).first()


@transaction.atomic
def become(guest: User | None, *, email: str) -> User:
    """The guest, or whoever is new here, has an account with this address, which they have proved to be theirs.

    Again with the same address is the same account; Conflict `exists` when another account has the address.
    """
    email = _plain(email)
    held = User.objects.select_for_update().filter(pk=guest.pk).first() if guest else None
    if held is not None and held.email == email:
        return held
    try:
        with transaction.atomic():
            account = _named(held, email) if held and held.is_guest else User.objects.create_user(email)
            EmailAddress.objects.create(user=account, email=email, verified=True, primary=True)
    except IntegrityError as error:
        raise Conflict(_("There is an account with this address."), code="exists") from error
    record("guest.became", actor=actor_of_person(account), kind="person", subject=account.public_id)
    return account


@transaction.atomic
def prove(account: User, *, email: str) -> None:
    """The address is the person's. A password that somebody set before anybody had proved it is worth nothing."""
    email = _plain(email)
    address, new = EmailAddress.objects.select_for_update().get_or_create(user=account, email=email)
    if address.verified:
        return
    if not new and account.last_login is None:
        account.set_unusable_password()
        account.save(update_fields=["password"])
    address.primary = not EmailAddress.objects.filter(user=account, primary=True).exists()
    address.verified = True
    address.save(update_fields=["primary", "verified"])
    record("person.proved_address", actor=actor_of_person(account), kind="person", subject=account.public_id)


@transaction.atomic
def adopt(guest: User, *, account: User) -> bool:
    """All that the guest kept and drafted belongs to the account, and the guest is gone; whether there was one.

    What the account keeps already stays as it is; the guest's drafts go on saying what the guest said.
    """
    held = User.objects.select_for_update().filter(pk=guest.pk, guest_until__gt=Now()).first()
    if held is None or account.is_guest:
        return False
    source, target = owner_for_person(held), owner_for_person(account)
    known: Sequence[Owner] = list(owners_of(actor_of_person(account)))
    spared = moving.take_over(source, target, known=known)
    guest_moving.send(User, source=source, target=target, spared=spared)
    _leave(held)
    record(
        "guest.adopted",
        actor=actor_of_person(account),
        kind="person",
        subject=account.public_id,
        guest=str(held.public_id),
        kept_apart=sorted(spared),
    )
    return True


def forget_expired() -> int:
    """Delete the guests whose time is over, with their keys, drafts and values; how many."""
    gone = 0
    while found := _forget_chunk():
        gone += found
    return gone


@transaction.atomic
def _forget_chunk() -> int:
    if not try_lock("accounts.forget_guests"):
        return 0
    over = User.objects.select_for_update(skip_locked=True).filter(guest_until__lte=Now())
    guests = list(over.order_by("guest_until")[:CHUNK])
    for guest in guests:
        record("guest.expired", actor=SYSTEM, kind="person", subject=guest.public_id)
        _leave(guest)
    return len(guests)


def _leave(guest: User) -> None:
    guest_leaving.send(User, guest=guest)
    owner = Owner.objects.filter(person=guest).first()
    if owner is not None:
        moving.destroy(owner)
    User.objects.filter(pk=guest.pk).delete()


def _named_by(token: str) -> UUID | None:
    try:
        return UUID(Signer(salt=SALT).unsign(token))
    except (BadSignature, ValueError):
        return None


def _named(guest: User, email: str) -> User:
    guest.email, guest.guest_until, guest.is_active = email, None, True
    guest.save(update_fields=["email", "guest_until", "is_active"])
    return guest


def _plain(email: str) -> str:
    return email.strip().lower()
