"""The engines of demo and tests: where they run, as whom, and that nothing of them stays."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest
import redis

from marketplace import embedded
from marketplace.embedded import MAJOR, EngineError, Engines
from marketplace.processes import NOBODY, Account, is_alive, started_at, wait_for

CHECKOUT = Path(__file__).parents[2]
LAUNCHER = """
import sys, time
from marketplace.embedded import Engines
engines = Engines(sys.argv[1], durable=False)
engines.start()
print(engines.database_url, flush=True)
time.sleep(600)
"""


@pytest.fixture
def open_folder():
    """A folder that everybody may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="beckon-open-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(params=["open", "closed"])
def folder(request, open_folder, tmp_path):
    return open_folder if request.param == "open" else tmp_path


def postmaster(data_dir: Path) -> int:
    return int((data_dir / f"postgresql-{MAJOR}" / "postmaster.pid").read_text().split()[0])


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        return connection.execute(question).fetchone()[0]


def test_keeps_its_data_and_stops(folder):
    with Engines(folder) as engines:
        with psycopg.connect(engines.database_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 'ß'::text AS letter")
        pid = postmaster(folder)
    assert not is_alive(pid)
    assert not engines.sockets.exists()
    with Engines(folder) as engines:
        assert ask(engines.database_url, "SELECT upper(letter || 'é') FROM kept") == "ßÉ"


def test_sockets_are_private_and_no_port_is_open(folder):
    with Engines(folder, durable=False) as engines:
        assert stat.S_IMODE(engines.sockets.stat().st_mode) == 0o700
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in engines.sockets.iterdir() if path.is_socket()}
        assert modes == {".s.PGSQL.5432": 0o700, "valkey.sock": 0o700}
        assert ask(engines.database_url, "SELECT current_setting('listen_addresses')") == ""
        with redis.Redis.from_url(engines.cache_url) as client:
            assert client.config_get("port") == {"port": "0"}


def test_no_parents_mode_changes(tmp_path):
    tmp_path.chmod(0o700)
    with Engines(tmp_path / "data", durable=False):
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_postgres_never_runs_as_a_privileged_root(open_folder):
    with Engines(open_folder, durable=False):
        status = Path(f"/proc/{postmaster(open_folder)}/status").read_text()
    uids = next(line.split()[1:] for line in status.splitlines() if line.startswith("Uid:"))
    assert set(uids) == {str(NOBODY if os.geteuid() == 0 else os.geteuid())}


def test_runs_from_copies_where_root_has_no_other_way(tmp_path, monkeypatch):
    """As in a container without user namespaces, below a folder that only root may enter."""
    if os.geteuid() != 0:
        expected = Account(namespace=not embedded.has_a_name(os.geteuid()))
        assert embedded.find_place(tmp_path).account == expected
        return
    monkeypatch.setattr(embedded, "UNPRIVILEGED", ())
    with Engines(tmp_path, durable=False) as engines:
        assert ask(engines.database_url, "SELECT 1") == 1
    cluster = tmp_path / f"postgresql-{MAJOR}"
    kept = cluster.readlink()
    try:
        with Engines(tmp_path, durable=False) as engines:
            assert ask(engines.database_url, "SELECT 1") == 1
    finally:
        shutil.rmtree(kept.parent)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_dies_with_its_launcher_and_starts_again(folder, number):
    with subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, str(folder)], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    ) as launcher:
        launcher.stdout.readline()
        pid = postmaster(folder)
        launcher.send_signal(number)
    assert wait_for(lambda: not is_alive(pid), 10)
    with Engines(folder, durable=False) as engines:
        assert ask(engines.database_url, "SELECT 1") == 1
    assert wait_for(lambda: not alive_under(folder), 10)


def alive_under(folder: Path) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_text()
        except OSError:
            continue
        if str(folder) in line:
            found.append(line)
    return found


def test_folder_in_use_is_refused(folder):
    with Engines(folder, durable=False), pytest.raises(EngineError, match="in use by another run"):
        Engines(folder).start()


@pytest.mark.parametrize("path", ["/proc/nowhere", "/dev/null/data"])
def test_unwritable_folder_is_refused(path):
    with pytest.raises(EngineError, match=f"^The data folder {path} cannot be written: .*\\.$"):
        Engines(path).start()


@pytest.mark.parametrize(
    ("cluster", "version"),
    [("postgresql-17", "17"), (f"postgresql-{MAJOR}", "17"), (".", "16"), ("postgresql-19", "")],
)
def test_data_of_another_major_version_is_refused(tmp_path, cluster, version):
    (tmp_path / cluster).mkdir(exist_ok=True)
    if version:
        (tmp_path / cluster / "PG_VERSION").write_text(f"{version}\n")
    with pytest.raises(EngineError, match=f"holds data of PostgreSQL {version or 19}, and this release runs {MAJOR}"):
        Engines(tmp_path).start()


def test_a_broken_engine_says_why(tmp_path):
    cluster = tmp_path / f"postgresql-{MAJOR}"
    cluster.mkdir(mode=0o700)
    (cluster / "PG_VERSION").write_text(f"{MAJOR}\n")
    with pytest.raises(EngineError, match=r"postgresql ended at once: .*postgresql\.conf"):
        Engines(tmp_path).start()


def test_programs_on_the_path_are_never_used(tmp_path, monkeypatch):
    for name in ("postgres", "initdb", "valkey-server", "sh", "unshare"):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\ntouch {tmp_path}/used\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with Engines(tmp_path / "data", durable=False) as engines:
        assert ask(engines.database_url, "SHOW server_version_num") >= f"{MAJOR}0000"
    assert not (tmp_path / "used").exists()


def test_a_process_is_named_by_pid_and_start():
    assert started_at(os.getpid()) == started_at(os.getpid())
    assert started_at(2**22 + 1) is None
