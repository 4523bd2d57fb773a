"""The catalogue of facts a person can keep: what each is, how long it stays true, what it looks like at each stage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from accounts.datastore import checking, ladders
from accounts.datastore.states import ItemKind
from marketplace.kernel import datafiles
from marketplace.kernel.datafiles import check
from marketplace.kernel.errors import Fault

FILE = Path(__file__).parent / "data" / "fields.toml"

PREFIXES = {"pd": "https://w3id.org/dpv/pd#", "dpv": "https://w3id.org/dpv#", "schema": "https://schema.org/"}


class UnknownField(KeyError):
    """No field of the catalogue has this key."""


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together on a page."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """A kind of fact. `identifying` is direct, quasi or none; `datatype` is a JSON Schema."""

    key: str
    label: str
    help: str
    group: str
    datatype: Mapping[str, Any]
    dpv_iri: str
    schema_iri: str
    identifying: str = "none"
    sensitive: bool = False
    special_category: bool = False
    half_life_days: int | None = None
    depth_levels: int = 1
    belongs_to: str = "person"
    item_kind: str | None = None
    ladder: str = "band"
    unit: str | None = None
    band: ladders.Band = ladders.NO_BAND

    @property
    def is_closed(self) -> bool:
        """Nothing of it may be shown before the award, whatever a template or a default says."""
        return self.special_category or self.identifying == "direct"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All fields by key and all groups, in the order of the file."""

    groups: tuple[Group, ...]
    fields: Mapping[str, Field]


def all_fields() -> tuple[Field, ...]:
    """Every field, in the order a person reads them."""
    return tuple(_catalogue().fields.values())


def groups() -> tuple[Group, ...]:
    """Every group, in the order a person reads them."""
    return _catalogue().groups


def exists(key: str) -> bool:
    """Whether the catalogue has a field of this key."""
    return key in _catalogue().fields


def field(key: str) -> Field:
    """The field of a key; raises UnknownField."""
    try:
        return _catalogue().fields[key]
    except KeyError:
        raise UnknownField(key) from None


def check_value(key: str, value: Any) -> list[Fault]:
    """Everything wrong with a value; pointers start at the value. Raises UnknownField."""
    return checking.faults_of(field(key).datatype, value)


def project(
    key: str, value: Any, stage: str, *, on: date | None = None, country: str | None = None, text_approved: bool = False
) -> ladders.Projection | None:
    """What the stage shows of a valid value (shapes: see ladders), None for nothing. Raises UnknownField.

    `on` is the day for ages, by default today; `country` tells how to read a postcode; free text shows before the
    award only when the person approved it after the scan.
    """
    known = field(key)
    setting = ladders.Setting(
        on=on or datetime.now(UTC).date(),
        unit=known.unit,
        band=known.band,
        country=country,
        text_approved=text_approved,
    )
    return ladders.project(known.ladder, value, stage, setting)


@lru_cache(maxsize=1)
def _catalogue() -> Catalogue:
    return load(FILE)


def load(path: Path) -> Catalogue:
    """Read and check a whole catalogue; raises BrokenFile."""
    tables = datafiles.read(path)
    shapes = tables.pop("shape", {})
    group_tables, field_tables = tables.pop("group", []), tables.pop("field", [])
    check(not tables, path.name, f"unknown name {next(iter(tables), '')!r}")
    found = tuple(datafiles.build(Group, table, f"{path.name}: group {n}") for n, table in enumerate(group_tables, 1))
    fields = [_field(table, shapes, path.name) for table in field_tables]
    datafiles.once((group.id for group in found), path.name)
    datafiles.once((one.key for one in fields), path.name)
    datafiles.once((f"{one.group}: {one.label}" for one in fields), path.name)
    for one in fields:
        _check_field(one, {group.id for group in found}, f"{path.name}: {one.key}")
    return Catalogue(found, {one.key: one for one in fields})


def _field(table: Mapping[str, Any], shapes: Mapping[str, Any], file: str) -> Field:
    where = f"{file}: {table.get('key', 'a field without key')}"
    table = dict(table)
    datatype = table.get("datatype")
    if isinstance(datatype, Mapping) and "shape" in datatype:
        check(datatype["shape"] in shapes, where, f"unknown shape {datatype['shape']!r}")
        table["datatype"] = shapes[datatype["shape"]]
    for name in ("dpv", "schema"):
        table[f"{name}_iri"] = _iri(str(table.pop(name, "")), where)
    if "band" in table:
        table["band"] = _band(table["band"], where)
    return datafiles.build(Field, table, where)


def _iri(short: str, where: str) -> str:
    prefix, _, name = short.partition(":")
    check(prefix in PREFIXES and name.isalnum(), where, f"{short!r} is no term of a known vocabulary")
    return PREFIXES[prefix] + name


def _band(table: Mapping[str, Any], where: str) -> ladders.Band:
    check(isinstance(table, Mapping) and len(table) == 1, where, "a band has starts, a width or groups")
    shaped = dict(table)
    if "starts" in shaped:
        shaped["starts"] = tuple(shaped["starts"])
        check(list(shaped["starts"]) == sorted(set(shaped["starts"])), where, "band starts must rise")
    if "groups" in shaped:
        shaped["groups"] = {name: tuple(members) for name, members in shaped["groups"].items()}
    return datafiles.build(ladders.Band, shaped, where)


def _check_field(one: Field, known_groups: Iterable[str], where: str) -> None:
    check(bool(re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)+", one.key)), where, "a key is made of a-z, 0-9, _ and dots")
    check(one.group in known_groups, where, f"unknown group {one.group!r}")
    check(one.key.startswith(one.group + "."), where, "the key must begin with its group")
    check(bool(one.label and one.help), where, "label and help must not be empty")
    check(one.identifying in ("direct", "quasi", "none"), where, f"identifying {one.identifying!r}")
    check(one.belongs_to in ("person", "household"), where, f"belongs_to {one.belongs_to!r}")
    check(one.item_kind is None or one.item_kind in ItemKind.values, where, f"item_kind {one.item_kind!r}")
    check(one.ladder in ladders.LADDERS, where, f"unknown ladder {one.ladder!r}")
    check(one.depth_levels in (1, 2, 3), where, "depth_levels is 1, 2 or 3")
    check(one.half_life_days is None or one.half_life_days > 0, where, "half_life_days must be positive")
    closed = (*ladders.CLOSED, "name", "address")
    check(not one.is_closed or one.ladder in closed, where, "shows too much before the award")
    check(not one.special_category or one.ladder == "special", where, "special category needs the ladder special")
    _check_band(one, where)
    try:
        checking.check_schema(one.datatype)
    except ValueError as error:
        check(False, where, str(error))


def _check_band(one: Field, where: str) -> None:
    if one.band == ladders.NO_BAND:
        return
    check(one.ladder == "band", where, f"a band means nothing on the ladder {one.ladder}")
    choices = one.datatype.get("enum")
    grouped = [member for members in one.band.groups.values() for member in members]
    if one.band.groups:
        check(sorted(grouped) == sorted(choices or []), where, "the groups must hold every choice exactly once")
    else:
        check(one.datatype.get("type") in ("integer", "number"), where, "starts and width are for numbers")
