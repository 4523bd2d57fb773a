"""How many statements a page sends. Savepoints do not count: they are there because a test is a transaction itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

OURS = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


@contextmanager
def statements(most: int) -> Iterator[list[str]]:
    """Fails when what runs inside sends more than `most`."""
    sent: list[str] = []
    with CaptureQueriesContext(connection) as context:
        yield sent
    sent += [each["sql"] for each in context.captured_queries if not each["sql"].startswith(OURS)]
    assert len(sent) <= most, "\n".join(f"{at}: {sql[:150]}" for at, sql in enumerate(sent, 1))
