"""Amounts, answers and measures as people read them, in the language of the page. Numbers stay exact until here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from bids.domain.rounding import exact, rounded
from bids.states import Recurs
from marketplace.kernel import speaking
from marketplace.kernel.money import minor_unit

MINUS = "−"
MOST_DECIMALS = 6

COUNTED: Mapping[str, Callable[[int], str]] = {
    "hour": lambda n: ngettext("%(number)s hour", "%(number)s hours", n),
    "day": lambda n: ngettext("%(number)s day", "%(number)s days", n),
    "week": lambda n: ngettext("%(number)s week", "%(number)s weeks", n),
    "month": lambda n: ngettext("%(number)s month", "%(number)s months", n),
    "year": lambda n: ngettext("%(number)s year", "%(number)s years", n),
    "piece": lambda n: ngettext("%(number)s piece", "%(number)s pieces", n),
}


def amount(value: Fraction, currency: str, decimals: int | None = None) -> str:
    """£1,234.50, with the currency's decimals unless told otherwise: amounts below each other line up."""
    places = minor_unit(currency) if decimals is None else decimals
    text = rounded(abs(value), places)
    shown = _amount(text, currency, places, speaking.locale())
    return MINUS + shown if value < 0 and Decimal(text) else shown


@lru_cache(maxsize=4096)  # a page of offers says the same amounts again and again
def _amount(text: str, currency: str, places: int, here: Locale) -> str:
    pattern = here.currency_formats["standard"].pattern.replace("0.00", f"0.{'0' * places}".rstrip("."))
    shown: str = format_currency(Decimal(text), currency, format=pattern, locale=here, currency_digits=False)
    return shown


def about(value: Fraction, currency: str) -> str:
    """For a sentence: whole where it is whole, and from 100 on, where small change says nothing."""
    return amount(value, currency, 0 if value.denominator == 1 or abs(value) >= 100 else None)


def change(value: Fraction, currency: str) -> str:
    """A difference with its sign."""
    shown = amount(value, currency)
    return f"+{shown}" if value > 0 else shown


def decimals_of(value: Fraction) -> int:
    """How many decimals say the value exactly, at most six."""
    return next((places for places in range(MOST_DECIMALS) if 10**places % value.denominator == 0), MOST_DECIMALS)


def number(value: Any) -> str:
    """A number with the separators of the language, as exact as it was given."""
    found = exact(value)
    return speaking.number(Decimal(rounded(found, decimals_of(found))))


def points(value: Fraction) -> str:
    """Points with two decimals, half to even."""
    return rounded(value, 2).replace(".", decimal_sign())


def decimal_sign() -> str:
    """What stands before decimals in the language of the page."""
    return str(speaking.locale().number_symbols["latn"]["decimal"])


def measure(value: Any, unit: str) -> str:
    """A number with its unit: "30 days", "3,400 kWh"."""
    shown = number(value)
    if unit in COUNTED:
        found = exact(value)
        whole = int(found) if found.denominator == 1 else 2
        return COUNTED[unit](whole) % {"number": shown}
    return f"{shown} {unit}" if unit else shown


def answer(value: Any, kind: str, unit: str = "") -> str:
    """An answer as its kind wants it; empty when there is none."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return pgettext("answer", "yes") if value else pgettext("answer", "no")
    if kind in ("number", "duration"):
        return measure(value, unit)
    if kind == "date":
        return day(date.fromisoformat(str(value)))
    return str(value)


def day(value: date) -> str:
    """A date in the language's own order, short."""
    shown: str = format_date(value, "medium", locale=speaking.locale())
    return shown


def whole_day(value: date) -> str:
    """A date in full, with the day of the week."""
    shown: str = format_date(value, "full", locale=speaking.locale())
    return shown


def each(recurs: str, shown: str) -> str:
    """A charge with how often it comes."""
    often = {
        Recurs.MONTH: _("%(amount)s / month"),
        Recurs.QUARTER: _("%(amount)s / quarter"),
        Recurs.YEAR: _("%(amount)s / year"),
    }
    return often[Recurs(recurs)] % {"amount": shown} if recurs in often else shown


def period(horizon_months: int | None) -> str:
    """What a total covers."""
    if horizon_months is None:
        return _("in all")
    return _("for %(period)s") % {"period": measure(horizon_months, "month")}
