"""`manage.py demo` as people run it: from a checkout, as processes, until Ctrl-C or worse."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from marketplace.processes import is_alive, wait_for
from tests.demos import copy_checkout, environment, manage, running

LOGINS = "customer partner supplier rival outsider attester operator".split()
LOG_IN = """
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
for name in "customer partner supplier rival outsider attester operator".split():
    address = EmailAddress.objects.get(email=f"{name}@demo.example", verified=True)
    print(authenticate(email=address.email, password=password).email)
"""
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    return copy_checkout(tmp_path_factory.mktemp("demo") / "checkout")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("data") / "kept"


def descendants(root: int) -> set[int]:
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {root}


def megabytes(pids: set[int]) -> float:
    lines = (line for pid in pids for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines())
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def fetch(url: str) -> tuple[int, bytes]:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310
        return answer.status, answer.read()


def addresses() -> list[str]:
    with closing(socket.socket(socket.AF_INET6)) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            return ["127.0.0.1"]
    return ["127.0.0.1", "[::1]"]


def test_runs_is_found_by_commands_and_stops(checkout, data):
    with running(checkout, PORT="0", DATA=str(data)) as demo:
        assert demo.ready == f"Ready: http://localhost:{demo.port}"
        assert demo.lines[-2] == "Log in as " + ", ".join(f"{name}@demo.example" for name in LOGINS)
        for address in addresses():
            status, body = fetch(f"http://{address}:{demo.port}/readyz")
            assert (status, json.loads(body)["status"]) == (200, "ok")
        started = descendants(demo.process.pid)
        assert len(started) >= 7
        assert megabytes({*started, demo.process.pid}) < 900
        password = demo.lines[-1].removeprefix("Password: ")
        asked = manage(checkout, "shell", "--no-imports", "-c", f"password = {password!r}\n{LOG_IN}")
        assert asked.stdout.split() == [f"{name}@demo.example" for name in LOGINS], asked.stderr
        assert demo.end(signal.SIGINT) < 10
    assert demo.process.returncode == 0
    assert [pid for pid in started if is_alive(pid)] == []
    refused = manage(checkout, "migrate")
    assert refused.returncode == 1
    assert "no demo runs in this checkout" in refused.stderr


def test_a_killed_launcher_leaves_nothing_and_the_next_start_keeps_the_data(checkout, data):
    with running(checkout, PORT="0", DATA=str(data)) as demo:
        password = demo.lines[-1]
        started = descendants(demo.process.pid)
        demo.end(signal.SIGKILL)
        assert wait_for(lambda: not any(map(is_alive, started)), 10)
    assert "no demo runs in this checkout" in manage(checkout, "migrate").stderr
    with running(checkout, PORT=str(demo.port), DATA=str(data)) as again:
        assert again.ready == f"Ready: http://localhost:{demo.port}"
        assert again.lines[-1] == password
        assert "Planting the demo's data …" not in again.lines
        started = descendants(again.process.pid)
        assert again.end(signal.SIGTERM) < 10
    assert again.process.returncode == 0
    assert [pid for pid in started if is_alive(pid)] == []


def kill(demo, victim: str) -> None:
    lines = {pid: Path(f"/proc/{pid}/cmdline").read_text() for pid in descendants(demo.process.pid)}
    os.kill(min(pid for pid, line in lines.items() if victim in line), signal.SIGKILL)


def health(demo) -> dict[str, str]:
    return json.loads(fetch(f"http://127.0.0.1:{demo.port}/readyz")[1])


def test_worker_clock_and_valkey_start_again(checkout, data):
    with running(checkout, PORT="0", DATA=str(data)) as demo:
        for victim, name in [("celery\0worker", "worker"), ("celery\0beat", "clock"), ("valkey-server", "valkey")]:
            kill(demo, victim)
            assert demo.process.stdout.readline() == f"The {name} ended by itself; starting another one.\n"
        assert wait_for(lambda: health(demo)["status"] == "ok", 30)
        assert wait_for(lambda: " ready." in (data / "worker.log").read_text(), 30)
        started = descendants(demo.process.pid)
        assert demo.end(signal.SIGTERM) < 10
    assert demo.process.returncode == 0
    assert [pid for pid in started if is_alive(pid)] == []


@pytest.mark.parametrize("victim", ["postgresql", "marketplace.demo.web"])
def test_what_dies_by_itself_ends_the_demo_with_its_name(checkout, data, victim):
    with running(checkout, PORT="0", DATA=str(data)) as demo:
        started = descendants(demo.process.pid)
        kill(demo, victim)
        said = demo.process.stdout.read()
        assert demo.process.wait(20) == 1
    assert "ended by itself; see " in said.splitlines()[-1]
    assert [pid for pid in started if is_alive(pid)] == []


def refused(checkout: Path, **values: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", "demo"], cwd=checkout, env=environment(**values), capture_output=True, text=True
    )
    assert done.returncode == 1
    return done.stderr


def test_a_taken_port_is_refused_before_anything_starts(checkout, tmp_path):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        said = refused(checkout, PORT=str(port), DATA=str(tmp_path / "data"))
    assert said == f"CommandError: Port {port} is taken: give another one as PORT.\n"
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("port", ["http", "-1", "65536", "80 81"])
def test_a_port_that_is_none_is_refused(checkout, tmp_path, port):
    said = refused(checkout, PORT=port, DATA=str(tmp_path / "data"))
    assert said == f"CommandError: PORT is {port!r}, but a port is a number up to 65535.\n"


def test_an_unwritable_folder_is_refused(checkout):
    said = refused(checkout, PORT="0", DATA="/proc/nowhere")
    assert said == "CommandError: The data folder /proc/nowhere cannot be written: No such file or directory.\n"


def test_data_of_another_version_is_refused(checkout, tmp_path):
    (tmp_path / "postgresql-17").mkdir()
    (tmp_path / "postgresql-17" / "PG_VERSION").write_text("17\n")
    said = refused(checkout, PORT="0", DATA=str(tmp_path))
    assert said == f"CommandError: {tmp_path}/postgresql-17 holds data of PostgreSQL 17, and this release runs 18.\n"
