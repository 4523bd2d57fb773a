"""Running demos: a copy of the checkout, its launcher as people start it, and commands beside it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
LEFT_BEHIND = shutil.ignore_patterns(".*", "tests", "docs", "__pycache__", "staticfiles")


def environment(**values: str) -> dict[str, str]:
    """A newcomer's: nothing of the test run's engines."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, **values}


class Run:
    """A running demo and what it said."""

    def __init__(self, checkout: Path, **values: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "demo"],
            cwd=checkout,
            env=environment(**values),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines = []
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if line.startswith("Password:"):
                break

    @property
    def ready(self) -> str:
        return next((line for line in self.lines if line.startswith("Ready: ")), "\n".join(self.lines))

    @property
    def port(self) -> int:
        return int(self.ready.rpartition(":")[2])

    def end(self, number: int) -> float:
        """Seconds until the launcher was gone."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.stdout.read()
        self.process.wait(20)
        return time.monotonic() - began


@contextmanager
def running(checkout: Path, **values: str) -> Iterator[Run]:
    demo = Run(checkout, **values)
    try:
        yield demo
    finally:
        demo.process.kill()
        demo.process.stdout.close()
        demo.process.wait()


def manage(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=checkout, env=environment(), capture_output=True, text=True
    )


def copy_checkout(target: Path) -> Path:
    """A copy, so that the note of a demo running in the real one stays as it is."""
    return Path(shutil.copytree(CHECKOUT, target, ignore=LEFT_BEHIND))
