"""The note that a running demo leaves in its checkout, so that `manage.py COMMAND` finds its engines."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from marketplace.processes import is_alive, started_at


def path(checkout: Path) -> Path:
    """Where the note lies, below a folder that git ignores."""
    return checkout / ".beckon" / "demo.json"


def write(checkout: Path, environment: dict[str, str]) -> None:
    """Leaves this process's note; it holds secrets, so nobody else may read it."""
    note = path(checkout)
    note.parent.mkdir(mode=0o700, exist_ok=True)
    content = {
        "checkout": str(checkout),
        "pid": os.getpid(),
        "started": started_at(os.getpid()),
        "environment": environment,
    }
    draft = note.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(content, stream)
    draft.replace(note)


def read(checkout: Path) -> dict[str, str]:
    """The environment of the demo that runs in this checkout; empty when none does, whatever note it left."""
    try:
        content = json.loads(path(checkout).read_text())
        pid, started, environment = content["pid"], content["started"], content["environment"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    runs = is_alive(pid) and started_at(pid) == started and content.get("checkout") == str(checkout)
    return dict(environment) if runs else {}


def remove(checkout: Path) -> None:
    """Takes our own note away; another demo's stays."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        if json.loads(path(checkout).read_text())["pid"] == os.getpid():
            path(checkout).unlink()
