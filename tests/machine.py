"""What a machine may lack: tests that need it are left out aloud for a newcomer, and fail in CI."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

left_out_key = pytest.StashKey[list[str]]()


def leave_out(config: pytest.Config, items: list[pytest.Item], folder: Path, message: str) -> None:
    """Deselect the tests below `folder` and remember the sentence for the end; does nothing in CI."""
    left_out = [item for item in items if folder in item.path.parents]
    if left_out and not os.environ.get("CI"):
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
        config.stash.setdefault(left_out_key, []).append(f"{message} {len(left_out)} tests.")


def say_left_out(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what was left out, so that nobody takes a part for the whole."""
    for line in config.stash.get(left_out_key, []):
        terminalreporter.write_line(line, yellow=True)
