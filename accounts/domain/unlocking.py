"""Somebody lost their passkeys and codes: an operator lets them in by a code in a mail again."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain.warning import warn
from accounts.models import User
from accounts.policies import can_unlock
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Conflict, require


@transaction.atomic
def unlock(user: User, *, actor: Actor) -> None:
    """Take every passkey and code off the account, and tell its person; a password stays."""
    require(can_unlock(actor))
    if not Authenticator.objects.filter(user=user).delete()[0]:
        raise Conflict(_("This account has neither passkeys nor codes."), code="unlocked")
    record("person.unlocked", actor=actor, kind="person", subject=user.public_id)
    warn(user, what="unlocked")
