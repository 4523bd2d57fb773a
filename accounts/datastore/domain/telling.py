"""Facts in words: a value as its person reads it, and what a stage shows of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.datastore import places
from accounts.datastore.catalogue import Field
from marketplace.kernel import speaking

ADDRESS = ("streetAddress", "extendedAddress", "postOfficeBoxNumber", "postalCode", "addressLocality", "addressRegion")


def tell(field: Field, value: Any) -> str:
    """The value in clear."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(choice(each) for each in value)
    if isinstance(value, Mapping):
        return _structure(value)
    if isinstance(value, int | float):
        return _number(value, field.unit)
    return _text(field, str(value))


def tell_shown(field: Field, shown: Any) -> str:
    """What `catalogue.project` gave for a stage."""
    if not isinstance(shown, Mapping):
        return tell(field, shown)
    if "initial" in shown:
        return _("begins with %(letter)s") % {"letter": shown["initial"]}
    if "age_from" in shown:
        return _("%(low)d to %(high)d years old") % {"low": shown["age_from"], "high": shown["age_to"]}
    if "group" in shown:
        return choice(shown["group"])
    if "precision" in shown:
        return _days(shown["from"], shown["to"])
    if "from" in shown:
        return _band(shown)
    if "grid_km" in shown:
        return _("a square of %(km)d km") % {"km": shown["grid_km"]}
    if "region" in shown or "district" in shown or "area" in shown:
        return str(shown.get("district") or shown.get("area") or shown.get("region"))
    return tell(field, shown)


def choice(name: str) -> str:
    """One of a list of the catalogue."""
    return pgettext("choice", name.replace("_", " "))


def _text(field: Field, value: str) -> str:
    if "enum" in field.datatype:
        return choice(value)
    match field.datatype.get("format"):
        case "date" | "birth-date":
            return speaking.day(date.fromisoformat(value))
        case "country":
            return places.country_name(value) or value
    return value


def _structure(value: Mapping[str, Any]) -> str:
    if "amount" in value:
        return speaking.money(Decimal(value["amount"]), value["currency"])
    if "lat" in value:
        return f"{speaking.number(value['lat'])}, {speaking.number(value['lon'])}"
    parts = [str(value[name]) for name in ADDRESS if value.get(name)]
    country = str(value.get("addressCountry") or "")
    parts += [places.country_name(country) or country] * bool(country)
    return ", ".join(parts)


def _number(value: float, unit: str | None) -> str:
    if not unit:
        return speaking.typed(Decimal(str(value)))
    said = {"n": speaking.number(Decimal(str(value)))}
    many = 1 if value == 1 else 2
    match unit:
        case "year":
            return ngettext("%(n)s year", "%(n)s years", many) % said
        case "hour":
            return ngettext("%(n)s hour", "%(n)s hours", many) % said
    return f"{said['n']}\u00a0{pgettext('unit', unit)}"


def _days(first: str, last: str) -> str:
    ends = {"from": speaking.day(date.fromisoformat(first)), "to": speaking.day(date.fromisoformat(last))}
    return _("%(from)s to %(to)s") % ends


def _band(shown: Mapping[str, Any]) -> str:
    low, high = (None if shown[end] is None else Decimal(str(shown[end])) for end in ("from", "to"))
    if "currency" in shown:
        ends = [None if end is None else speaking.money(end, shown["currency"]) for end in (low, high)]
        unit = ""
    else:
        ends = [None if end is None else speaking.number(end) for end in (low, high)]
        unit = f"\u00a0{pgettext('unit', shown['unit'])}" if shown.get("unit") else ""
    if ends[0] is None:
        return _("up to %(to)s") % {"to": ends[1]} + unit
    if ends[1] is None:
        return _("%(from)s or more") % {"from": f"{ends[0]}{unit}"}
    return _("%(from)s to %(to)s") % {"from": ends[0], "to": ends[1]} + unit
