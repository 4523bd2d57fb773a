"""Makes `.venv` from requirements.lock, or does nothing when that is done. Runs on any Python ≥ 3.6."""

import hashlib
import os
import subprocess
import sys

try:
    import ensurepip
    import venv
except ImportError:  # Debian ships Python without them
    ensurepip = venv = None

CHECKOUT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(CHECKOUT, ".venv")
LOCK = os.path.join(CHECKOUT, "requirements.lock")
STAMP = os.path.join(VENV, "installed-lock")


def main():
    """Exits with one sentence when it cannot."""
    if is_current():
        return
    if sys.version_info < (3, 11):  # noqa: UP036 - this runs before anything could check the version
        found = ".".join(map(str, sys.version_info[:2]))
        sys.exit(f"Beckon needs Python 3.11 or newer, but {sys.executable} is {found}; give another as PYTHON=….")
    if venv is None or ensurepip is None:
        sys.exit("Python's module venv is not installed: on Debian and Ubuntu, run `apt install python3-venv`.")
    print("Installing the packages of requirements.lock into .venv …", flush=True)
    try:
        venv.EnvBuilder(with_pip=True, clear=True, symlinks=True).create(VENV)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"The folder .venv could not be made: {error}")
    pip = [os.path.join(VENV, "bin", "python"), "-m", "pip", "-qq", "--disable-pip-version-check", "install"]
    # Most modules of most packages are never imported: Python compiles those that are. The lock is complete, so
    # nothing is resolved: older pips look past its pins for what a package asks for with an extra, as coverage[toml].
    exactly = ["--no-compile", "--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", LOCK]
    if subprocess.call([*pip, *exactly]):  # noqa: S603
        sys.exit("The packages of requirements.lock could not be installed; pip says why above.")
    with open(STAMP, "w") as stamp:
        stamp.write(mark())


def is_current():
    """Whether the last install was of this lock, here. A link is somebody's own environment and stays as it is."""
    if os.path.islink(VENV):
        return True
    try:
        with open(STAMP) as stamp:
            return stamp.read() == mark() and os.access(os.path.join(VENV, "bin", "python"), os.X_OK)
    except OSError:
        return False


def mark():
    """Of the lock and the place: an environment that was moved does not work."""
    with open(LOCK, "rb") as lock:
        return f"{hashlib.sha256(lock.read()).hexdigest()} {VENV}\n"


if __name__ == "__main__":
    main()
