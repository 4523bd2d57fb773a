"""What an account takes from the page on which it was made."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import user_signed_up
from django.dispatch import receiver
from django.utils.translation import get_language

from accounts.models import User
from marketplace.kernel.language import supported


@receiver(user_signed_up)
def keep_language(user: User, **_signal: Any) -> None:
    """Who signs up on German pages is answered and written to in German."""
    User.objects.filter(pk=user.pk).update(locale=supported(get_language() or ""))
