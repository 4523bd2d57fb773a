"""Facts in words: a value as its person reads it, and what a stage of disclosure shows of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, pgettext

from accounts.datastore import catalogue
from marketplace.kernel import speaking


def ngettext_noop(one: str, many: str) -> tuple[str, str]:
    """Marks a text with its plural for translation; it is translated where it is said."""
    return one, many


# The parts of a schema.org PostalAddress in the order in which they are read; the country comes last.
ADDRESS = ("streetAddress", "extendedAddress", "postOfficeBoxNumber", "postalCode", "addressLocality", "addressRegion")
# How people say the choices of the catalogue's fields, and the groups that stand for several of them.
CHOICES: Mapping[str, str] = {
    "morning": gettext_noop("in the morning"),
    "midday": gettext_noop("at midday"),
    "afternoon": gettext_noop("in the afternoon"),
    "evening": gettext_noop("in the evening"),
    "weekend": gettext_noop("at the weekend"),
    "any": gettext_noop("at any time"),
    "message": gettext_noop("a message here"),
    "email": gettext_noop("e-mail"),
    "phone": gettext_noop("phone"),
    "letter": gettext_noop("letter"),
    "flat": gettext_noop("flat"),
    "maisonette": gettext_noop("maisonette"),
    "terraced": gettext_noop("terraced house"),
    "semi_detached": gettext_noop("semi-detached house"),
    "detached": gettext_noop("detached house"),
    "bungalow": gettext_noop("bungalow"),
    "houseboat": gettext_noop("houseboat"),
    "house": gettext_noop("house"),
    "other": gettext_noop("something else"),
    "own": gettext_noop("our own"),
    "rent_private": gettext_noop("rented from a private landlord"),
    "rent_social": gettext_noop("rented from a council or association"),
    "owner": gettext_noop("the owner"),
    "not_owner": gettext_noop("not the owner"),
    "middling": gettext_noop("middling"),
    "with_family": gettext_noop("with family"),
    "garage": gettext_noop("garage"),
    "driveway": gettext_noop("driveway"),
    "permit": gettext_noop("in the street, with a permit"),
    "street": gettext_noop("in the street"),
    "none": gettext_noop("none"),
    "dog": gettext_noop("dog"),
    "cat": gettext_noop("cat"),
    "small_animal": gettext_noop("small animal"),
    "bird": gettext_noop("bird"),
    "fish": gettext_noop("fish"),
    "horse": gettext_noop("horse"),
    "every_day": gettext_noop("every day"),
    "some_days": gettext_noop("on some days"),
    "rarely": gettext_noop("rarely"),
    "petrol": gettext_noop("petrol"),
    "diesel": gettext_noop("diesel"),
    "hybrid": gettext_noop("hybrid"),
    "plug_in_hybrid": gettext_noop("plug-in hybrid"),
    "electric": gettext_noop("electric"),
    "gas": gettext_noop("gas"),
    "commute": gettext_noop("to work"),
    "shopping": gettext_noop("for shopping"),
    "children": gettext_noop("with children"),
    "touring": gettext_noop("for tours"),
    "sport": gettext_noop("for sport"),
    "off_road": gettext_noop("off the road"),
    "standard": gettext_noop("one rate"),
    "smart": gettext_noop("smart meter"),
    "prepayment": gettext_noop("prepayment"),
    "two_rate": gettext_noop("two rates, day and night"),
    "direct_debit": gettext_noop("direct debit"),
    "on_bill": gettext_noop("when the bill comes"),
    "heat_pump": gettext_noop("heat pump"),
    "oil": gettext_noop("oil"),
    "wood": gettext_noop("wood"),
    "district": gettext_noop("district heating"),
    "office": gettext_noop("office work"),
    "study": gettext_noop("study"),
    "photo": gettext_noop("photographs"),
    "video": gettext_noop("video"),
    "music": gettext_noop("music"),
    "games": gettext_noop("games"),
    "programming": gettext_noop("programming"),
    "travel": gettext_noop("on the road"),
    "employed": gettext_noop("employed"),
    "self_employed": gettext_noop("self-employed"),
    "student": gettext_noop("in education"),
    "retired": gettext_noop("retired"),
    "between_jobs": gettext_noop("between jobs"),
    "at_home": gettext_noop("at home"),
    "excellent": gettext_noop("excellent"),
    "good": gettext_noop("good"),
    "fair": gettext_noop("fair"),
    "poor": gettext_noop("poor"),
    "none_yet": gettext_noop("none yet"),
    "at_once": gettext_noop("all at once"),
    "instalments": gettext_noop("in instalments"),
    "lease": gettext_noop("by lease"),
    "after_delivery": gettext_noop("after delivery"),
    "vegetarian": gettext_noop("vegetarian"),
    "vegan": gettext_noop("vegan"),
    "halal": gettext_noop("halal"),
    "kosher": gettext_noop("kosher"),
    "gluten_free": gettext_noop("without gluten"),
    "lactose_free": gettext_noop("without lactose"),
    "nut_free": gettext_noop("without nuts"),
    "lowest_price": gettext_noop("the lowest price"),
    "quality": gettext_noop("quality"),
    "local": gettext_noop("from around here"),
    "green": gettext_noop("kind to nature"),
    "fair_pay": gettext_noop("fair pay"),
    "repairable": gettext_noop("can be repaired"),
    "quick": gettext_noop("quick"),
    "personal_contact": gettext_noop("somebody to talk to"),
    "must": gettext_noop("yes, it must"),
    "nice": gettext_noop("it would be nice"),
    "no_matter": gettext_noop("it does not matter"),
    "plain": gettext_noop("plain"),
    "modern": gettext_noop("modern"),
    "classic": gettext_noop("classic"),
    "country": gettext_noop("country style"),
    "colourful": gettext_noop("colourful"),
    "natural": gettext_noop("natural"),
    "documentary": gettext_noop("documentary"),
    "weekday_morning": gettext_noop("weekdays, in the morning"),
    "weekday_afternoon": gettext_noop("weekdays, in the afternoon"),
    "weekday_evening": gettext_noop("weekdays, in the evening"),
    "saturday": gettext_noop("Saturday"),
    "sunday": gettext_noop("Sunday"),
    "wedding": gettext_noop("wedding"),
    "birthday": gettext_noop("birthday"),
    "anniversary": gettext_noop("anniversary"),
    "christening": gettext_noop("christening"),
    "company": gettext_noop("company event"),
    "concert": gettext_noop("concert"),
    "funeral": gettext_noop("funeral"),
    "portrait": gettext_noop("portraits"),
}


COUNTED: Mapping[str, tuple[str, str]] = {
    "hour": ngettext_noop("%(n)s hour", "%(n)s hours"),
    "day": ngettext_noop("%(n)s day", "%(n)s days"),
    "week": ngettext_noop("%(n)s week", "%(n)s weeks"),
    "month": ngettext_noop("%(n)s month", "%(n)s months"),
    "year": ngettext_noop("%(n)s year", "%(n)s years"),
}


def choice(value: str) -> str:
    """A choice of the catalogue as people say it."""
    return _(CHOICES[value]) if value in CHOICES else value.replace("_", " ")


def exact(key: str, value: Any) -> str:
    """A value of the field, with its unit."""
    known = catalogue.field(key)
    match value:
        case bool():
            return _("yes") if value else _("no")
        case int() | float():
            # A number without a unit may be a year, which nobody groups.
            return measure(value, known.unit) if known.unit else speaking.typed(Decimal(str(value)))
        case list():
            return ", ".join(choice(one) for one in value)
        case {"amount": amount, "currency": currency}:
            return speaking.money(Decimal(amount), currency)
        case {"lat": lat, "lon": lon}:
            return f"{speaking.number(lat)}, {speaking.number(lon)}"
        case dict():
            return _address(value)
    return choice(value) if "enum" in known.datatype else _text(known.datatype.get("format"), str(value))


def shown(key: str, projection: Any) -> str:
    """What a stage shows of a value (see ladders), in words."""
    match projection:
        case {"initial": initial}:
            return f"{initial}."
        case {"age_from": low, "age_to": high}:
            return _("%(low)s to %(high)s years old") % {"low": low, "high": high}
        case {"country": country, "region": region}:
            return str(region or speaking.country(country))
        case {"country": _country, "area": area} | {"country": _country, "district": area}:
            return _("postcodes that begin with %(area)s") % {"area": area}
        case {"grid_km": km}:
            return _("to within %(km)s km") % {"km": km}
        case {"group": group}:
            return choice(group)
        case {"precision": "month", "from": first}:
            return str(format_date(date.fromisoformat(first), "MMMM y", locale=speaking.locale()))
        case {"precision": "week", "from": first, "to": last}:
            return _("%(first)s to %(last)s") % {"first": day(first), "last": day(last)}
        case {"from": low, "to": high}:
            return _band(low, high, projection.get("unit") or "", projection.get("currency") or "")
    return exact(key, projection)


def _text(form: str | None, value: str) -> str:
    match form:
        case "date" | "birth-date":
            return day(value)
        case "country":
            return speaking.country(value)
    return value


def _address(value: Mapping[str, Any]) -> str:
    parts = [str(value[name]) for name in ADDRESS if value.get(name)]
    country = str(value.get("addressCountry") or "")
    return ", ".join([*parts, speaking.country(country)] if country else parts)


def day(text: str) -> str:
    """3 December 2030."""
    return str(format_date(date.fromisoformat(text), "long", locale=speaking.locale()))


def measure(amount: int | float | Decimal, name: str) -> str:
    """An amount with its unit, in the singular or plural that the language has for it."""
    said = speaking.number(amount)
    several = COUNTED.get(name)
    if several is None:
        return f"{said}\u00a0{unit(name)}" if name else said
    # Translated above, where the two forms stand; a fraction is said as many.
    whole = int(amount) if amount == int(amount) else 2
    return ngettext(*several, whole) % {"n": said}


def unit(name: str) -> str:
    """A unit as people of the active language say it."""
    return pgettext("unit", name) if name else ""


def units(name: str) -> str:
    """A unit beside the place for an amount that nobody knows yet: months."""
    several = COUNTED.get(name)
    return (ngettext(*several, 2) % {"n": ""}).strip() if several else unit(name)


def _band(low: int | None, high: int | None, name: str, currency: str) -> str:
    def said(amount: int | None) -> str:
        return speaking.money(Decimal(amount or 0), currency) if currency else speaking.number(amount or 0)

    if high is None:
        return _measured(_("%(low)s or more") % {"low": said(low)}, name)
    if low is None:
        return _measured(_("at most %(high)s") % {"high": said(high)}, name)
    return _measured(_("%(low)s to %(high)s") % {"low": said(low), "high": said(high)}, name)


def _measured(text: str, name: str | None) -> str:
    return f"{text}\u00a0{unit(name)}" if name else text
