"""Checks a value against its JSON Schema and says in plain words what is wrong."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from accounts.datastore import places
from marketplace.kernel.errors import Fault

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)

# Control characters but tab and line ends, and halves of surrogate pairs.
UNSHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

formats = FormatChecker(formats=())


def faults_of(schema: Mapping[str, Any], value: Any) -> list[Fault]:
    """Everything wrong with the value; pointers start at the value itself, so "" is all of it."""
    unusable = list(_unusable(value, ""))
    if unusable:
        return unusable
    most = schema.get("maxItems")
    if most is not None and isinstance(value, list) and len(value) > most:
        # Said alone: the other checks compare each member with each, for hours where a list is long enough.
        return [Fault("", "maxItems", _at_most(most))]
    validator = Draft202012Validator(schema, format_checker=formats)
    found = [fault for error in validator.iter_errors(value) for fault in _faults(error, value)]
    return list(dict.fromkeys(found))


def check_schema(schema: Mapping[str, Any]) -> None:
    """Raise ValueError when this is no JSON Schema or names a format that nobody checks."""
    try:
        Draft202012Validator.check_schema(schema)
    except Exception as error:
        raise ValueError(f"not a JSON Schema: {getattr(error, 'message', error)}") from error
    unknown = [name for name in _named_formats(schema) if name not in formats.checkers]
    if unknown:
        raise ValueError(f"unknown format {unknown[0]!r}")


def _is_date(value: object) -> bool:
    return not isinstance(value, str) or _date(value) is not None


def _is_birth_date(value: object) -> bool:
    born = _date(value) if isinstance(value, str) else None
    return not isinstance(value, str) or (born is not None and born <= datetime.now(UTC).date())


def _is_email(value: object) -> bool:
    return not isinstance(value, str) or bool(re.fullmatch(r"[^@\s<>\",;]+@([\w-]+\.)+[\w-]{2,}", value))


def _is_phone(value: object) -> bool:
    if not isinstance(value, str):
        return True
    return bool(re.fullmatch(r"\+?[0-9 ()./-]+", value)) and 6 <= len(re.sub(r"\D", "", value)) <= 15


def _is_postcode(value: object) -> bool:
    return not isinstance(value, str) or bool(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 -]*[A-Za-z0-9]", value))


def _is_country(value: object) -> bool:
    return not isinstance(value, str) or value in places.country_names()


def _is_language(value: object) -> bool:
    return not isinstance(value, str) or bool(re.fullmatch(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?", value))


def _date(text: str) -> date | None:
    # fromisoformat alone would also take "20260203" and "2026-W06-2".
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def _unusable(value: Any, pointer: str) -> Iterator[Fault]:
    """What JSON Schema lets pass: blank text, control characters, numbers that are none."""
    if isinstance(value, str):
        if not value.strip():
            yield Fault(pointer, "blank", _("This is empty."))
        elif UNSHOWN.search(value):
            yield Fault(pointer, "characters", _("This holds characters that cannot be shown."))
    elif isinstance(value, float) and not math.isfinite(value):
        yield Fault(pointer, "number", _("Give a number."))
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _unusable(part, f"{pointer}/{_escaped(name)}")
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _unusable(part, f"{pointer}/{place}")


def _faults(error: ValidationError, value: Any) -> Iterator[Fault]:
    if error.validator == "anyOf":
        # Speak of the alternative that the person meant: the one of the same type.
        meant = [inner for inner in error.context or () if _is_meant(inner, error)]
        if meant:
            for inner in meant:
                yield from _faults(inner, value)
            return
    pointer = "".join(f"/{_escaped(part)}" for part in error.absolute_path)
    if error.validator == "required":
        for name in (name for name in error.validator_value if name not in error.instance):
            yield Fault(f"{pointer}/{_escaped(name)}", "required", _("This is missing."))
    elif error.validator == "additionalProperties":
        known = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
        for name in (name for name in error.instance if name not in known):
            yield Fault(f"{pointer}/{_escaped(name)}", "unknown", _("There is no such part."))
    else:
        yield Fault(pointer, str(error.validator), _sentence(error))


def _is_meant(inner: ValidationError, outer: ValidationError) -> bool:
    branch = outer.validator_value[inner.relative_schema_path[0]]
    return bool(Draft202012Validator({"type": branch.get("type", "object")}).is_valid(outer.instance))


def _sentence(error: ValidationError) -> str:
    limit = error.validator_value
    match error.validator:
        case "type" | "format":
            return _kinds().get(str(limit), _("This is not of the right kind."))
        case "enum":
            return _("Choose one of: %(choices)s.") % {"choices": ", ".join(str(choice) for choice in limit)}
        case "minimum":
            return _("Give %(limit)s or more.") % {"limit": limit}
        case "exclusiveMinimum":
            return _("Give more than %(limit)s.") % {"limit": limit}
        case "maximum":
            return _("Give %(limit)s or less.") % {"limit": limit}
        case "minLength":
            return _("Write at least %(limit)s characters.") % {"limit": limit}
        case "maxLength":
            return _("Write at most %(limit)s characters.") % {"limit": limit}
        case "maxItems":
            return _at_most(limit)
        case "anyOf":
            return _("Give a text, or the parts by name.")
        case "uniqueItems":
            return _("Choose each only once.")
        case _:
            return _("This does not have the right form.")


def _at_most(limit: int) -> str:
    return _("Choose at most %(limit)s.") % {"limit": limit}


def _kinds() -> dict[str, str]:
    return {
        "string": _("Give a text."),
        "integer": _("Give a whole number."),
        "number": _("Give a number."),
        "boolean": _("Say yes or no (true or false)."),
        "array": _("Give a list."),
        "object": _("Give the parts by name."),
        "date": _("Give a date as year-month-day, for example 2026-03-31."),
        "birth-date": _("Give a date in the past as year-month-day, for example 1984-03-31."),
        "email": _("Give an e-mail address, for example name@example.org."),
        "phone": _("Give a phone number of 6 to 15 digits."),
        "postcode": _("Give a postcode of letters and digits."),
        "country": _("Give a two-letter country code, for example GB."),
        "language": _("Give a language code, for example en or en-GB."),
    }


def _named_formats(schema: Any) -> Iterator[str]:
    if isinstance(schema, Mapping):
        if isinstance(schema.get("format"), str):
            yield schema["format"]
        for part in schema.values():
            yield from _named_formats(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _named_formats(part)


def _escaped(part: object) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


for _name, _holds in {
    "date": _is_date,
    "birth-date": _is_birth_date,
    "email": _is_email,
    "phone": _is_phone,
    "postcode": _is_postcode,
    "country": _is_country,
    "language": _is_language,
}.items():
    formats.checks(_name)(_holds)
