"""What a deployment copies: units that systemd takes, settings that exist, programs and queues that are there."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings

from marketplace import environment

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted(path for path in DEPLOY.rglob("*") if path.suffix in {".service", ".target", ".conf"})
SERVICES = [path for path in UNITS if path.suffix == ".service"]
HOME = "/srv/beckon/current"
KNOWN = set(re.findall(r'"([A-Z][A-Z_]+)"', (ROOT / "marketplace" / "environment.py").read_text()))


def read(path: Path) -> configparser.ConfigParser:
    """A unit as systemd reads it, but for keys that may stand twice."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(path.read_text().replace("\\\n", " "))
    return parser


def settings_of(text: str) -> dict[str, str]:
    """The variables of an environment file."""
    lines = [line.partition("=") for line in text.splitlines() if line and not line.startswith("#")]
    return {name: value.strip('"') for name, _, value in lines}


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_unit_starts_programs_that_are_there(path: Path) -> None:
    unit = read(path)
    for key in ("ExecStartPre", "ExecStart"):
        if command := unit["Service"].get(key):
            program = command.split()[0]
            assert program.startswith(f"{HOME}/.venv/bin/")
            assert (Path(sys.executable).parent / Path(program).name).exists()
    if unit["Service"]["Type"] != "oneshot":
        assert unit["Install"]["WantedBy"] == unit["Unit"]["PartOf"] == "beckon.target"


def test_the_worker_serves_every_queue() -> None:
    served = re.search(r"--queues (\S+)", (DEPLOY / "beckon-worker.service").read_text())
    assert served
    assert set(served[1].split(",")) == {queue.name for queue in settings.CELERY_TASK_QUEUES}
    stop = int(read(DEPLOY / "beckon-worker.service")["Service"]["TimeoutStopSec"])
    assert stop > current_app.conf.task_time_limit


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """As installed, but for the folder of the release and the account, which this machine has not."""
    shutil.copytree(DEPLOY, tmp_path, dirs_exist_ok=True)
    home = tmp_path / "home"
    (home / ".venv").mkdir(parents=True)
    (home / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    for path in tmp_path.rglob("*beckon*"):
        if path.is_file():
            path.write_text(path.read_text().replace(HOME, str(home)))
    shared = tmp_path / "beckon-.service.d" / "all.conf"
    shared.write_text(re.sub(r"(?m)^(User|Group)=beckon$", r"\1=root", shared.read_text()).replace(HOME, str(home)))
    assert _complaints(tmp_path) == ""
    shared.write_text(shared.read_text() + "ProtectEverything=yes\n")
    if shutil.which("systemd-analyze"):
        assert "ProtectEverything" in _complaints(tmp_path)


def _complaints(folder: Path) -> str:
    """What systemd says of the units; nothing on a machine without it."""
    if not (program := shutil.which("systemd-analyze")):
        return ""
    units = [str(folder / path.name) for path in UNITS if path.parent == DEPLOY and path.suffix != ".conf"]
    done = subprocess.run(
        [program, "verify", "--man=no", *units],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_every_variable_exists() -> None:
    given = settings_of((DEPLOY / "environment").read_text())
    assert set(given) <= KNOWN
    assert set(given) >= set(environment.REQUIRED)
    named = {name for path in UNITS for name in re.findall(r"^Environment=([A-Z_]+)=", path.read_text(), re.MULTILINE)}
    assert named - {"PYTHONUNBUFFERED"} <= KNOWN
    told = set(re.findall(r"`([A-Z]+_[A-Z_]+)`", (ROOT / "docs" / "deploy.md").read_text()))
    assert told <= KNOWN


def test_the_sample_cannot_be_run_unchanged() -> None:
    given = settings_of((DEPLOY / "environment").read_text())
    assert [name for name in ("SECRET_KEY", "DATA_KEYS") if given[name]] == []
    assert "CHANGE" in given["DATABASE_URL"]


def test_the_guide_names_every_file() -> None:
    told = (ROOT / "docs" / "deploy.md").read_text()
    missing = [path.name for path in DEPLOY.iterdir() if path.suffix != ".d" and path.stem not in told]
    assert missing == []
    for unit in SERVICES:
        assert f"`{unit.stem}`" in told
