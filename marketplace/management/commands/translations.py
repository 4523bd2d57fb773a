"""Gathers every text that people read and keeps the translations of each language in step with them."""

from __future__ import annotations

import io
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation.template import templatize

ROOT: Path = settings.BASE_DIR
CODE = ("accounts", "rfps", "bids", "marketplace")
DATA = ("rfps/data/**/*.toml", "accounts/datastore/data/fields.toml")
SAID = frozenset("title text where note label help spec choices synonyms".split())
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy", "ngettext_noop"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
DATED = datetime(2026, 1, 1, tzinfo=UTC)  # a date of its own would change the file whenever it is made

Message = tuple[Any, "str | None"]  # the text, or (one, many); and its context


def messages() -> Iterator[Message]:
    """Every text in code, templates and data files."""
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield from _of_python(path.read_text())
    for path in sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"}):
        code = templatize(path.read_text(), origin=str(path))
        yield from _of_python("\n".join(line.strip() for line in code.splitlines()))
    for pattern in DATA:
        for path in sorted(ROOT.glob(pattern)):
            yield from _of_data(tomllib.loads(path.read_text()))


def _of_python(code: str) -> Iterator[Message]:
    for _line, text, _comments, context in extract("python", io.BytesIO(code.encode()), KEYWORDS):
        yield text, context


def _of_data(table: Any) -> Iterator[Message]:
    """Texts by the names of their keys; the words by which a category is found are one text."""
    if isinstance(table, list):
        for row in table:
            yield from _of_data(row)
    elif isinstance(table, dict):
        for name, value in table.items():
            if name == "unit" and value:
                yield value, "unit"
            elif name in {"enum", "groups"}:
                yield from ((one.replace("_", " "), "choice") for one in value)
            elif name == "synonyms":
                yield ", ".join(value), None
            elif name in SAID and isinstance(value, str):
                yield value, None
            elif name in SAID and isinstance(value, list) and all(isinstance(one, str) for one in value):
                yield from ((one, None) for one in value)
            else:
                yield from _of_data(value)


def template() -> Catalog:
    """All texts without a translation."""
    found = Catalog(project="Beckon", creation_date=DATED, fuzzy=False)
    for text, context in messages():
        if text:
            found.add(text, context=context)
    return found


def catalogue_path(language: str) -> Path:
    """Where the translations of a language lie; the compiled ones beside them as .mo."""
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """The translations as they are written down."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str) -> Catalog:
    """The translations with every present text in them, and none that is gone."""
    found = read(language)
    found.update(template(), no_fuzzy_matching=True)
    found.obsolete.clear()
    found.creation_date = found.revision_date = DATED
    found.header_comment = "# Made and kept in step by `manage.py translations`; the translations are written here."
    found.project, found.version, found.copyright_holder = "Beckon", "1", "Beckon"
    found.last_translator, found.language_team, found.msgid_bugs_address = "", "", ""
    return found


def as_po(catalogue: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, catalogue, no_location=True, sort_output=True, width=0, omit_header=False)
    return out.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def languages() -> list[str]:
    """Every language but the one the texts are written in."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


class Command(BaseCommand):
    help = "Bring locale/*/LC_MESSAGES/django.po up to date with the texts, and compile it."

    def handle(self, *args: Any, **options: Any) -> None:
        for language in languages():
            path = catalogue_path(language)
            catalogue = updated(language)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(as_po(catalogue))
            path.with_suffix(".mo").write_bytes(as_mo(catalogue))
            missing = [message.id for message in catalogue if message.id and not all(_strings(message.string))]
            self.stdout.write(f"{language}: {len(catalogue)} texts, {len(missing)} without a translation")


def _strings(string: Any) -> tuple[str, ...]:
    return tuple(string) if isinstance(string, list | tuple) else (string,)
