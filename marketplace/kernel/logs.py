"""How a line of a log looks: when, how grave, of which request and where; of an error its kind and its place."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator, Mapping
from copy import copy
from typing import Any

from marketplace.kernel.web import request_id

SECRET_PATH = re.compile(r"(/(?:quick|join)/)[^/\s\"?#]{20,}")  # who reads such a link may use it


class RequestIdFilter(logging.Filter):
    """Puts the id of the request being answered on every line; the person who saw it break can name it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id() or "-"
        return True


class DiscreetFormatter(logging.Formatter):
    """Without the errors' own words (a database quotes whole rows in them), and without secret links."""

    def format(self, record: logging.LogRecord) -> str:
        if isinstance(record.args, Mapping) and "exc" in record.args:  # so Celery quotes a failed task's error
            record = copy(record)
            record.args = {**record.args, "exc": "…"}  # type: ignore[dict-item]
        return SECRET_PATH.sub(r"\1…", super().format(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name is logging's
        return "".join(_told(ei[1])).rstrip()


def _told(error: BaseException | None) -> Iterator[str]:
    """The errors that led to this one, the first first, each with the lines of code that it passed."""
    if error is None:
        return
    yield from _told(error.__cause__ or (None if error.__suppress_context__ else error.__context__))
    yield from traceback.format_tb(error.__traceback__)
    yield f"{type(error).__module__}.{type(error).__qualname__}\n"
