"""What an account takes from allauth: a language from the page on which it was made, a record of its ways in."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import user_signed_up
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.dispatch import receiver
from django.utils.translation import get_language

from accounts.domain.warning import warn
from accounts.models import User
from accounts.policies import actor_of_person
from marketplace.audit.recording import record
from marketplace.kernel.language import supported

SAID = {Authenticator.Type.WEBAUTHN: "passkey", Authenticator.Type.TOTP: "app"}


@receiver(user_signed_up)
def keep_language(user: User, **_signal: Any) -> None:
    """Who signs up on German pages is answered and written to in German."""
    User.objects.filter(pk=user.pk).update(locale=supported(get_language() or ""))


@receiver(authenticator_added)
def tell_added(user: User, authenticator: Authenticator, **_signal: Any) -> None:
    _tell(user, authenticator, "added")


@receiver(authenticator_removed)
def tell_removed(user: User, authenticator: Authenticator, **_signal: Any) -> None:
    _tell(user, authenticator, "removed")


@receiver(authenticator_reset)
def tell_made_anew(user: User, authenticator: Authenticator, **_signal: Any) -> None:
    _tell(user, authenticator, "reset")


def _tell(user: User, authenticator: Authenticator, done: str) -> None:
    """Recovery codes come and go with what they stand in for; only new ones are worth a mail of their own."""
    record(
        f"second_factor.{done}",
        actor=actor_of_person(user),
        kind="person",
        subject=user.public_id,
        factor=str(authenticator.type),
    )
    said = SAID.get(Authenticator.Type(authenticator.type))
    if said or done == "reset":
        warn(user, what=f"{said}_{done}" if said else "codes_made")
