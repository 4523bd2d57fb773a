"""Amounts, quantities and times as a person of the active language reads and writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from unicodedata import combining, normalize
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, get_timezone_name
from babel.numbers import format_currency, format_decimal
from django.utils.translation import get_language

from marketplace.kernel.money import minor_unit

REGIONS = {"en": "en_GB", "de": "de_DE"}
SPACES = re.compile(r"[\s\u00a0\u202f'’]")
MINUS = str.maketrans("−–", "--")
LANGUAGE_NEUTRAL = "en"
LONGEST = 60


def locale() -> Locale:
    """The conventions of the active language."""
    return _conventions(REGIONS.get((get_language() or LANGUAGE_NEUTRAL).split("-")[0], REGIONS[LANGUAGE_NEUTRAL]))


@cache
def _conventions(region: str) -> Locale:
    return Locale.parse(region)


def money(amount: Decimal, currency: str) -> str:
    """£936, £936.50, 1.158 €: no decimals where there are none to say."""
    here = locale()
    whole = amount == amount.to_integral_value() or not minor_unit(currency)
    pattern = here.currency_formats["standard"].pattern
    said: str = format_currency(
        amount,
        currency,
        format=pattern.replace("0.00", "0") if whole else pattern,
        locale=here,
        currency_digits=not whole,
    )
    return said


def number(amount: Decimal | int | float) -> str:
    """1,234.5 or 1.234,5, with every decimal that is there."""
    return _number(str(amount), locale())


@lru_cache(maxsize=4096)  # a page of offers says the same few numbers thousands of times
def _number(amount: str, here: Locale) -> str:
    said: str = format_decimal(Decimal(amount).normalize(), locale=here, decimal_quantization=False)
    return said


def typed(amount: Decimal) -> str:
    """As one would type it into a field: 1234.5 or 1234,5."""
    exact = amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount.normalize()
    said: str = format_decimal(exact, locale=locale(), decimal_quantization=False, group_separator=False)
    return said


def moment(at: datetime, zone: str) -> str:
    """Tuesday 3 December 2030, 18:00 GMT; a zone for which the language has no short name is written out."""
    here, local = locale(), at.astimezone(ZoneInfo(zone))
    shape = "EEEE, d. MMMM y, HH:mm" if here.language == "de" else "EEEE d MMMM y, HH:mm"
    brief = get_timezone_name(local, width="short", locale=here)
    named = f"\u00a0{brief}" if brief.isalpha() else f" ({get_timezone_name(local, locale=here)})"
    return f"{format_datetime(local, shape, locale=here)}{named}"


def short(at: datetime, zone: str) -> str:
    """Tue 3 Dec, 18:00, where rows stand close and the page says the zone elsewhere."""
    here, local = locale(), at.astimezone(ZoneInfo(zone))
    return str(
        format_datetime(local, "EEE d. MMM, HH:mm" if here.language == "de" else "EEE d MMM, HH:mm", locale=here)
    )


def day(on: date) -> str:
    """3 December 2030."""
    here = locale()
    return str(format_date(on, "d. MMMM y" if here.language == "de" else "d MMMM y", locale=here))


def country(code: str) -> str:
    """Germany, Deutschland; the code where nobody named it."""
    return str(locale().territories.get(code.upper(), code))


def countries(codes: Iterable[str], *, first: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Codes and names as a list is read: some `first`, in their order, then the others by name, Ö beside O."""
    others = [(code, country(code)) for code in codes if code not in first]
    return [(code, country(code)) for code in first] + sorted(others, key=lambda each: _plain(each[1]))


def _plain(name: str) -> str:
    return "".join(sign for sign in normalize("NFD", name) if not combining(sign)).casefold()


class Unreadable(ValueError):
    """No number, or one that can be read in two ways; `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_number(text: str, *, decimals: int) -> Decimal:
    """What a person typed, with either sign as the decimal one; raises Unreadable (not_a_number, ambiguous).

    The active language decides what 1,234 means; where its reading has more decimals than the field takes and
    the other is a number of thousands, the person has to say which.
    """
    plain = text.strip().translate(MINUS)
    if len(plain) > LONGEST:
        raise Unreadable("not_a_number")
    spaced = bool(SPACES.search(plain))
    if spaced and not re.fullmatch(r"[-+]?\d{1,3}([\s\u00a0\u202f'’]\d{3})+([.,]\d*)?", plain):
        raise Unreadable("not_a_number")
    plain = SPACES.sub("", plain)
    if not re.fullmatch(r"[-+]?\d*(?:[.,]\d*)*", plain) or not re.search(r"\d", plain):
        raise Unreadable("not_a_number")
    point = _decimal_sign(plain, decimals, spaced=spaced)
    whole, _sign, part = plain.partition(point) if point else (plain, "", "")
    _check_groups(whole)
    try:
        return Decimal(re.sub(r"[.,]", "", whole) + "." + part if part else re.sub(r"[.,]", "", whole) or "0")
    except InvalidOperation as error:
        raise Unreadable("not_a_number") from error


def _decimal_sign(plain: str, decimals: int, *, spaced: bool) -> str:
    """The sign before the decimals, empty where there are none."""
    signs: list[str] = re.findall(r"[.,]", plain)
    if len(set(signs)) == 2:
        if signs.count(signs[-1]) != 1:
            raise Unreadable("not_a_number")
        return signs[-1]
    if len(signs) != 1:
        return ""
    like_thousands = bool(re.fullmatch(r"[-+]?[1-9]\d{0,2}[.,]\d{3}", plain)) and not spaced
    if like_thousands and signs[0] == locale().number_symbols["latn"]["group"]:
        return ""
    if like_thousands and decimals < 3:
        raise Unreadable("ambiguous")
    return signs[0]


def _check_groups(whole: str) -> None:
    if re.search(r"[.,]", whole) and not re.fullmatch(r"[-+]?\d{1,3}([.,]\d{3})+", whole):
        raise Unreadable("not_a_number")
