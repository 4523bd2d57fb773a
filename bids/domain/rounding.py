"""Exact numbers as text: amounts stay fractions until they are shown."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from marketplace.kernel.money import minor_unit


def exact(value: Decimal | int | str) -> Fraction:
    """The number as it was written, without a context's precision. ValueError for anything else."""
    return Fraction(str(value))


def rounded(value: Fraction, decimals: int) -> str:
    """Half-even to `decimals` places."""
    scaled: int = round(value * 10**decimals)  # Fraction rounds half to even
    sign, digits = "-" if scaled < 0 else "", str(abs(scaled)).rjust(decimals + 1, "0")
    return sign + (f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits)


def money(value: Fraction, currency: str) -> str:
    """With the currency's minor unit, half-even."""
    return rounded(value, minor_unit(currency))
