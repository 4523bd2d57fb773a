"""The main job through HTTP, as processes: engines, web server, worker and clock."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.demos import copy_checkout, environment, running

SCRIPT = Path(__file__).with_name("main_job.sh")
pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


def test_main_job_with_nothing_but_curl(tmp_path: Path) -> None:
    assert shutil.which("curl"), "the journey is told with curl: install it (apt install curl)"
    checkout = copy_checkout(tmp_path / "checkout")
    with running(checkout, PORT="0", DATA=str(tmp_path / "data")) as demo:
        done = subprocess.run(
            ["bash", str(SCRIPT)],
            cwd=checkout,
            env=environment(BASE=f"http://localhost:{demo.port}", MANAGE=f"{sys.executable} manage.py"),
            capture_output=True,
            text=True,
            timeout=200,
        )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert done.stdout.splitlines()[-1] == "The main job works."
