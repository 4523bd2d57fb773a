"""Amounts: plain Decimal beside an ISO 4217 code."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal

# Minor units other than 2, ISO 4217:2015 list one (amendment 176).
MINOR_UNITS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
}
TWO_DIGITS = frozenset(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP "
    "CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR "
    "JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN "
    "NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP "
    "SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG".split()
)
CURRENCIES = TWO_DIGITS | frozenset(MINOR_UNITS)
PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
MAX_AMOUNT = Decimal("99999999999999")  # NUMERIC(20,6) holds 14 digits before the point


def minor_unit(currency: str) -> int:
    """How many decimals an amount of `currency` has."""
    return MINOR_UNITS.get(currency, 2)


def shown(amount: Decimal, currency: str) -> str:
    """The amount as text with the currency's decimals, half-even."""
    return str(amount.quantize(Decimal(1).scaleb(-minor_unit(currency)), rounding=ROUND_HALF_EVEN))


def parse_amount(text: str, *, decimals: int) -> Decimal:
    """Plain digits with at most `decimals` places and at most MAX_AMOUNT in size; ValueError with a code."""
    if not PLAIN.fullmatch(text):
        raise ValueError("not_a_number")
    # Counted in the text: Decimal's own arithmetic rounds to 28 digits and would not see the rest.
    if len(text.partition(".")[2].rstrip("0")) > decimals:
        raise ValueError("too_many_decimals")
    amount = Decimal(text)
    if abs(amount) > MAX_AMOUNT:
        raise ValueError("too_large")
    return amount
