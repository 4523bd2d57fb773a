"""A JSON parser with limits of its own, so that no body can bring a server down or slip past a check."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import IO, Any, NoReturn

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

MAX_DEPTH = 64
# A string may lack its end, so that one always matches and no part of the body is looked at twice.
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


class TooLarge(APIException):
    """413: the body is larger than the door takes."""

    status_code = 413
    default_code = "too_large"


class StrictJSONParser(BaseParser):
    """RFC 8259 in UTF-8, without NaN, duplicate names, NUL, lone surrogates or nesting deeper than 64."""

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLarge(_("The body is larger than %(limit)d bytes.") % {"limit": limit})
        return parse_json(body)


def parse_json(body: bytes) -> Any:
    """The decoded value; ParseError (400) says what is malformed."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ParseError(_("The body is not valid UTF-8.")) from error
    _check_depth(text)
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_number, parse_int=_integer
        )
    except (json.JSONDecodeError, RecursionError) as error:
        raise ParseError(_("The body is not valid JSON.")) from error


def _check_depth(text: str) -> None:
    depth = 0
    for token in _TOKENS.finditer(text):
        first = token[0][0]
        if first in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise ParseError(_("The body is nested deeper than %(depth)d levels.") % {"depth": MAX_DEPTH})
        elif first in "]}":
            depth -= 1
        elif "\\u" in token[0]:
            _check_text(token[0])


def _check_text(token: str) -> None:
    try:
        text = json.loads(token, strict=False)
    except json.JSONDecodeError as error:
        raise ParseError(_("The body is not valid JSON.")) from error
    if "\0" in text or _SURROGATE.search(text):
        raise ParseError(_("The body holds a character that text cannot have (NUL or half of a surrogate pair)."))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for name, count in Counter(name for name, _value in pairs).items() if count > 1)
        raise ParseError(_("The name “%(name)s” stands twice in one object.") % {"name": twice[:100]})
    return found


def _constant(name: str) -> NoReturn:
    raise ParseError(_("%(name)s is not a JSON number.") % {"name": name})


def _number(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ParseError(_("A number is too large."))
    return value


def _integer(text: str) -> int:
    if len(text) > 30:
        raise ParseError(_("A number is too large."))
    return int(text)
