"""Checks that nobody changed or removed a sealed row of the change record and of the log of reads."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace.audit import chaining
from marketplace.audit.chaining import Report


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        reports = [chaining.verify(chain) for chain in chaining.CHAINS.values()]
        for report in reports:
            self.stdout.write(sentence(report))
        broken = [f"{report.chain}: {report.broken}." for report in reports if report.broken]
        if broken:
            raise CommandError(" ".join(broken))


def sentence(report: Report) -> str:
    """What was found in one chain."""
    state = "broken" if report.broken else "intact"
    since = f", the oldest from {report.tail_since:%Y-%m-%d %H:%M:%S} UTC" if report.tail_since else ""
    sealed = f"{report.chain}: {report.rows} rows in {report.links} links, {state}"
    return f"{sealed}; {report.tail} rows not sealed yet{since}."
