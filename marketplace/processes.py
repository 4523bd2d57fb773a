"""Child processes that never outlive the process that started them."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NOBODY = 65534  # the unprivileged account that every Linux has
PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
_libc = ctypes.CDLL(None, use_errno=True)


def tether(at_our_death: int = signal.SIGKILL, *, namespace: bool = False) -> Callable[[], None]:
    """A `preexec_fn`: the kernel signals the child when the calling *thread* ends, however it ends."""
    parent = os.getpid()

    def before_exec() -> None:
        if namespace and _libc.unshare(CLONE_NEWUSER):
            raise OSError(ctypes.get_errno(), "no user namespace")
        die_with_parent(at_our_death, parent)

    return before_exec


def die_with_parent(at_its_death: int = signal.SIGKILL, parent: int | None = None) -> None:
    """Asks the kernel for this signal when the parent dies, or sends it if `parent` is dead already."""
    _libc.prctl(PR_SET_PDEATHSIG, int(at_its_death))
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), at_its_death)


@dataclass(frozen=True)
class Account:
    """As whom a child runs: ourselves, another uid, or ourselves without privileges in a user namespace."""

    uid: int | None = None
    namespace: bool = False

    @property
    def owner(self) -> int:
        """The uid that files of such a child belong to."""
        return os.geteuid() if self.uid is None else self.uid

    def own(self, folder: Path) -> None:
        """Gives a folder to this account, when an earlier run left it to another."""
        if os.geteuid() != 0 or folder.stat().st_uid == self.owner:
            return
        for path, _, names in os.walk(folder):
            for entry in (path, *(os.path.join(path, name) for name in names)):
                os.chown(entry, self.owner, self.owner, follow_symlinks=False)


def spawn(
    argv: Sequence[str],
    *,
    log: Path | None = None,
    account: Account = Account(),
    at_our_death: int = signal.SIGKILL,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    pass_fds: Iterable[int] = (),
) -> subprocess.Popen[bytes]:
    """Starts a tethered child in a session of its own, so that a terminal's Ctrl-C reaches only us."""
    with contextlib.ExitStack() as stack:
        output = stack.enter_context(log.open("ab")) if log else None
        return subprocess.Popen(  # noqa: S603  the arguments are ours
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            cwd=folder,
            start_new_session=True,
            pass_fds=tuple(pass_fds),
            **privileges(account, at_our_death),
        )


def run(argv: Sequence[str], account: Account) -> subprocess.CompletedProcess[str]:
    """Runs a program to its end as this account, in an empty environment."""
    return subprocess.run(  # noqa: S603  the arguments are ours
        argv, check=False, capture_output=True, text=True, cwd="/", env={}, **privileges(account)
    )


def privileges(account: Account, at_our_death: int = signal.SIGKILL) -> dict[str, Any]:
    """The arguments of Popen that make the child run as this account and die with us."""
    drop = {} if account.uid is None else {"user": account.uid, "group": account.uid, "extra_groups": []}
    return {**drop, "preexec_fn": tether(at_our_death, namespace=account.namespace)}


def stop(process: subprocess.Popen[bytes], steps: Iterable[tuple[int, float]]) -> None:
    """Sends each signal in turn and waits so many seconds for it; at the end kills the whole session."""
    for number, seconds in steps:
        if process.poll() is None:
            process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(2)


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def started_at(pid: int) -> str | None:
    """When the process started, in clock ticks since boot: with the pid it names one process for ever."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    return None


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition came true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
