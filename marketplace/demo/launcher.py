"""Starts the demo's engines and processes in order, watches them, and takes them all down again."""

from __future__ import annotations

import base64
import contextlib
import errno
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import NoReturn

from marketplace.demo import pointer
from marketplace.embedded import EngineError, Engines, fresh_log
from marketplace.processes import die_with_parent, spawn, wait_for

CHECKOUT = Path(__file__).resolve().parents[2]
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PERSONAS = ("customer", "partner", "supplier", "rival", "outsider", "attester", "operator")
CELERY = ("-m", "celery", "-A", "marketplace.celery")
WORKER = (*CELERY, "worker", "-c", "2", "-l", "info", "--without-gossip", "--without-mingle", "--without-heartbeat")
CLOCK = (*CELERY, "beat", "-l", "warning", "--pidfile=")
BACKGROUND = {"worker": WORKER, "clock": CLOCK}
PATIENCE = 90.0  # seconds for the web server and the worker to answer
SHORTEST_RUN = 5.0  # seconds; what ends sooner cannot run, and starting it again would hide why


class Stopped(BaseException):
    """Somebody asked us to stop."""


class Demo:
    """One run of the demo. Raises EngineError, as one sentence, when it cannot start or cannot go on."""

    def __init__(self, data_dir: Path, port: int, say: Callable[[str], None]) -> None:
        self.data_dir = data_dir.expanduser().absolute()
        self.port = port
        self.say = say
        self.engines = Engines(self.data_dir)
        self.sockets: list[socket.socket] = []
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.environment: dict[str, str] = {}
        self.started: dict[str, float] = {}

    def run(self) -> None:
        """Returns when somebody asked us to stop and everything did."""
        if os.environ.get("BECKON_TETHERED"):
            die_with_parent(signal.SIGTERM)  # `make` killed by force takes us along
        for number in STOPPING:
            signal.signal(number, stop_by_signal)
        try:
            self.start()
            self.watch()
        except Stopped:
            self.say("Stopping …")
        finally:
            for number in STOPPING:
                signal.signal(number, signal.SIG_IGN)
            self.stop()
        self.say("Stopped.")

    def start(self) -> None:
        self.sockets = self.bind()
        self.say(f"Starting PostgreSQL and Valkey on {self.data_dir} …")
        self.engines.start()
        kept = self.keep_secrets()
        self.environment = {**kept, **self.engines.environment, **self.describe_site()}
        mark = self.data_dir / "seeded"
        self.spawn_preparation(mark)
        if not mark.exists():
            self.await_preparation()
        self.say("Starting web server, worker and clock …")
        descriptors = [str(listener.fileno()) for listener in self.sockets]
        self.spawn("web server", "-m", "marketplace.demo.web", *descriptors)
        self.spawn("worker", *WORKER)
        self.await_preparation()
        self.await_answers()
        self.spawn("clock", *CLOCK)  # last: its start would only slow down theirs
        self.leave_pointer()
        self.say(f"Ready: http://localhost:{self.port}")
        self.say("Log in as " + ", ".join(f"{name}@demo.example" for name in PERSONAS))
        self.say(f"Password: {kept['DEMO_PASSWORD']}")

    def bind(self) -> list[socket.socket]:
        """Both loopback addresses, before anything else is started; IPv6 where the machine has it."""
        first = listen(socket.AF_INET, "127.0.0.1", self.port)
        self.port = first.getsockname()[1]
        try:
            return [first, listen(socket.AF_INET6, "::1", self.port)]
        except OSError as error:
            self.say(f"This machine has no ::1 ({error.strerror}); serving 127.0.0.1 alone.")
            return [first]

    def keep_secrets(self) -> dict[str, str]:
        """Made once for a data folder: what is encrypted in it must stay readable."""
        path = self.data_dir / "secrets.json"
        if not path.exists():
            made = {
                "SECRET_KEY": secrets.token_urlsafe(64),
                "DATA_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
                "DEMO_PASSWORD": secrets.token_urlsafe(9),
            }
            draft = path.with_suffix(".draft")
            draft.touch(mode=0o600)
            draft.write_text(json.dumps(made))
            draft.replace(path)
        return dict(json.loads(path.read_text()))

    def describe_site(self) -> dict[str, str]:
        mails = self.data_dir / "mails"
        mails.mkdir(mode=0o700, exist_ok=True)
        return {
            "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
            "SITE_URL": f"http://localhost:{self.port}",
            "EMAIL_URL": f"file://{mails}",
            "OPERATOR_NAME": "a demo on your own machine",
            "OPERATOR_LEGAL_FORM": "none: it is a demo, and ends with Ctrl-C",
            "OPERATOR_ADDRESS": "this machine",
            "OPERATOR_INCOME": "None. All people, companies and offers in it are made up.",
            "FUNDING_URL": f"http://localhost:{self.port}/about/#pays",
            "COMPLAINTS_EMAIL": "operator@demo.example",
        }

    def spawn_preparation(self, mark: Path) -> None:
        """Migrations and, once, the demo's data. The next time only migrations, which running code must bear."""
        argv = [sys.executable, "-m", "marketplace.demo.preparing", str(mark)]
        self.children["preparation"] = spawn(argv, environment=self.surroundings(), folder=CHECKOUT)

    def await_preparation(self) -> None:
        child = self.children.get("preparation")
        if child is not None and child.wait():
            raise EngineError("The database could not be prepared; the reason stands above.")
        self.children.pop("preparation", None)

    def surroundings(self) -> Mapping[str, str]:
        return {**os.environ, **self.environment, "DJANGO_SETTINGS_MODULE": "marketplace.settings"}

    def spawn(self, name: str, *arguments: str) -> None:
        self.children[name] = spawn(
            [sys.executable, *arguments],
            log=fresh_log(self.log_of(name)),
            environment=self.surroundings(),
            folder=CHECKOUT,
            pass_fds=[listener.fileno() for listener in self.sockets] if name == "web server" else [],
        )

    def log_of(self, name: str) -> Path:
        return self.data_dir / f"{name.replace(' ', '-')}.log"

    def await_answers(self) -> None:
        if not wait_for(lambda: self.all_run() and self.web_answers(), PATIENCE):
            raise EngineError(f"The web server does not answer; see {self.log_of('web server')}.")
        if not wait_for(lambda: self.all_run() and " ready." in self.log_of("worker").read_text(), PATIENCE):
            raise EngineError(f"The worker does not start; see {self.log_of('worker')}.")

    def web_answers(self) -> bool:
        """On every address that we serve."""
        return all(healthy(listener.getsockname()[0], self.port) for listener in self.sockets)

    def all_run(self) -> bool:
        """True, or an EngineError that names what ended."""
        for name, child in {**self.children, **self.engines.children}.items():
            if child.poll() is not None:
                raise EngineError(f"The {name} ended by itself; see {self.log_of(name)}.")
        return True

    def leave_pointer(self) -> None:
        try:
            pointer.write(CHECKOUT, self.environment)
        except OSError as error:
            self.say(f"No note for `manage.py` could be left in {CHECKOUT}: {error.strerror}.")

    def watch(self) -> None:
        while True:
            self.revive()
            self.all_run()
            time.sleep(0.5)

    def revive(self) -> None:
        """Start again what keeps nothing of its own; requests and offers lose nothing but time."""
        for name in (*BACKGROUND, "valkey"):
            child = {**self.children, **self.engines.children}[name]
            if child.poll() is None or time.monotonic() - self.started.get(name, 0.0) < SHORTEST_RUN:
                continue
            self.say(f"The {name} ended by itself; starting another one.")
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)  # the processes of its pool
            if name == "valkey":
                self.engines.restart_valkey()
            else:
                self.spawn(name, *BACKGROUND[name])
            self.started[name] = time.monotonic()

    def stop(self) -> None:
        """At most 10 seconds: 4 for the processes, which stop side by side, the rest for the engines."""
        pointer.remove(CHECKOUT)
        for child in self.children.values():
            with contextlib.suppress(ProcessLookupError):
                child.terminate()
        end = time.monotonic() + 4
        for child in self.children.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, end - time.monotonic()))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        self.engines.stop()
        for listener in self.sockets:
            listener.close()


def stop_by_signal(number: int, frame: FrameType | None) -> NoReturn:
    """Once: while we stop, the next Ctrl-C changes nothing."""
    for each in STOPPING:
        signal.signal(each, signal.SIG_IGN)
    raise Stopped


def listen(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    """A bound socket. EngineError when the port is taken or not ours to take; OSError when there is no such address."""
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise EngineError(f"Port {port} is taken: give another one as PORT.") from error
        if error.errno == errno.EACCES:
            raise EngineError(f"Port {port} is not ours to take: give one above 1023 as PORT.") from error
        raise
    return listener


def healthy(host: str, port: int) -> bool:
    with contextlib.closing(http.client.HTTPConnection(host, port, timeout=5)) as connection:
        try:
            connection.request("GET", "/healthz", headers={"Host": "localhost"})
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
