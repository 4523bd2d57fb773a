"""The language a person reads here and is written to in."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Fault, refuse, require


@transaction.atomic
def speak(user: User, language: str, *, actor: Actor) -> None:
    """Answer and write to the person in a language of ours from now on."""
    require(actor.person_key == user.pk)
    known = [code for code, _name in settings.LANGUAGES]
    faults = (
        [] if language in known else [Fault("/language", "unknown_language", _("This language is not spoken here."))]
    )
    refuse(faults)
    User.objects.filter(pk=user.pk).update(locale=language)
