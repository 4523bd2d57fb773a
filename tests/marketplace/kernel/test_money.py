"""Amounts as people send them: exact, or refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from marketplace.kernel.money import parse_amount


@pytest.mark.parametrize("text", ["0", "-0.50", "+12", "0.240000", "1.50" + "0" * 40, "99999999999999"])
def test_plain_amounts_are_read_exactly(text: str) -> None:
    assert parse_amount(text, decimals=6) == Decimal(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_a_number"),
        ("NaN", "not_a_number"),
        ("1e1000000", "not_a_number"),
        ("1_000", "not_a_number"),
        (" 12", "not_a_number"),
        ("\uff11\uff12", "not_a_number"),
        ("0.24\n", "not_a_number"),
        ("0.2400001", "too_many_decimals"),
        ("0.24" + "0" * 37 + "1", "too_many_decimals"),
        ("100000000000000", "too_large"),
        ("-" + "9" * 100_000, "too_large"),
    ],
)
def test_others_are_refused_and_say_why(text: str, code: str) -> None:
    with pytest.raises(ValueError, match=f"^{code}$"):
        parse_amount(text, decimals=6)
