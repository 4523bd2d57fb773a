"""Runs Beckon on this machine alone, with engines and data of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace.demo.launcher import CHECKOUT, Demo
from marketplace.embedded import EngineError

LARGEST_PORT = 65535


class Command(BaseCommand):
    help = "Run engines, web server, worker and clock until Ctrl-C. PORT and DATA come from the environment."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        port, data = os.environ.get("PORT") or "8000", os.environ.get("DATA") or str(CHECKOUT / ".data")
        if not (port.isascii() and port.isdecimal() and int(port) <= LARGEST_PORT):
            raise CommandError(f"PORT is {port!r}, but a port is a number up to {LARGEST_PORT}.")
        try:
            Demo(Path(data), int(port), self.say).run()
        except EngineError as error:
            raise CommandError(str(error)) from error

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
