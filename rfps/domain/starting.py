"""The first step of a request: a sentence, a category, and what the category's template says."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.clock import database_now
from marketplace.kernel.errors import Fault, Invalid
from rfps import catalogue, templates
from rfps.domain import drafting
from rfps.domain.checking import as_instant
from rfps.domain.composing import Body
from rfps.models import Rfp

CLOSES = time(18)  # o'clock where the customer is
WORDS = 3  # as many make a sentence that a company can use


def start(*, actor: Actor, sentence: str = "", category: str = "", zone: str) -> Rfp:
    """A draft that says what is needed; without a category until one is chosen."""
    if not sentence.strip() and not category:
        raise Invalid([Fault("/sentence", "required", _("Write one sentence, or choose a category."))])
    body: Body = {"need": sentence} if _is_sentence(sentence) or not category else {}
    return drafting.draft(actor=actor, body=body | _of_category(category, zone, database_now()))


def choose(rfp: Rfp, category: str, *, actor: Actor, sentence: str | None = None) -> Rfp:
    """Another category, and with it the template's rows; what was answered to the old template goes."""
    if not category:
        raise Invalid([Fault("/category", "required", _("Choose a category."))])
    given = drafting.given_of(rfp)
    rows = dict.fromkeys(("lines", "requirements", "criteria", "fields", "answers"))
    body: dict[str, Any] = _of_category(category, rfp.customer.time_zone, database_now()) | rows
    if category == given.get("category"):
        body = {}
    need = given.get("need", "") if sentence is None else sentence
    return drafting.change(rfp, actor=actor, body=body | {"need": need if _is_sentence(need) else None})


def _is_sentence(text: str) -> bool:
    return len(text.split()) >= WORDS


def _of_category(category: str, zone: str, now: datetime) -> dict[str, Any]:
    if not category or not catalogue.exists(category):
        return {"category": category} if category else {}
    template = templates.for_category(category)
    title = template.title if template.category else catalogue.category(category).label
    day = (now.astimezone(ZoneInfo(zone)) + timedelta(days=template.closes_after_days)).date()
    closes = datetime.combine(day, CLOSES, tzinfo=ZoneInfo(zone))
    return {"category": category, "title": _(title), "closes_at": as_instant(closes)}
