"""A broker and Celery processes of a test's own, started and killed by their ids."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen
from tempfile import mkdtemp
from urllib.parse import quote

import redis
from django.conf import settings
from django.db import connection

from marketplace.embedded import find_valkey
from marketplace.processes import spawn, stop
from rfps.delivery.models import Match

CHECKOUT = Path(settings.BASE_DIR)
CELERY = [sys.executable, "-m", "celery", "-A", "marketplace.celery"]
QUIET = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "warning"]


class Faults:
    """What a fault test breaks: one Valkey, workers, a clock; all gone at the end."""

    def __init__(self) -> None:
        self.folder = Path(mkdtemp(prefix="flt"))
        self.url = f"redis+socket://{self.folder}/v"
        self.broker: Popen[bytes] | None = None
        self.children: list[Popen[bytes]] = []

    def start_broker(self) -> None:
        """A Valkey without any memory of the last one."""
        program = str(find_valkey())
        options = ["--port", "0", "--unixsocket", f"{self.folder}/v", "--save", "", "--dir", str(self.folder)]
        self.broker = spawn([program, *options], log=self.folder / "valkey.log", environment={})
        self.children.append(self.broker)
        await_true(self._answers, 10)

    def _answers(self) -> bool:
        try:
            return bool(redis.Redis(unix_socket_path=f"{self.folder}/v", retry=None).ping())
        except redis.RedisError:
            return False

    def start_worker(self) -> Popen[bytes]:
        """A worker with two processes on the test's database."""
        return self._start("worker", "-c", "2", *QUIET)

    def start_clock(self) -> Popen[bytes]:
        """A beat."""
        return self._start("beat", "--pidfile=", "-l", "warning")

    def _start(self, *words: str) -> Popen[bytes]:
        child = spawn([*CELERY, *words], log=self.folder / f"{words[0]}.log", environment=self._env(), folder=CHECKOUT)
        self.children.append(child)
        return child

    def _env(self) -> dict[str, str]:
        at = connection.settings_dict
        database = f"postgresql://{at['USER']}@/{at['NAME']}?host={quote(str(at['HOST']), safe='')}"
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "marketplace.settings",
            "DATABASE_URL": database,
            "BROKER_URL": self.url,
        }

    def kill(self, child: Popen[bytes]) -> None:
        """kill -9 of the process and all it started."""
        os.killpg(child.pid, signal.SIGKILL)
        child.wait(5)

    def end(self) -> None:
        """Nothing stays."""
        for child in self.children:
            stop(child, [(signal.SIGCONT, 0), (signal.SIGKILL, 2)])
        shutil.rmtree(self.folder)


def await_true(test: Callable[[], bool], seconds: float) -> float:
    """Ask until it is true; how many seconds that took."""
    began = time.monotonic()
    while not test():
        assert time.monotonic() - began < seconds, "it did not come true in time"
        time.sleep(0.02)
    return time.monotonic() - began


def brought() -> list[tuple[int, int]]:
    """Every (event, supplier), twice when it came twice."""
    return sorted(Match.objects.values_list("event", "organisation"))
