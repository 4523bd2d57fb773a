"""One PostgreSQL and one Valkey for a test run, in a new folder that goes when the run ends."""

import atexit
import base64
import contextlib
import os
import secrets
import shutil
import tempfile
from pathlib import Path

from marketplace.embedded import Engines
from marketplace.processes import is_alive

PREFIX = "beckon-tests-"
MARK = "BECKON_TEST_ENGINES"


def start() -> None:
    """Puts the engines' addresses into our environment, once: processes that tests start inherit them.

    Each of several test processes has engines of its own: the feed waits for every transaction of a cluster.
    """
    process = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    if os.environ.get(MARK) == process:
        return
    remove_leftovers()
    folder = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")
    engines = Engines(folder, durable=False)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(engines.stop)
    os.chmod(folder, 0o711)  # noqa: S103  PostgreSQL's own account passes through
    engines.start()
    os.environ.update(
        engines.environment,
        SECRET_KEY=secrets.token_urlsafe(64),
        DATA_KEYS=base64.b64encode(secrets.token_bytes(32)).decode(),
        ALLOWED_HOSTS="localhost,127.0.0.1,[::1]",
        EMAIL_URL="memory:",
        **{MARK: process},
    )


def remove_leftovers() -> None:
    """Removes what killed runs left: their processes are gone, but not their folders."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if not is_alive(int(folder.name.split("-")[2])):
            with contextlib.suppress(OSError):
                sockets = Path((folder / "sockets").read_text())
                shutil.rmtree(sockets, ignore_errors=True)
            shutil.rmtree(folder, ignore_errors=True)
