"""Mails to those who speak for a company, each in the reader's language, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import override

from accounts.models import Membership
from accounts.states import MemberRole
from marketplace.kernel.language import supported
from marketplace.mail.queueing import queue
from marketplace.mail.rendering import render


def write_to_company(organisation_id: int, *, kind: str, occasion: str, told: Callable[[], dict[str, Any]]) -> None:
    """One mail per `occasion` to each owner and bidder; `told` gives what the template needs, in the language set."""
    seats = Membership.objects.filter(organisation=organisation_id, role__in=(MemberRole.OWNER, MemberRole.BIDDER))
    for person_id, locale in seats.order_by("pk").values_list("user_id", "user__locale"):
        with override(supported(locale)):
            subject, body = render(kind, **told())
        queue(person_id, kind=kind, subject=subject, body=body, dedupe_key=f"{kind}:{occasion}:{person_id}")
