"""Checks of content that came from outside: each takes a value and its pointer, and collects every fault."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from marketplace.kernel.errors import Fault
from marketplace.kernel.money import CURRENCIES, parse_amount

Faults = list[Fault]
Check = Callable[[Any, str, Faults], Any]  # the clean value, or None with a fault added

DECIMAL = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,80})?")
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
FIRST_YEAR, LAST_YEAR = 2000, 2199  # far from where dates overflow
LARGEST_NUMBER = 10**12  # exact in every JSON reader, with three decimals


def text(limit: int, *, blank: bool = True) -> Check:
    """Characters that the database can store, at most `limit` of them, without the space around them."""
    return partial(_text, limit, blank)


def _text(limit: int, blank: bool, value: Any, pointer: str, faults: Faults) -> Any:
    if not isinstance(value, str):
        return fault(faults, pointer, "wrong_type", _("A text is wanted here."))
    if not storable(value):
        return fault(faults, pointer, "control_character", _("This holds a character that cannot be stored."))
    value = value.strip()
    if not value and not blank:
        return fault(faults, pointer, "blank", _("This may not be empty."))
    if len(value) > limit:
        return fault(faults, pointer, "too_long", _("At most %(limit)d characters.") % {"limit": limit})
    return value


def storable(value: str) -> bool:
    """Neither NUL nor half a surrogate pair: PostgreSQL and UTF-8 refuse them."""
    return "\x00" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)


def flag(value: Any, pointer: str, faults: Faults) -> Any:
    """true or false."""
    return (
        value if isinstance(value, bool) else fault(faults, pointer, "wrong_type", _("true or false is wanted here."))
    )


def whole(low: int, high: int) -> Check:
    """A whole number in a range."""
    return partial(_whole, low, high)


def _whole(low: int, high: int, value: Any, pointer: str, faults: Faults) -> Any:
    if isinstance(value, float | Decimal) and value == value // 1:
        value = int(value)  # JSON knows one kind of number: 3.0 is whole
    if isinstance(value, bool) or not isinstance(value, int):
        return fault(faults, pointer, "wrong_type", _("A whole number is wanted here."))
    if not low <= value <= high:
        return fault(faults, pointer, "out_of_range", _("From %(low)d to %(high)d.") % {"low": low, "high": high})
    return value


def number(decimals: int = 6, low: int = -LARGEST_NUMBER, high: int = LARGEST_NUMBER) -> Check:
    """A JSON number, or a decimal as text; given back as a JSON number."""
    return partial(_number, decimal(decimals, low=Decimal(low), high=Decimal(high), loose=True))


def _number(check: Check, value: Any, pointer: str, faults: Faults) -> Any:
    found = check(value, pointer, faults)
    if found is None:
        return None
    exact = Decimal(found)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def decimal(decimals: int, *, low: Decimal | None = None, high: Decimal | None = None, loose: bool = False) -> Check:
    """A decimal as text, in plain digits; `loose` also takes a JSON number."""
    return partial(_decimal, decimals, low, high, loose)


def _decimal(
    decimals: int, low: Decimal | None, high: Decimal | None, loose: bool, value: Any, pointer: str, faults: Faults
) -> Any:
    if loose and isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        value = format(Decimal(str(value)), "f")
    if not isinstance(value, str):
        return fault(faults, pointer, "wrong_type", _("A decimal number as text is wanted here."))
    if not DECIMAL.fullmatch(value.strip()):
        return fault(faults, pointer, "not_a_number", _("This is not a decimal number."))
    try:
        amount = parse_amount(value.strip(), decimals=decimals) + 0  # + 0 makes "-0" a plain zero
    except ValueError as error:
        return fault(faults, pointer, str(error), _("At most %(n)d decimals, and not that large.") % {"n": decimals})
    if (low is not None and amount < low) or (high is not None and amount > high):
        return fault(faults, pointer, "out_of_range", _("This number is outside its range."))
    return format(amount, "f")


def one_of(values: Collection[str], code: str = "unknown_choice") -> Check:
    """One of a closed list."""
    return partial(_one_of, values, code)


def _one_of(values: Collection[str], code: str, value: Any, pointer: str, faults: Faults) -> Any:
    if isinstance(value, str) and value in values:
        return value
    if not isinstance(value, str):
        return fault(faults, pointer, "wrong_type", _("A text is wanted here."))
    return fault(faults, pointer, code, _("This is not one of the known values."))


currency = one_of(CURRENCIES, "unknown_currency")


def instant(value: Any, pointer: str, faults: Faults) -> Any:
    """An RFC 3339 time with its offset, given back in UTC."""
    if not isinstance(value, str) or not INSTANT.fullmatch(value):
        return fault(faults, pointer, "not_a_time", _("A time like 2030-01-31T17:00:00Z is wanted here."))
    try:
        at = datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return fault(faults, pointer, "not_a_time", _("There is no such time."))
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        return fault(faults, pointer, "out_of_range", _("This year is out of range."))
    return as_instant(at)


def as_instant(at: datetime) -> str:
    """RFC 3339 in UTC, as the API writes it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """A checked instant as a time that can be compared."""
    return datetime.fromisoformat(text)


def day(value: Any, pointer: str, faults: Faults) -> Any:
    """A date like 2030-01-31."""
    try:
        found = date.fromisoformat(value) if isinstance(value, str) and DAY.fullmatch(value) else None
    except ValueError:
        found = None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        return fault(faults, pointer, "not_a_date", _("A date like 2030-01-31 is wanted here."))
    return found.isoformat()


def identifier(value: Any, pointer: str, faults: Faults) -> Any:
    """A public id."""
    try:
        return (
            str(UUID(value)) if isinstance(value, str) else fault(faults, pointer, "wrong_type", _("An id is wanted."))
        )
    except ValueError:
        return fault(faults, pointer, "not_an_id", _("This is not an id."))


def slug(value: Any, pointer: str, faults: Faults) -> Any:
    """A short name of a-z, 0-9, dashes and underscores."""
    if not isinstance(value, str):
        return fault(faults, pointer, "wrong_type", _("A text is wanted here."))
    if not SLUG.fullmatch(value):
        return fault(faults, pointer, "not_a_slug", _("Only a-z, 0-9, - and _ stand here, at most 64 of them."))
    return value


def anything(value: Any, pointer: str, faults: Faults) -> Any:
    """Taken as it is: another check reads it again with more knowledge."""
    return value


def mapping(value: Any, pointer: str, faults: Faults) -> Any:
    """An object of any members, which another check reads again."""
    return value if isinstance(value, dict) else fault(faults, pointer, "wrong_type", _("An object is wanted here."))


def rows(check: Check, limit: int) -> Check:
    """A list of at most `limit` values that each pass `check`."""
    return partial(_rows, check, limit)


def _rows(check: Check, limit: int, value: Any, pointer: str, faults: Faults) -> Any:
    if not isinstance(value, list):
        return fault(faults, pointer, "wrong_type", _("A list is wanted here."))
    if len(value) > limit:
        return fault(faults, pointer, "too_many", _("At most %(limit)d entries.") % {"limit": limit})
    return [check(entry, f"{pointer}/{position}", faults) for position, entry in enumerate(value)]


def table(members: Mapping[str, Check], required: Collection[str] = ()) -> Check:
    """An object with these members only. A member that is null counts as not given."""
    return partial(_table, members, required)


def _table(members: Mapping[str, Check], required: Collection[str], value: Any, pointer: str, faults: Faults) -> Any:
    if not isinstance(value, dict):
        return fault(faults, pointer, "wrong_type", _("An object is wanted here."))
    for name in value:
        if name not in members:
            fault(faults, f"{pointer}/{escaped(name)}", "unknown_field", _("This field is not known."))
    given = {name: entry for name, entry in value.items() if name in members and entry is not None}
    for name in required:
        if name not in given:
            fault(faults, f"{pointer}/{name}", "required", _("This is needed."))
    return {name: members[name](entry, f"{pointer}/{name}", faults) for name, entry in given.items()}


def escaped(name: str) -> str:
    """One step of a JSON pointer (RFC 6901), fit to be shown."""
    return name.replace("~", "~0").replace("/", "~1").encode(errors="replace").decode()[:100]


def fault(faults: Faults, pointer: str, code: str, message: str) -> Any:
    """Add one fault; gives None, the value of what is wrong."""
    faults.append(Fault(pointer, code, message))
    return None
