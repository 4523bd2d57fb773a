"""Reads the reviewed data files that ship with the product; a broken one stops the start with one clear line."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


class BrokenFile(Exception):
    """A data file that cannot be used: which one, where in it, and why."""


def read(path: Path) -> dict[str, Any]:
    """The TOML file as a table; raises BrokenFile when it is missing or no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BrokenFile(f"{path.name}: {error}") from error


def build(kind: type[T], table: Any, where: str) -> T:
    """A dataclass from a table of the same names; raises BrokenFile on names unknown, missing or refused."""
    if not isinstance(table, Mapping):
        raise BrokenFile(f"{where}: expected a table, found {table!r}")
    fields = {f.name: f for f in dataclasses.fields(kind) if f.init}  # type: ignore[arg-type]
    unknown = [name for name in table if name not in fields]
    if unknown:
        raise BrokenFile(f"{where}: unknown name {unknown[0]!r}")
    missing = [name for name, f in fields.items() if name not in table and not _has_default(f)]
    if missing:
        raise BrokenFile(f"{where}: {missing[0]!r} is missing")
    try:
        return kind(**table)
    except (TypeError, ValueError) as error:
        raise BrokenFile(f"{where}: {error}") from error


def check(holds: bool, where: str, why: str) -> None:
    """Raise BrokenFile unless `holds`."""
    if not holds:
        raise BrokenFile(f"{where}: {why}")


def once(names: Iterable[str], where: str) -> None:
    """Raise BrokenFile when a name stands twice."""
    seen: set[str] = set()
    for name in names:
        check(name not in seen, where, f"{name!r} stands twice")
        seen.add(name)


def _has_default(field: dataclasses.Field[Any]) -> bool:
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
