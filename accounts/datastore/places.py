"""Places offline: postcode to point, nested grids, distances. Postcode data: countrystatecity-postal-codes (ODbL).

The grids nest: a 1 km cell lies in one 10 km cell, that in one 30 km cell. Rows of the 30 km grid are 0.27 degrees of
latitude high; each row has as many equal columns as make them about as wide as high at the middle of the row. The 30 km
cell is all that a company sees of a place before it makes an offer, and all that matching knows: its centre and a name
that hang on the cell alone, never on the point inside it.
"""

from __future__ import annotations

import json
import math
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from marketplace.kernel import datafiles

EARTH_KM = 6371.0088  # mean radius, IUGG
ROW_DEGREES = 0.27
NEAR_KM = 60  # a cell farther than this from every named place is called by its coordinates

# The countries for which the data has points; for all others a place or a point must be asked for.
PLACED = frozenset("AU BE BR CA CC CX DK DZ EC GB GR GU IN LK MD MT NF NZ PA PL PR SI SO US VI".split())

GB_FORM = re.compile(r"([A-Z]{1,2})(?:(\d[A-Z\d]?)(\d[A-Z]{2})?)?")


@dataclass(frozen=True, slots=True)
class Place:
    """A postcode, or the part of it that the data knows, with the middle of its area."""

    country: str
    code: str
    name: str | None
    region: str | None
    lat: float
    lon: float

    @property
    def label(self) -> str:
        """Town and region as people say them, for example "Edinburgh, Scotland"."""
        parts = [part for part in (self.name, self.region) if part]
        return ", ".join(dict.fromkeys(parts)) or country_name(self.country) or self.country


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid of cells `km` wide: each 30 km cell cut `parts` times in both directions."""

    km: int
    parts: int


GRID_30_KM, GRID_10_KM, GRID_1_KM = Grid(30, 1), Grid(10, 3), Grid(1, 30)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the 30 km grid: its centre and what people call it."""

    lat: float
    lon: float
    label: str


class _Index(NamedTuple):
    rows: dict[str, int]
    points: array[float]  # lat, lon, lat, lon …
    names: list[str | None]
    regions: list[str | None]


def locate(country: str, postcode: str) -> Place | None:
    """The place of a postcode, in Great Britain of its postcode area; None when unknown, never a guess."""
    country = country.upper()
    code = _code(country, postcode)
    if country not in PLACED or not code:
        return None
    index = _index(country)
    row = index.rows.get(code)
    return None if row is None else _place(country, code, row, index)


def cell(lat: float, lon: float, country: str | None = None) -> Cell:
    """The 30 km cell of a point; raises ValueError outside the globe. `country` (ISO 3166) helps to name it."""
    at = centre(GRID_30_KM, lat, lon)
    return Cell(*at, _cell_label(*at, country.upper() if country else None))


def centre(grid: Grid, lat: float, lon: float) -> tuple[float, float]:
    """The centre of the cell that holds the point, in degrees; raises ValueError outside the globe."""
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValueError("a point has a latitude of -90 to 90 and a longitude of -180 to 180 degrees")
    height = (lat + 90) / ROW_DEGREES
    row = math.floor(height)
    columns = max(1, round(360 * math.cos(math.radians(-90 + (row + 0.5) * ROW_DEGREES)) / ROW_DEGREES))
    width = (lon + 180) % 360 / 360 * columns
    column = math.floor(width)
    up = row + (math.floor((height - row) * grid.parts) + 0.5) / grid.parts
    right = column + (math.floor((width - column) * grid.parts) + 0.5) / grid.parts
    return round(-90 + up * ROW_DEGREES, 5), round(-180 + right * 360 / columns, 5)


def distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Great-circle distance by the haversine formula (R. W. Sinnott, "Virtues of the Haversine", 1984)."""
    rise, turn = math.radians(other_lat - lat), math.radians(other_lon - lon)
    cosines = math.cos(math.radians(lat)) * math.cos(math.radians(other_lat))
    h = math.sin(rise / 2) ** 2 + cosines * math.sin(turn / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(h)))


def split_postcode(country: str | None, postcode: str) -> tuple[str | None, str | None]:
    """(area, district): EH and EH1 of EH1 1AA; elsewhere the first two and three digits, or letter and three signs."""
    code = re.sub(r"[^A-Z0-9]", "", postcode.upper())
    if country is None or len(code) < 2:
        return None, None
    if country == "GB":
        form = GB_FORM.fullmatch(code)
        return (form[1], form[1] + form[2] if form[2] else None) if form else (None, None)
    code = _without_prefix(country, code)
    if code[:1].isalpha():
        return code[:1], code[:3]
    return (code[:1], code[:2]) if len(code) <= 4 else (code[:2], code[:3])


@lru_cache(maxsize=1)
def country_names() -> dict[str, str]:
    """Name by two-letter code, of 250 countries and territories."""
    entries = json.loads((_data() / "countries.json").read_text(encoding="utf-8"))
    return {entry["countryCode"]: entry["countryName"] for entry in entries}


def country_name(country: str) -> str | None:
    """The English name of a country by its ISO 3166 code."""
    return country_names().get(country.upper())


@lru_cache(maxsize=4096)
def _cell_label(lat: float, lon: float, country: str | None) -> str:
    near = _nearest(lat, lon, country) if country in PLACED else None
    if near:
        return near.label
    sides = ("N" if lat >= 0 else "S", "E" if lon >= 0 else "W")
    known = country_name(country) if country else None
    return f"{abs(lat):.1f}° {sides[0]} {abs(lon):.1f}° {sides[1]}" + (f", {known}" if known else "")


def _nearest(lat: float, lon: float, country: str | None) -> Place | None:
    index = _index(country or "")
    best: tuple[bool, float, str, int] | None = None
    for code, row in index.rows.items():
        y, x = index.points[2 * row], index.points[2 * row + 1]
        if abs(y - lat) > 1:
            continue
        # A place inside the cell names it before a nearer one outside.
        far = (centre(GRID_30_KM, y, x) != (lat, lon), distance_km(lat, lon, y, x), code, row)
        best = far if best is None or far < best else best
    return None if best is None or best[1] > NEAR_KM else _place(country or "", best[2], best[3], index)


def _place(country: str, code: str, row: int, index: _Index) -> Place:
    lat, lon = index.points[2 * row], index.points[2 * row + 1]
    return Place(country, code, index.names[row], index.regions[row], round(lat, 5), round(lon, 5))


@lru_cache(maxsize=4)
def _index(country: str) -> _Index:
    index = _Index({}, array("d"), [], [])
    for entry in _entries(country):
        code = _without_prefix(country, re.sub(r"[^A-Z0-9]", "", entry["code"].upper()))
        if code not in index.rows:
            index.rows[code] = len(index.names)
            index.points.extend((entry["latitude"], entry["longitude"]))
            index.names.append(_name(country, entry))
            index.regions.append(_region(country, entry))
    return index


def _entries(country: str) -> Iterator[dict[str, Any]]:
    path = _data() / "by-country" / country / "postcodes.json"
    for entry in json.loads(path.read_text(encoding="utf-8")):
        if entry["latitude"] is not None and entry["longitude"] is not None:
            yield entry


def _name(country: str, entry: dict[str, Any]) -> str | None:
    name = entry["localityName"] or None
    if country == "GB":
        london = _region(country, entry) == "London"
        return "London" if london else _regions()["gb_names"].get(entry["code"], name)
    return name.title() if name and name.isupper() else name


def _region(country: str, entry: dict[str, Any]) -> str | None:
    if country == "GB":
        return next((name for name, areas in _regions()["gb"].items() if entry["code"] in areas), None)
    return _regions()["regions"].get(country, {}).get(entry["stateCode"])


def _code(country: str, postcode: str) -> str | None:
    code = re.sub(r"[^A-Z0-9]", "", postcode.upper())
    if country == "GB":
        form = GB_FORM.fullmatch(code)
        return form[1] if form else None
    if country == "CA":
        return code[:3] if re.fullmatch(r"[A-Z]\d[A-Z](\d[A-Z]\d)?", code) else None
    if country in {"US", "PR", "GU", "VI"}:
        return code[:5] if re.fullmatch(r"\d{5}(\d{4})?", code) else None
    return _without_prefix(country, code)


def _without_prefix(country: str, code: str) -> str:
    return code[2:] if code.startswith(country) and code[2:].isdigit() else code


def _data() -> Path:
    return Path(str(files("countrystatecity_postal_codes"))) / "data"


@lru_cache(maxsize=1)
def _regions() -> dict[str, Any]:
    return datafiles.read(Path(__file__).parent / "data" / "regions.toml")
