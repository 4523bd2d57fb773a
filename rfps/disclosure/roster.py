"""The roster of standard agreements: plain words and a machine form, one immutable version a file."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import rfc8785

from marketplace.kernel import datafiles
from marketplace.kernel.datafiles import BrokenFile, build, check

FOLDER = Path(__file__).parent / "data" / "terms"
FRONT_MATTER = re.compile(r"\A\+\+\+\n(.*?)\n\+\+\+\n(.*)\Z", re.DOTALL)
CLAUSE = re.compile(r"^(\d+)\. ", re.MULTILINE)


class UnknownTerms(KeyError):
    """No agreement of the roster has this id."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One version of a standard agreement; `text` is Markdown, `machine` JSON with terms of the W3C's DPV.

    `proffered`: a person can choose it for a request. `award`: the agreement that its acceptance includes for the case
    of award.
    """

    id: str
    version: str
    title: str
    summary: str
    text: str
    machine: Mapping[str, Any]
    proffered: bool
    award: str | None = None

    @property
    def sha256(self) -> str:
        """Of the canonical JSON (RFC 8785) of everything above."""
        return hashlib.sha256(rfc8785.dumps(asdict(self))).hexdigest()


def agreements() -> tuple[Agreement, ...]:
    """Every agreement, those a person can choose first."""
    return tuple(_roster().values())


def agreement(slug: str) -> Agreement:
    """The current version of an agreement; raises UnknownTerms."""
    try:
        return _roster()[slug]
    except KeyError:
        raise UnknownTerms(slug) from None


def proffered() -> tuple[str, ...]:
    """The ids a request may name as its terms."""
    return tuple(one.id for one in agreements() if one.proffered)


def award_terms(slug: str) -> Agreement:
    """What holds for the chosen supplier when a request names `slug`; raises UnknownTerms."""
    included = agreement(slug).award
    if included is None:
        raise UnknownTerms(slug)
    return agreement(included)


@lru_cache(maxsize=1)
def _roster() -> dict[str, Agreement]:
    return load(FOLDER)


def load(folder: Path) -> dict[str, Agreement]:
    """Read and check a whole roster, by id; raises BrokenFile."""
    found = [_agreement(path) for path in sorted(folder.glob("*.md"))]
    datafiles.once((one.id for one in found), folder.name)
    ids = {one.id for one in found}
    for one in found:
        check(one.proffered == (one.award is not None), one.id, "what a person chooses names the terms of the award")
        check(one.award is None or one.award in ids, one.id, f"no agreement {one.award!r}")
    return {one.id: one for one in sorted(found, key=lambda one: not one.proffered)}


def _agreement(path: Path) -> Agreement:
    try:
        parts = FRONT_MATTER.fullmatch(path.read_text(encoding="utf-8").replace("\r\n", "\n"))
        machine = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        head = tomllib.loads(parts[1]) if parts else {}
    except (OSError, ValueError) as error:
        raise BrokenFile(f"{path.name}: {error}") from error
    if parts is None:
        raise BrokenFile(f"{path.name}: it must begin with a head between two lines +++")
    found = build(Agreement, {**head, "text": parts[2].strip() + "\n", "machine": machine}, path.name)
    check(found.id == path.stem, path.name, f"its id is {found.id!r}")
    check(bool(found.title and found.summary and found.version), path.name, "title, summary, version are needed")
    numbers = [int(number) for number in CLAUSE.findall(found.text)]
    check(numbers == list(range(1, len(numbers) + 1)), path.name, "its clauses are not numbered from 1")
    check(machine.get("@id") == found.id, path.with_suffix(".json").name, "@id is not the agreement's")
    check(machine.get("award") == found.award, path.with_suffix(".json").name, "award is not the text's")
    cited = {number for rows in machine.values() if isinstance(rows, list) for number in _clauses(rows)}
    check(cited <= set(numbers), path.with_suffix(".json").name, "it cites a clause that the text lacks")
    return found


def _clauses(rows: list[Any]) -> list[int]:
    return [number for row in rows if isinstance(row, Mapping) for number in row.get("clauses", [])]
