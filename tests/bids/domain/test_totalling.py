"""Totals of formula eval-1, by hand and by property."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bids.domain.rounding import money, rounded
from bids.domain.totalling import Fee, Line, Offer, Price, Term, Total, total
from bids.states import Flag, TermKind

KWH = Line("kwh", "Electricity, kWh", Decimal(3400))
VISIT = Line("visit", "Visit", Decimal(2))
amounts = st.decimals(0, 10**8, places=6)


def of(offer: Offer, *lines: Line, horizon: int | None = 12, exit_fee: str | None = None) -> Total:
    return total(offer, lines or (KWH,), horizon_months=horizon, exit_fee=Decimal(exit_fee) if exit_fee else None)


def electricity(*fees: Fee, **changes: object) -> Offer:
    return Offer(prices={"kwh": Price(Decimal("0.2400"), Decimal(3400))}, fees=fees, **changes)  # type: ignore[arg-type]


def fee(amount: str, recurs: str = "month", **more: object) -> Fee:
    return Fee(str(more.pop("label", "Standing charge")), Decimal(amount), recurs, **more)  # type: ignore[arg-type]


def charge(result: Total, at: int = 0) -> Term:
    return [term for term in result.terms if term.kind == TermKind.CHARGE][at]


def test_the_example_of_the_contract() -> None:
    result = of(electricity(fee("15.00", periods=12)))  # 0.24 · 3400 + 12 · 15
    assert (result.amount, result.flags, result.missing) == (996, (), ())
    assert [(t.kind, t.amount, t.counted, t.months) for t in result.terms] == [
        (TermKind.LINE, 816, True, None),
        (TermKind.CHARGE, 180, True, 12),
    ]


def test_vat_multiplies_lines_charges_and_delivery_but_not_the_exit_fee() -> None:
    offer = electricity(fee("15.00"), delivery=Decimal("10"), vat_rate=Decimal("0.20"), vat_included=False)
    assert of(offer, exit_fee="50").amount == Fraction("1257.2")  # (816 + 180 + 10) · 1.2 + 50


def test_vat_included_multiplies_nothing() -> None:
    assert of(electricity(vat_rate=Decimal("0.20"))).amount == 816


@pytest.mark.parametrize(
    ("recurs", "periods", "from_period", "horizon", "months", "amount", "flags"),
    [
        ("month", 12, 1, 12, 12, 120, ()),
        ("month", 24, 1, 12, 12, 120, ()),
        ("month", None, 1, 12, 12, 120, ()),
        ("month", 6, 1, 12, 12, 120, (Flag.PRICE_KNOWN_IN_PART,)),
        ("month", None, 7, 12, 6, 60, ()),
        ("month", 3, 7, 12, 6, 60, (Flag.PRICE_KNOWN_IN_PART,)),
        ("month", 3, 13, 12, 0, 0, ()),
        ("quarter", 4, 1, 12, 12, 40, ()),
        ("year", 1, 1, 6, 6, 5, ()),
        ("year", 1, 1, 24, 24, 20, (Flag.PRICE_KNOWN_IN_PART,)),
        ("month", 6, 1, None, 6, 60, ()),
        ("year", None, 1, None, 12, 10, (Flag.OPEN_ENDED,)),
    ],
)
def test_recurring_charges_count_the_months_inside_the_period(
    recurs: str, periods: int | None, from_period: int, horizon: int | None, months: int, amount: int, flags: object
) -> None:
    result = of(electricity(fee("10", recurs, periods=periods, from_period=from_period)), horizon=horizon)
    assert (charge(result).months, charge(result).amount, result.flags) == (months, amount, flags)
    assert result.amount == 816 + amount


def test_a_one_off_counts_once_whatever_the_period() -> None:
    assert of(electricity(fee("99", "once"))).amount == of(electricity(fee("99", "once")), horizon=None).amount == 915


@pytest.mark.parametrize("labels", [("Tariff", "Tariff"), ("First half", "Second half")])
def test_a_charge_that_another_follows_is_not_counted_beyond_its_end(labels: tuple[str, str]) -> None:
    first = fee("10", label=labels[0], periods=6)
    second = fee("20", label=labels[1], from_period=7, periods=6)
    result = of(electricity(first, second))
    assert (charge(result, 0).amount, charge(result, 1).amount, result.flags) == (60, 120, ())


def test_a_gap_between_two_prices_is_counted_at_the_earlier_one() -> None:
    result = of(electricity(fee("10", periods=3), fee("20", from_period=7)))
    assert (charge(result, 0).amount, charge(result, 1).amount) == (60, 120)
    assert result.flags == (Flag.PRICE_KNOWN_IN_PART,)


def test_one_follower_takes_over_one_charge_only() -> None:
    offer = electricity(
        fee("1", label="A", periods=6), fee("2", label="B", periods=6), fee("3", label="B", from_period=7)
    )
    assert of(offer).amount == 816 + 12 + 12 + 18


def test_a_conditional_bonus_is_shown_and_not_counted() -> None:
    result = of(electricity(fee("-50", "once", label="If you pay by direct debit", conditional=True)))
    assert (result.amount, charge(result).amount, charge(result).counted) == (816, -50, False)


def test_a_line_not_offered_is_missing_and_never_free() -> None:
    offer = Offer(prices={"kwh": Price(Decimal("0.24")), "visit": Price(None, offered=False)})
    result = of(offer, KWH, VISIT)
    assert (result.missing, result.flags, result.complete) == (("visit",), (Flag.MISSING_LINE,), False)


@pytest.mark.parametrize(
    ("quantity", "flags"),
    [("3400", ()), ("3400.000", ()), ("1000", (Flag.PARTIAL_QUANTITY,)), ("9000", (Flag.LARGER_QUANTITY,))],
)
def test_the_requests_quantity_counts_whatever_was_offered(quantity: str, flags: object) -> None:
    result = of(Offer(prices={"kwh": Price(Decimal("0.24"), Decimal(quantity))}))
    assert (result.amount, result.flags) == (816, flags)


def test_an_estimate_counts_its_high_end_and_shows_its_parts() -> None:
    offer = electricity(fee("15"), estimate_high=Decimal("1100"), vat_rate=Decimal("0.1"), vat_included=False)
    result = of(offer, exit_fee="40")
    assert (result.amount, result.flags) == (1250, (Flag.ESTIMATE,))
    assert [term.counted for term in result.terms] == [False, False, True, True]


def test_an_estimate_without_lines_is_complete_unless_it_says_otherwise() -> None:
    assert of(Offer(estimate_high=Decimal(900))).flags == (Flag.ESTIMATE,)
    left_out = Offer(prices={"visit": Price(None, offered=False)}, estimate_high=Decimal(900))
    assert of(left_out, KWH, VISIT).missing == ("visit",)


def test_a_typed_total_stands_for_everything() -> None:
    result = of(Offer(fixed_total=Decimal("1150")))
    assert (result.amount, result.complete, result.terms[0].kind) == (1150, True, TermKind.FIXED)


@given(price=amounts, quantity=amounts, charge=amounts, vat=st.decimals(0, 1, places=6))
def test_the_total_is_the_exact_sum_of_the_counted_terms(
    price: Decimal, quantity: Decimal, charge: Decimal, vat: Decimal
) -> None:
    offer = Offer(
        prices={"x": Price(price)}, fees=[Fee("c", charge, "quarter", periods=1)], vat_rate=vat, vat_included=False
    )
    result = total(offer, [Line("x", "X", quantity)], horizon_months=8)
    by_hand = (Fraction(price) * Fraction(quantity) + Fraction(charge) * Fraction(8, 3)) * (1 + Fraction(vat))
    assert result.amount == by_hand == sum(term.amount for term in result.terms if term.counted)


@given(st.lists(amounts, min_size=1, max_size=6), st.integers(1, 60))
def test_a_cheaper_charge_never_makes_the_total_dearer(prices: list[Decimal], horizon: int) -> None:
    fees = [Fee(f"c{at}", price, "month", periods=at + 1) for at, price in enumerate(prices)]
    cheaper = [Fee(f.label, f.amount / 2, "month", periods=f.periods) for f in fees]
    assert of(electricity(*cheaper), horizon=horizon).amount <= of(electricity(*fees), horizon=horizon).amount


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [("0.125", 2, "0.12"), ("0.135", 2, "0.14"), ("-0.005", 2, "0.00"), ("-1.5", 0, "-2"), ("7", 2, "7.00")],
)
def test_rounding_is_half_even(value: str, decimals: int, text: str) -> None:
    assert rounded(Fraction(value), decimals) == text


def test_amounts_have_their_currencys_decimals() -> None:
    assert (money(Fraction("1234.5"), "JPY"), money(Fraction(10**40), "GBP")) == ("1234", "1" + "0" * 40 + ".00")
