"""The mail "a request that fits": S0 words only, with room for each person's own link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.dateparse import parse_datetime
from django.utils.translation import override

from marketplace.kernel import speaking
from marketplace.mail.models import SLOT
from marketplace.mail.rendering import render
from rfps.delivery.models import Event


@dataclass(frozen=True, slots=True)
class Letter:
    """One event's mail in one language; the link's token is put in when it goes out."""

    event_id: int
    language: str
    subject: str
    body: str


def letters_of(event: Event) -> list[Letter]:
    """The event's mail, rendered once for all who read a language."""
    return [_letter(event, language) for language, _name in settings.LANGUAGES]


def _where(area: dict[str, Any]) -> str:
    """The area's name; one of a whole country as the language has it."""
    label, code = str(area.get("label", "")), str(area.get("country", ""))
    return label if "," in label or not code else speaking.country(code)


def _letter(event: Event, language: str) -> Letter:
    area = event.data.get("area") or {}
    with override(language):
        subject, body = render(
            "rfp.published",
            request=event.data,
            area=_where(area),
            closes_at=parse_datetime(str(event.data.get("closes_at", ""))),
            zone=event.rfp.time_zone if event.rfp else "UTC",
            link=f"{settings.SITE_URL}/quick/{SLOT}/",
            home=f"{settings.SITE_URL}/",
        )
    return Letter(event.pk, language, subject, body)
