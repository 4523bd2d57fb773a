"""Exact numbers as text: amounts stay fractions until they are shown."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Context, Decimal
from fractions import Fraction
from functools import reduce
from math import lcm

from marketplace.kernel.money import minor_unit

WIDE = Context(prec=200)  # products of a few columns of NUMERIC(20,6) stay exact


def exact(value: Decimal | float | str) -> Fraction:
    """The number as it was written, without a context's precision. ValueError for anything else."""
    if isinstance(value, Decimal):
        return Fraction(*value.as_integer_ratio())  # twice as fast as of the decimal itself
    return Fraction(value) if type(value) is int else Fraction(str(value))


def product(*factors: Decimal) -> Fraction:
    """The exact product."""
    return exact(reduce(WIDE.multiply, factors))


def add(amounts: Iterable[Fraction]) -> Fraction:
    """The exact sum, over one common denominator: comparing 200 bids adds thousands of fractions."""
    found = list(amounts)
    denominator = lcm(*(amount.denominator for amount in found))
    return Fraction(sum(amount.numerator * (denominator // amount.denominator) for amount in found), denominator)


def rounded(value: Fraction, decimals: int) -> str:
    """Half-even to `decimals` places."""
    scaled, rest = divmod(value.numerator * 10**decimals, value.denominator)
    if 2 * rest > value.denominator or (2 * rest == value.denominator and scaled % 2):
        scaled += 1
    sign, digits = "-" if scaled < 0 else "", str(abs(scaled)).rjust(decimals + 1, "0")
    return sign + (f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits)


def money(value: Fraction, currency: str) -> str:
    """With the currency's minor unit, half-even."""
    return rounded(value, minor_unit(currency))
