"""Runs the same thing in several threads at once, each with a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def race(act: Callable[[], Any], *, times: int) -> list[Any]:
    """What each run returned or raised, in no order."""
    gate = threading.Barrier(times)
    outcomes: list[Any] = []

    def run() -> None:
        try:
            connection.ensure_connection()
            gate.wait(timeout=30)
            outcomes.append(act())
        except Exception as error:
            outcomes.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes
