"""Brings the demo's database up to date and plants its data once."""

from __future__ import annotations

import sys
from pathlib import Path

import django
from django.core.management import call_command

if __name__ == "__main__":
    django.setup()
    print("Applying migrations …", flush=True)
    call_command("migrate", interactive=False, verbosity=0)
    mark = Path(sys.argv[1])
    if not mark.exists():
        print("Planting the demo's data …", flush=True)
        call_command("seed", verbosity=0)
        mark.touch()
