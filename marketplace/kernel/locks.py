"""One at a time."""

from __future__ import annotations

import hashlib

from django.db import connection


def try_lock(name: str) -> bool:
    """Take the advisory lock `name` until the end of the transaction; False when somebody has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_number(name)])
        return bool(cursor.fetchone()[0])


def wait_lock(name: str) -> None:
    """Take the advisory lock `name` until the end of the transaction, after whoever has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_number(name)])


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
