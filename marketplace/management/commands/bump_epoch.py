"""A step of every restore: the feed's cursors of before the restore are refused from now on."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from rfps.delivery.domain.feeding import bump_epoch


class Command(BaseCommand):
    help = "Begin a new epoch of the changes feed (after restoring a dump)."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(str(bump_epoch()))
