"""Bodies that are not JSON, or not only JSON."""

from __future__ import annotations

import contextlib
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ParseError

from marketplace.kernel.api.parsing import MAX_DEPTH, StrictJSONParser, TooLarge, parse_json

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
)


@given(plain)
def test_reads_what_json_writes(value: object) -> None:
    assert parse_json(json.dumps(value).encode()) == value
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(ParseError):
        assert json.dumps(parse_json(body))


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": "\xff"}',
        b'{"a": "\\u0000"}',
        b'{"a": "\\ud800"}',
        b'{"\\u0000": 1}',
        b"[" * 65 + b"]" * 65,
        b"[" * 100_000,
        b'{"a": ' + b"9" * 5000 + b"}",
        b"",
        b"{} {}",
    ],
)
def test_malformed_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        parse_json(body)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "body",
    [
        b'"' + b'\\"' * 250_000,
        b'"' + b'\\"' * 250_000 + b"\\",
        b"{%s}" % b",".join(b'"%d":0' % min(place, 59_998) for place in range(60_000)),
    ],
    ids=["a string without end", "a string that ends in a backslash", "a name twice at the end"],
)
def test_a_large_body_is_refused_as_quickly_as_a_small_one(body: bytes) -> None:
    with pytest.raises(ParseError):
        parse_json(body)


def test_depth_of_64_is_taken() -> None:
    assert json.dumps(parse_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)) == "[" * MAX_DEPTH + "]" * MAX_DEPTH


def test_brackets_in_text_are_no_depth() -> None:
    assert parse_json(json.dumps(["[" * 500]).encode()) == ["[" * 500]


def test_large_body_is_refused_with_413() -> None:
    with pytest.raises(TooLarge):
        StrictJSONParser().parse(io.BytesIO(b'"' + b"x" * 2_000_000 + b'"'))
