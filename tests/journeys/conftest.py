"""Journeys are told with curl, as an engineer would try them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.machine import leave_out

HERE = Path(__file__).parent
WITHOUT = "Journeys left out: no curl on this machine (apt-get install curl)."


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A newcomer without curl still gets a green run; CI without curl does not."""
    if not shutil.which("curl"):
        leave_out(config, items, HERE, WITHOUT)
