"""Amounts: plain Decimal beside an ISO 4217 code."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

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
MAX_AMOUNT = Decimal("99999999999999")  # NUMERIC(20,6) holds 14 digits before the point


def minor_unit(currency: str) -> int:
    """How many decimals an amount of `currency` has."""
    return MINOR_UNITS.get(currency, 2)


def shown(amount: Decimal, currency: str) -> str:
    """The amount as text with the currency's decimals, half-even."""
    return str(amount.quantize(Decimal(1).scaleb(-minor_unit(currency)), rounding=ROUND_HALF_EVEN))


def as_money(amount: Decimal, currency: str) -> dict[str, str]:
    """The API's shape of an amount: {"amount": "123.45", "currency": "EUR"}."""
    return {"amount": shown(amount, currency), "currency": currency}


def parse_amount(text: str, *, decimals: int) -> Decimal:
    """A finite decimal with at most `decimals` places and below MAX_AMOUNT in size; ValueError with a code."""
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise ValueError("not_a_number") from error
    if not amount.is_finite():
        raise ValueError("not_a_number")
    exponent = amount.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > decimals:
        raise ValueError("too_many_decimals")
    if abs(amount) > MAX_AMOUNT:
        raise ValueError("too_large")
    return amount
