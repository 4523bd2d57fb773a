"""`{% load beckon %}`: icons, marks and bars, and amounts and times as people read them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from json import dumps
from typing import Any
from zoneinfo import ZoneInfo

import nh3
from django import template
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext
from markdown_it import MarkdownIt

from marketplace.kernel import pages, speaking

register = template.Library()
ICONS = settings.BASE_DIR / "static" / "vendor" / "lucide"
TURNS = frozenset({"arrow-left", "arrow-right"})  # point the other way where one reads from the right
LEVELS = 4
PROSE = frozenset(
    "p br strong em ul ol li blockquote h2 h3 h4".split()
)  # no link: nobody is led away by what people write
MARKDOWN = MarkdownIt("commonmark", {"html": False})


@lru_cache
def _drawing(name: str) -> SafeString:
    found = re.search(r"<svg[^>]*>(.*)</svg>", (ICONS / f"{name}.svg").read_text(), re.DOTALL)
    assert found, name
    return mark_safe(re.sub(r"\s*\n\s*", "", found[1]))  # noqa: S308  a vendored drawing


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """A Lucide icon, for the eye only: the words stand beside it."""
    classes = " ".join(filter(None, ["icon", "turns" if name in TURNS else "", extra]))
    return format_html(
        '<svg class="{}" width="16" height="16" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{}</svg>',
        classes,
        _drawing(name),
    )


@register.inclusion_tag("components/who_sees.html")
def who_sees(stage: str) -> dict[str, Any]:
    """Who sees this piece of personal data, from which stage on; anything but a stage is nobody."""
    words = {
        "S0": gettext("companies that fit"),
        "S1": gettext("companies that make an offer"),
        "S2": gettext("companies you shortlist"),
        "S3": gettext("only the company you choose"),
    }
    return {"words": words.get(stage), "icon": "eye" if stage in words else "lock"}


@register.inclusion_tag("components/nav_link.html", takes_context=True)
def nav_link(context: Context, name: str, label: str, *args: Any, exact: bool = False) -> dict[str, Any]:
    """An entry of the masthead; none where this server has no such page."""
    try:
        url = reverse(name, args=args)
    except NoReverseMatch:
        return {"url": ""}
    path = context["request"].path if "request" in context else ""
    return {"url": url, "label": label, "current": path == url or (not exact and path.startswith(url))}


@register.inclusion_tag("components/stack.html")
def stack(parts: Iterable[Mapping[str, Any]], whole: float = 100) -> dict[str, Any]:
    """A bar of up to four parts, each {"label", "value"}, of a whole; its words are its name."""
    drawn, start = [], 0.0
    for level, part in enumerate(parts):
        width = max(0.0, float(part["value"])) / float(whole) * 100 if whole else 0.0
        drawn.append({"x": f"{start:.2f}", "width": f"{width:.2f}", "level": level % LEVELS + 1, **part})
        start += width
    return {"parts": drawn}


@register.simple_tag(takes_context=True)
def once(context: Context) -> SafeString:
    """The hidden field by which a form that is sent twice has one effect."""
    user = context["request"].user
    token = f"{uuid.uuid4().hex}.{pages.mark_of(user)}"
    return format_html('<input type="hidden" name="{}" value="{}">', pages.ONCE, token)


@register.filter
def json(value: Any) -> str:
    """`data-options="{{ options|json }}"`: what a script of ours reads; a page holds no inline script."""
    return dumps(value, cls=DjangoJSONEncoder)


@register.filter
def money(amount: Decimal | str | Mapping[str, str] | None, currency: str = "") -> str:
    """`{{ price|money:"GBP" }}`, or of the API's {"amount", "currency"}: £936, 936 €; a dash for none."""
    if isinstance(amount, Mapping):
        return speaking.money(Decimal(amount["amount"]), amount["currency"])
    return "–" if amount in (None, "") else speaking.money(Decimal(str(amount)), currency)


@register.filter
def quantity(amount: Decimal | int | str | None, unit: str = "") -> str:
    """`{{ use|quantity:"kWh" }}`: 3,412 kWh; a dash for none."""
    if amount in (None, ""):
        return "–"
    said = speaking.number(Decimal(str(amount)))
    return f"{said}\u00a0{pgettext('unit', unit)}" if unit else said


@register.filter
def country(code: str) -> str:
    """`{{ company.country|country }}`: Germany, Deutschland."""
    return speaking.country(code) if code else "–"


@register.filter
def moment(at: datetime | None, zone: str = "UTC") -> str:
    """`{{ closes_at|moment:rfp.time_zone }}`: day, time and the name of the zone; a dash for none."""
    return speaking.moment(at, zone) if at else "–"


@register.filter
def prose(text: str) -> SafeString:
    """Markdown that people wrote, as paragraphs and lists; links and pictures become their words."""
    return mark_safe(nh3.clean(MARKDOWN.render(text), tags=set(PROSE), attributes={"ol": {"start"}}))  # noqa: S308


@register.filter
def short(at: datetime | None, zone: str = "UTC") -> str:
    """`{{ closes_at|short:rfp.time_zone }}`: Tue 3 Dec, 18:00; a dash for none."""
    return speaking.short(at, zone) if at else "–"


@register.filter
def day(at: datetime | None, zone: str = "UTC") -> str:
    """`{{ observed_at|day:user.time_zone }}`: 3 December 2030; a dash for none."""
    return speaking.day(at.astimezone(ZoneInfo(zone)).date()) if at else "–"
