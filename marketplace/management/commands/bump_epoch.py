"""A step of every restore: old feed cursors are refused from now on, and the audit chains begin a new segment."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from marketplace.audit.chaining import CHAINS, restart
from rfps.delivery.domain.feeding import bump_epoch


class Command(BaseCommand):
    help = "Begin a new epoch (after restoring a dump, before the first web server or worker starts)."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        for chain in CHAINS.values():
            restart(chain)
        self.stdout.write(str(bump_epoch()))
