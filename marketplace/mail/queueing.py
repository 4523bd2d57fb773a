"""Leaving a mail in the queue, in the caller's transaction."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.utils.translation import get_language

from marketplace.kernel.language import supported
from marketplace.mail.models import Mail
from marketplace.mail.rendering import MAX_SUBJECT


def language_of(recipient_id: int) -> str:
    """The language in which a person wants to be written to."""
    chosen = get_user_model()._default_manager.filter(pk=recipient_id).values_list("locale", flat=True).first()
    return supported(chosen or "")


def language_at(address: str) -> str:
    """That of the person who has the address; of whoever writes, if nobody has it here."""
    known = get_user_model()._default_manager.filter(email__iexact=address).values_list("locale", flat=True).first()
    return supported(known if known is not None else get_language() or "")


def queue(
    recipient_id: int | None,
    *,
    kind: str,
    subject: str,
    body: str,
    dedupe_key: str,
    address: str = "",
    secret: str = "",
) -> None:
    """Queue one mail to a person, or to an `address` without one; a second with the same `dedupe_key` is not sent.

    `secret` takes the place of SLOT in the body when the mail goes out, and is then forgotten.
    """
    mail = Mail(
        recipient_id=recipient_id,
        kind=kind,
        subject=" ".join(subject.split())[:MAX_SUBJECT],
        body=body,
        dedupe_key=dedupe_key,
        address=address,
        secret=secret,
    )
    Mail.objects.bulk_create([mail], ignore_conflicts=True)
