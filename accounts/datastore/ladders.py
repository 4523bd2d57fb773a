"""Ladders: what a value looks like at each stage of disclosure. Pure functions; a later stage never shows less.

A projection is JSON: the value itself where it is exact, `None` where nothing is shown, and in between
    name         {"initial": "A"}
    birth_date   {"age_from": 30, "age_to": 39}
    address, postcode  {"country": "GB", "region": "Scotland"}, then "area": "EH", then "district": "EH1"
    point        {"lat": …, "lon": …, "grid_km": 10}: the centre of a cell
    income, band {"from": 3000, "to": 3999, "unit": "kWh"}; an open end is None; money has "currency" for "unit"
    band of a choice   {"group": "house"}, or the choice itself where it has no coarser group
    date         {"from": "2026-02-01", "to": "2026-02-28", "precision": "month"}, then "week"
"""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from accounts.datastore import places

STAGES = ("S0", "S1", "S2", "S3")

Projection = Any  # JSON, see above; None shows nothing

# Lower ends of ten bands of yearly income in pounds, euros or dollars; the five bands join them two by two.
INCOME_STARTS = (0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000, 80_000, 100_000, 150_000)
# What a thousand pounds are roughly worth, in thousands: only the width of bands hangs on it.
INCOME_SCALES = {
    "CNY": 10, "CZK": 30, "DKK": 10, "HUF": 500, "INR": 100, "JPY": 200, "KRW": 2000, "MXN": 25,
    "NOK": 15, "PLN": 5, "RON": 5, "RUB": 100, "SEK": 15, "THB": 50, "TRY": 50, "UAH": 50, "ZAR": 25,
}  # fmt: skip

AGE_PREDICATES = (18, 21, 25, 65)

# The postcode inside an address written as one text; only where its form leaves no doubt.
GB_POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Band:
    """How an exact value is coarsened: lower ends, a width, or groups of choices; none of them: leading digit."""

    starts: tuple[int, ...] = ()
    width: int = 0
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


NO_BAND = Band()


@dataclass(frozen=True, slots=True)
class Setting:
    """What a projection may hang on beside the value; `on` is the day of the projection."""

    on: date
    unit: str | None = None
    band: Band = NO_BAND
    country: str | None = None
    text_approved: bool = False


def project(ladder: str, value: Any, stage: str, setting: Setting) -> Projection | None:
    """The value as the stage shows it; S4 and unknown stages show nothing. Raises KeyError on an unknown ladder."""
    rungs = LADDERS[ladder]
    if stage not in STAGES:
        return None
    return rungs(value, STAGES.index(stage), setting)


def age_on(born: date, on: date) -> int:
    """Full years; a person born on 29 February has the birthday on 1 March in common years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def is_at_least(born: date, years: int, on: date) -> bool:
    """The yes-or-no form of a birth date, for the ages that laws and insurers ask for."""
    if years not in AGE_PREDICATES:
        raise ValueError(f"no question about the age of {years}")
    return age_on(born, on) >= years


def _name(value: str, rung: int, setting: Setting) -> Projection | None:
    if rung == 3:
        return value
    first = value.strip()[:1].upper()
    return {"initial": first} if rung == 2 and first else None


def _direct(value: Any, rung: int, setting: Setting) -> Projection | None:
    return value if rung == 3 else None


def _exact_later(value: Any, rung: int, setting: Setting) -> Projection | None:
    return value if rung >= 2 else None


def _text(value: str, rung: int, setting: Setting) -> Projection | None:
    return value if rung == 3 or (rung >= 1 and setting.text_approved) else None


def _birth_date(value: str, rung: int, setting: Setting) -> Projection | None:
    if rung in (0, 3):
        return value if rung == 3 else None
    width = 10 if rung == 1 else 5
    start = max(0, age_on(date.fromisoformat(value), setting.on)) // width * width
    return {"age_from": start, "age_to": start + width - 1}


def _address(value: str | Mapping[str, Any], rung: int, setting: Setting) -> Projection | None:
    if rung == 3:
        return value
    if isinstance(value, str):
        found = GB_POSTCODE.search(value) if setting.country in (None, "GB") else None
        return _postcode(" ".join(found.groups()), rung, setting) if found else None
    country = str(value.get("addressCountry") or "").upper()
    known = setting if len(country) != 2 else Setting(on=setting.on, country=country)
    return _postcode(str(value.get("postalCode") or ""), rung, known)


def _postcode(value: str, rung: int, setting: Setting) -> Projection | None:
    if rung == 3:
        return value
    country = setting.country or ("GB" if GB_POSTCODE.fullmatch(value.strip()) else None)
    area, district = places.split_postcode(country, value)
    if rung == 0:
        found = places.locate(country, value) if country else None
        return {"country": country, "region": found.region if found else None} if country else None
    part = {"area": area} if rung == 1 else {"district": district}
    return {"country": country, **part} if area else None


def _point(value: Mapping[str, float], rung: int, setting: Setting) -> Projection | None:
    if rung == 3:
        return value
    if rung == 0:
        return None
    grid = places.GRID_10_KM if rung == 1 else places.GRID_1_KM
    lat, lon = places.centre(grid, value["lat"], value["lon"])
    return {"lat": lat, "lon": lon, "grid_km": grid.km}


def _income(value: Mapping[str, str], rung: int, setting: Setting) -> Projection | None:
    if rung == 3:
        return value
    if rung == 0:
        return None
    scale = INCOME_SCALES.get(value["currency"], 1)
    starts = tuple(start * scale for start in (INCOME_STARTS[::2] if rung == 1 else INCOME_STARTS))
    return _between(Decimal(value["amount"]), starts) | {"currency": value["currency"]}


def _band(value: Any, rung: int, setting: Setting) -> Projection | None:
    if rung != 1:
        return value if rung else None
    if isinstance(value, Mapping):
        return _numeric(Decimal(value["amount"]), setting.band) | {"currency": value["currency"]}
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _numeric(value, setting.band) | ({"unit": setting.unit} if setting.unit else {})
    return next(({"group": name} for name, members in setting.band.groups.items() if value in members), value)


def _date(value: str, rung: int, setting: Setting) -> Projection | None:
    if rung >= 2:
        return value
    day = date.fromisoformat(value)
    first, last = day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])
    if rung == 0:
        return {"from": first.isoformat(), "to": last.isoformat(), "precision": "month"}
    monday = day - timedelta(days=day.weekday())
    # Kept inside the month that everybody has seen, so that the week never widens it.
    start, end = max(monday, first), min(monday + timedelta(days=6), last)
    return {"from": start.isoformat(), "to": end.isoformat(), "precision": "week"}


def _numeric(value: float | Decimal, band: Band) -> dict[str, Any]:
    if band.starts:
        return _between(value, band.starts)
    whole = math.floor(value)
    width = band.width or 10 ** max(1, len(str(abs(whole))) - 1)
    start = whole // width * width
    return {"from": start, "to": start + width - 1}


def _between(value: float | Decimal, starts: tuple[int, ...]) -> dict[str, Any]:
    below = [start for start in starts if start <= value]
    above = [start for start in starts if start > value]
    return {"from": below[-1] if below else None, "to": above[0] - 1 if above else None}


LADDERS: dict[str, Callable[[Any, int, Setting], Projection | None]] = {
    "name": _name,
    "direct": _direct,
    "special": _direct,
    "withheld": _direct,
    "exact_later": _exact_later,
    "text": _text,
    "birth_date": _birth_date,
    "address": _address,
    "postcode": _postcode,
    "point": _point,
    "income": _income,
    "band": _band,
    "date": _date,
}

# Ladders that show nothing before the award; a direct identifier must be on one of them or on `name` or `address`.
CLOSED = ("direct", "special", "withheld")
