"""The set-up that `make` does before anything else, and its refusals."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

CHECKOUT = Path(__file__).parents[1]


@pytest.fixture
def checkout(tmp_path):
    """Its set-up alone, with a lock that asks for nothing."""
    for name in (".ci/install.py", "Makefile"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(CHECKOUT / name, tmp_path / name)
    (tmp_path / "requirements.lock").write_text("")
    return tmp_path


def install(checkout: Path, prelude: str = "") -> subprocess.CompletedProcess[str]:
    code = f"import runpy, sys\n{prelude}\nrunpy.run_path('.ci/install.py', run_name='__main__')"
    return subprocess.run([sys.executable, "-c", code], cwd=checkout, capture_output=True, text=True)


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_missing_venv_module_is_one_sentence(checkout, module):
    done = install(checkout, f"sys.modules[{module!r}] = None")
    expected = "Python's module venv is not installed: on Debian and Ubuntu, run `apt install python3-venv`.\n"
    assert (done.returncode, done.stderr) == (1, expected)
    assert not (checkout / ".venv").exists()


def test_an_old_python_is_one_sentence(checkout):
    done = install(checkout, "sys.version_info = (3, 10, 4)")
    assert done.returncode == 1
    assert re.fullmatch(
        r"Beckon needs Python 3\.11 or newer, but \S+ is 3\.10; give another as PYTHON=…\.\n", done.stderr
    )


def test_a_missing_python_is_one_sentence(checkout):
    done = subprocess.run(["make", "demo", "PYTHON=no-such-python"], cwd=checkout, capture_output=True, text=True)
    assert done.returncode != 0
    assert done.stderr.splitlines()[0] == "Python (no-such-python) is not installed."


def test_an_unchanged_lock_installs_nothing_and_a_changed_one_anew(checkout):
    assert install(checkout).stdout == "Installing the packages of requirements.lock into .venv …\n"
    made = (checkout / ".venv" / "pyvenv.cfg").stat().st_mtime_ns
    again = install(checkout)
    assert (again.returncode, again.stdout) == (0, "")
    assert (checkout / ".venv" / "pyvenv.cfg").stat().st_mtime_ns == made
    (checkout / "requirements.lock").write_text("# changed\n")
    assert install(checkout).stdout == "Installing the packages of requirements.lock into .venv …\n"


def test_what_the_lock_does_not_vouch_for_is_refused(checkout):
    (checkout / "requirements.lock").write_text(f"six==1.17.0 --hash=sha256:{hashlib.sha256().hexdigest()}\n")
    done = install(checkout)
    assert done.returncode == 1
    assert done.stderr.endswith("The packages of requirements.lock could not be installed; pip says why above.\n")
    assert not (checkout / ".venv" / "installed-lock").exists()


def wheel(folder: Path, name: str, version: str, *lines: str) -> str:
    """A package without code; the line by which a lock pins it."""
    info = f"{name}-{version}.dist-info"
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            f"{info}/METADATA", "\n".join(["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *lines])
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def test_a_newer_release_of_what_a_package_wants_with_an_extra_is_passed_over(checkout, tmp_path, monkeypatch):
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    pinned = wheel(wheels, "measured", "1", "Provides-Extra: toml")
    wheel(wheels, "measured", "2", "Provides-Extra: toml")
    (checkout / "requirements.lock").write_text(
        wheel(wheels, "wanting", "1", "Requires-Dist: measured[toml]>=1") + pinned
    )
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    done = install(checkout)
    assert (done.returncode, done.stderr) == (0, "")
    assert {found.name for found in (checkout / ".venv").glob("lib/*/site-packages/[mw]*.dist-info")} == {
        "measured-1.dist-info",
        "wanting-1.dist-info",
    }


def test_the_lock_has_everything_that_is_asked_for():
    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True)
    assert done.stdout == "No broken requirements found.\n"
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    lock = dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (CHECKOUT / "requirements.lock").read_text(), re.M))
    for line in project["project"]["dependencies"] + project["dependency-groups"]["dev"]:
        wanted = Requirement(line)
        assert wanted.specifier.contains(lock[wanted.name]), line


def test_the_lock_names_no_host_and_a_hash_for_everything():
    lock = (CHECKOUT / "requirements.lock").read_text()
    assert "://" not in lock
    pinned = [entry for entry in re.split(r"\n(?=\S)", lock.strip()) if not entry.startswith("#")]
    assert len(pinned) > 50
    assert [entry for entry in pinned if "==" not in entry or "--hash=sha256:" not in entry] == []
