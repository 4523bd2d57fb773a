"""Numbers as people write them, and amounts and times as they read them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils.translation import override

from marketplace.kernel import speaking


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1 234.56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1\u202f234,5", "1234.5"),
        ("1’234.50", "1234.50"),
        ("1.234.567", "1234567"),
        ("1,234,567.8", "1234567.8"),
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        ("-12,50", "-12.50"),
        ("−3", "-3"),
        (",5", "0.5"),
        ("1234", "1234"),
    ],
)
def test_number_is_read_whatever_the_sign(language: str, text: str, amount: str) -> None:
    with override(language):
        assert speaking.read_number(text, decimals=2) == Decimal(amount)


@pytest.mark.parametrize(("language", "text"), [("en", "1,234"), ("de", "1.234")])
def test_thousands_are_read_by_the_language(language: str, text: str) -> None:
    with override(language):
        assert speaking.read_number(text, decimals=2) == 1234


@pytest.mark.parametrize(("language", "text"), [("en", "1.234"), ("de", "1,234")])
def test_what_can_be_read_in_two_ways_is_asked_back(language: str, text: str) -> None:
    with override(language):
        with pytest.raises(speaking.Unreadable, match="ambiguous"):
            speaking.read_number(text, decimals=2)
        assert speaking.read_number(text, decimals=4) == Decimal("1.234")


@pytest.mark.parametrize(
    "text", ["", "-", "many", "1e5", "1,2,3", "1.23.456", "12,34.56,7", "1 23", "NaN", "0x1", "1..2", "9" * 61]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(speaking.Unreadable, match="not_a_number"):
        speaking.read_number(text, decimals=2)


@pytest.mark.parametrize(
    ("language", "amount", "currency", "said"),
    [
        ("en", "936", "GBP", "£936"),
        ("en", "936.50", "GBP", "£936.50"),
        ("en", "1158", "EUR", "€1,158"),
        ("en", "-214", "GBP", "-£214"),
        ("de", "936", "EUR", "936\u00a0€"),
        ("de", "1158.5", "EUR", "1.158,50\u00a0€"),
        ("de", "1158", "JPY", "1.158\u00a0¥"),
        ("de", "1.5", "KWD", "1,500\u00a0KWD"),
    ],
)
def test_amount_is_said_as_people_write_it(language: str, amount: str, currency: str, said: str) -> None:
    with override(language):
        assert speaking.money(Decimal(amount), currency) == said


def test_time_names_its_zone() -> None:
    at = datetime(2030, 12, 3, 18, 0, tzinfo=UTC)
    with override("en"):
        assert speaking.moment(at, "Europe/London") == "Tuesday 3 December 2030, 18:00\u00a0GMT"
        assert speaking.moment(at, "America/Toronto") == "Tuesday 3 December 2030, 13:00 (Eastern Standard Time)"
    with override("de"):
        assert speaking.moment(at, "Europe/Berlin") == "Dienstag, 3. Dezember 2030, 19:00\u00a0MEZ"


def test_short_dates_and_days_follow_the_language() -> None:
    at = datetime(2030, 12, 3, 18, 0, tzinfo=UTC)
    assert speaking.short(at, "Europe/London") == "Tue 3 Dec, 18:00"
    assert speaking.day(at.date()) == "3 December 2030"
    with override("de"):
        assert speaking.short(at, "Europe/Berlin") == "Di. 3. Dez., 19:00"
        assert speaking.day(at.date()) == "3. Dezember 2030"


def test_a_number_said_before_is_said_anew_in_another_language() -> None:
    for _time in range(2):
        for language, said in (("en", "3,412.5"), ("de", "3.412,5")):
            with override(language):
                assert speaking.number(Decimal("3412.50")) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", [("GB", "Vereinigtes Königreich"), ("DE", "Deutschland"), ("AT", "Österreich"), ("PL", "Polen")]),
        ("en", [("GB", "United Kingdom"), ("AT", "Austria"), ("DE", "Germany"), ("PL", "Poland")]),
    ],
)
def test_countries_are_listed_as_the_language_has_them(language: str, said: list[tuple[str, str]]) -> None:
    with override(language):
        assert speaking.countries(["PL", "AT", "GB", "DE"], first=["GB"]) == said
        assert speaking.country("XX") == "XX"
