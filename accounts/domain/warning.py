"""A mail to the person whenever the ways into their account change: if it was not them, they hear of it."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.utils.translation import override

from accounts.models import User
from marketplace.mail.queueing import language_of, queue
from marketplace.mail.rendering import render


def warn(user: User, *, what: str) -> None:
    """Queue the mail. `what`: passkey_added, passkey_removed, app_added, app_removed, codes_made or unlocked."""
    link = f"{settings.SITE_URL}/accounts/2fa/"
    with override(language_of(user.pk)):
        subject, body = render("account.changed", what=what, link=link)
    queue(user.pk, kind="account.changed", subject=subject, body=body, dedupe_key=f"account.changed:{uuid4()}")
