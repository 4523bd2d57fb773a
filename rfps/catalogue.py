"""The tree of what can be asked for: categories by path, with the words people use for them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language, gettext

from marketplace.kernel import datafiles
from marketplace.kernel.datafiles import check

FILE = Path(__file__).parent / "data" / "categories.toml"
LEVELS = 3
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class UnknownCategory(KeyError):
    """No category has this id."""


@dataclass(frozen=True, slots=True)
class Category:
    """A node of the tree; its id is the path from the root."""

    id: str
    label: str
    help: str
    synonyms: tuple[str, ...] = ()

    @property
    def parent(self) -> str | None:
        """The id of the node above, None at the top."""
        return self.id.rpartition("/")[0] or None


def all_categories() -> tuple[Category, ...]:
    """Every category, parents before children."""
    return tuple(_tree().values())


def exists(category: str) -> bool:
    """Whether there is a category of this id."""
    return category in _tree()


def category(slug: str) -> Category:
    """The category of an id; raises UnknownCategory."""
    try:
        return _tree()[slug]
    except KeyError:
        raise UnknownCategory(slug) from None


def ancestors(slug: str) -> tuple[Category, ...]:
    """The path from the top to the category itself, both included; raises UnknownCategory."""
    node = category(slug)
    above = ancestors(node.parent) if node.parent else ()
    return (*above, node)


def children(slug: str | None = None) -> tuple[Category, ...]:
    """What lies directly below; None stands for the top. Raises UnknownCategory."""
    if slug is not None:
        category(slug)
    return tuple(node for node in all_categories() if node.parent == slug)


def find(text: str, limit: int = 8) -> tuple[Category, ...]:
    """The categories that a text most likely means, best first; words may be cut short at the end."""
    typed = _words(text)[:40]
    ranks = {slug: _rank(phrases, typed) for slug, phrases in _phrases(get_language()).items()}
    enough = max(0.3, 0.6 * max(ranks.values()))
    # More specific nodes win a tie: who types "power" wants electricity rather than all of energy.
    found = [slug for slug in ranks if ranks[slug] >= enough]
    found.sort(key=lambda slug: (-ranks[slug], -slug.count("/"), slug))
    return tuple(_tree()[slug] for slug in found[:limit])


def _rank(phrases: tuple[tuple[str, ...], ...], typed: list[str]) -> float:
    """Best over the phrases (the label first) of the share of its letters that were typed."""
    return max(
        (0.9 if place else 1.0) * sum(len(word) * _meets(word, typed) for word in phrase) / sum(map(len, phrase))
        for place, phrase in enumerate(phrases)
    )


def _meets(word: str, typed: list[str]) -> float:
    """1 for the word itself or its plural, a half for a beginning of three letters or more."""
    if any(one in (word, word + "s", word + "es") or one + "s" == word for one in typed):
        return 1.0
    return 0.5 if any(len(one) >= 3 and word.startswith(one) for one in typed) else 0.0


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"[^\W_]+", "".join(sign for sign in plain if not unicodedata.combining(sign)))


@lru_cache(maxsize=1)
def _tree() -> dict[str, Category]:
    return load(FILE)


def said(node: Category) -> tuple[str, ...]:
    """The words that people type for it, in the active language; a language writes them as one text."""
    written = ", ".join(node.synonyms)
    return tuple(gettext(written).split(", ")) if written else ()


@lru_cache(maxsize=8)
def _phrases(language: str | None) -> dict[str, tuple[tuple[str, ...], ...]]:
    """For each id its phrases, in words, best first: those of the active language, then those of the file."""
    found = {}
    for slug, node in _tree().items():
        phrases = dict.fromkeys((gettext(node.label), *said(node), node.label, *node.synonyms))
        found[slug] = tuple(words for one in phrases if (words := tuple(_words(one))))
    return found


def load(path: Path) -> dict[str, Category]:
    """Read and check a whole tree; raises BrokenFile."""
    tables = datafiles.read(path)
    nodes = [_node(table, path.name) for table in tables.pop("category", [])]
    check(not tables, path.name, f"unknown name {next(iter(tables), '')!r}")
    datafiles.once((node.id for node in nodes), path.name)
    datafiles.once((node.label for node in nodes), path.name)
    seen: set[str] = set()
    for node in nodes:
        where = f"{path.name}: {node.id}"
        parts = node.id.split("/")
        check(all(SLUG.fullmatch(part) for part in parts), where, "an id is made of a-z, 0-9 and hyphens")
        check(len(parts) <= LEVELS, where, f"more than {LEVELS} levels")
        check(node.parent is None or node.parent in seen, where, "its parent must stand before it")
        check(bool(node.label and node.help), where, "label and help must not be empty")
        check(all(_words(phrase) for phrase in (node.label, *node.synonyms)), where, "a synonym without words")
        seen.add(node.id)
    return {node.id: node for node in nodes}


def _node(table: Mapping[str, Any], file: str) -> Category:
    found = datafiles.build(Category, table, f"{file}: {table.get('id', 'a category without id')}")
    return Category(found.id, found.label, found.help, tuple(found.synonyms))
