"""What would give a person away in a text: their own name, street, birth date and contacts as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.datastore import catalogue
from accounts.datastore.domain.keeping import read
from accounts.datastore.models import FieldValue, Owner

# Shorter parts of names are words of the language ("An", "Li") more often than names.
SHORTEST_PART = 3
BIRTH_DATE = "identity.birth_date"
NAMES = frozenset({"identity.full_name", "identity.preferred_name"})
ADDRESSES = frozenset({"home.address", "contact.postal_address"})
MONTHS = "January February March April May June July August September October November December".split()


@dataclass(frozen=True, slots=True)
class OwnIdentifier:
    """A needle whose words stand in a text with any punctuation or none between them; `field` says what it is."""

    field: str
    needle: str


def own_identifiers(owners: Iterable[Owner]) -> list[OwnIdentifier]:
    """Every spelling of what identifies these owners directly, including their accounts' names and addresses."""
    owners = list(owners)
    fields = [field.key for field in catalogue.all_fields() if field.identifying == "direct"]
    live = FieldValue.objects.select_related("owner__key", "item").filter(
        owner__in=owners, field__in=[*fields, BIRTH_DATE], ended_at__isnull=True
    )
    found = [(value.field, needle) for value in live for needle in _spellings(value.field, read(value))]
    for owner in owners:
        if owner.person is not None:
            found += [("contact.email", email) for email in [owner.person.email] if email]
            found += [("identity.full_name", needle) for needle in _names(owner.person.name)]
    return [OwnIdentifier(field, needle) for field, needle in dict.fromkeys(found)]


def _spellings(field: str, value: Any) -> Iterator[str]:
    if field in NAMES:
        yield from _names(value)
    elif field in ADDRESSES:
        yield from _streets(value)
    elif field == BIRTH_DATE:
        yield from _days(date.fromisoformat(value))
    elif field == "contact.phone":
        yield from _phones(value)
    elif field == "contact.email":
        yield value
    else:
        yield _spaced(str(value))


def _names(name: str) -> Iterator[str]:
    if name.strip():
        yield name.strip()
    words = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", name)
    yield from (word for word in words if len(word) >= SHORTEST_PART)


def _streets(value: Any) -> Iterator[str]:
    line = value.get("streetAddress", "") if isinstance(value, dict) else re.split(r"[,\n;]", str(value))[0]
    words = re.findall(r"\w+", line)
    if words:
        yield " ".join(words)
    # A street of one word is named only with its number: alone it would be any word.
    named = [word for word in words if not any(sign.isdigit() for sign in word)]
    if len(named) > 1 and named != words:
        yield " ".join(named)


def _days(day: date) -> Iterator[str]:
    d, m, y = day.day, day.month, day.year
    month = MONTHS[m - 1]
    yield from (day.isoformat(), f"{d:02} {m:02} {y}", f"{d} {m} {y}", f"{m:02} {d:02} {y}", f"{m} {d} {y}")
    yield from (f"{d:02} {m:02} {y % 100:02}", f"{y}{m:02}{d:02}", f"{d:02}{m:02}{y}")
    ordinal = f"{d}{'th' if 10 < d < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(d % 10, 'th')}"
    for name in dict.fromkeys((month, month[:3])):
        for number in (f"{d}", f"{d:02}", ordinal):
            yield from (f"{number} {name} {y}", f"{name} {number} {y}", f"{number} of {name} {y}")


def _phones(value: str) -> Iterator[str]:
    digits = re.sub(r"\D", "", value.replace("(0)", ""))
    yield _spaced(digits)
    if value.strip().startswith(("+", "00")):
        digits = digits.removeprefix("00")
        yield from (_spaced(digits), _spaced("00" + digits))
        # A country code has one to three digits; at home people write 0 instead.
        yield from (_spaced("0" + digits[length:]) for length in (1, 2, 3))


def _spaced(text: str) -> str:
    """Each sign a word of its own, so that it is found however it is grouped."""
    return " ".join(re.findall(r"\w", text))
