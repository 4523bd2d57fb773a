"""The words of a text, and which subscriptions fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfps.delivery.domain.matching import lexemes, phrase


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("!!! –", []),
        ("Green power", ["green", "green power", "power"]),
        ("a b c d", ["a", "a b", "a b c", "b", "b c", "b c d", "c", "c d", "d"]),
        ("STRASSE straße", ["strasse", "strasse strasse"]),
        ("ﬁne ４", ["fine", "fine 4", "4"]),
        ("हिन्दी", ["हिन्दी"]),
        ("a\x00b", ["a", "a b", "b"]),
    ],
)
def test_lexemes(text: str, expected: list[str]) -> None:
    assert lexemes(text) == sorted(expected)


def test_phrases_do_not_run_from_one_text_into_the_next() -> None:
    assert lexemes("green power", "now") == ["green", "green power", "now", "power"]


@given(st.text(max_size=40))
def test_a_keyword_is_found_in_a_text_that_holds_it(keyword: str) -> None:
    found = phrase(keyword)
    if 1 <= len(found.split()) <= 3:
        assert found in lexemes(f"We need ({keyword}).")
    assert phrase(found) == found
