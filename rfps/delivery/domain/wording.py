"""The mail "a request that fits": S0 words only, with room for each supplier's own link."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from django.conf import settings
from django.utils.dateparse import parse_datetime

from marketplace.mail.rendering import render
from rfps.delivery.models import Event


@dataclass(frozen=True, slots=True)
class Letter:
    """One event's mail, cut where the opportunity's id goes in."""

    event_id: int
    subject: str
    head: str
    tail: str


def letter_of(event: Event) -> Letter:
    """The event's mail, rendered once for all who get it."""
    mark = str(uuid4())  # cannot stand in a customer's text
    area = event.data.get("area") or {}
    subject, body = render(
        "rfp.published",
        request=event.data,
        area=area.get("label", ""),
        closes_at=parse_datetime(str(event.data.get("closes_at", ""))),
        link=f"{settings.SITE_URL}/#{mark}",
    )
    head, _, tail = body.partition(mark)
    return Letter(event.pk, subject, head, tail)
