"""A mail to a company's owners when an operator answered what they had asked for."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.utils.translation import override

from accounts.models import CheckRequest
from accounts.states import MemberRole
from marketplace.mail.queueing import language_of, queue
from marketplace.mail.rendering import render


def tell_answered(asked: CheckRequest, *, valid_until_on: date | None = None) -> None:
    """Queue it for each owner, in their language: found, and until when it holds, or turned down and why."""
    owners = asked.organisation.memberships.filter(role=MemberRole.OWNER).values_list("user", flat=True)
    for owner in owners:
        with override(language_of(owner)):
            subject, body = render(
                "check.answered",
                asked=asked,
                organisation=asked.organisation.name,
                valid_until_on=valid_until_on,
                link=f"{settings.SITE_URL}/company/{asked.organisation.public_id}/profile/",
            )
        key = f"check.answered:{asked.public_id}:{owner}"
        queue(owner, kind="check.answered", subject=subject, body=body, dedupe_key=key)
