"""The mail "a request that fits": S0 words only, with room for each person's own link."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.dateparse import parse_datetime

from marketplace.mail.models import SLOT
from marketplace.mail.rendering import render
from rfps.delivery.models import Event


@dataclass(frozen=True, slots=True)
class Letter:
    """One event's mail; the link's token is put in when it goes out."""

    event_id: int
    subject: str
    body: str


def letter_of(event: Event) -> Letter:
    """The event's mail, rendered once for all who get it."""
    area = event.data.get("area") or {}
    subject, body = render(
        "rfp.published",
        request=event.data,
        area=area.get("label", ""),
        closes_at=parse_datetime(str(event.data.get("closes_at", ""))),
        zone=event.rfp.time_zone if event.rfp else "UTC",
        link=f"{settings.SITE_URL}/quick/{SLOT}/",
        home=f"{settings.SITE_URL}/",
    )
    return Letter(event.pk, subject, body)
