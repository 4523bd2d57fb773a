"""One at a time, without waiting."""

from __future__ import annotations

import hashlib

from django.db import connection


def try_lock(name: str) -> bool:
    """Take the advisory lock `name` until the end of the transaction; False when somebody has it."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])
