"""A running site with what the benchmarks look at: engines, rows, and a web server of its own process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from accounts.domain import guesting
from accounts.models import User
from accounts.policies import actor_of_person
from accounts.web.visiting import COOKIE
from marketplace.demo.launcher import healthy, listen
from marketplace.processes import spawn, stop, wait_for
from rfps.domain import drafting, starting
from rfps.models import Rfp
from tests.factories import bids, offers, people

CHECKOUT = Path(__file__).resolve().parents[2]
CRITERIA, OFFERS, MANY, ROWS = 12, 50, 200, 40
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Site:
    """Where it is, who looks, and at which requests."""

    process: subprocess.Popen[bytes]
    origin: str
    session: str
    guest: str
    draft: Rfp
    few: Rfp
    fifty: Rfp
    shown: str
    many: Rfp

    def cookies(self, name: str, value: str) -> dict[str, str]:
        return {"name": name, "value": value, "url": self.origin}

    @property
    def customer(self) -> dict[str, str]:
        return self.cookies("sessionid", self.session)

    @property
    def visitor(self) -> dict[str, str]:
        return self.cookies(COOKIE, self.guest)

    def worked(self) -> float:
        """Seconds of processor time that the web server and its database have taken."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'")
            backends = [row[0] for row in cursor.fetchall()]
        return sum(spent(pid) for pid in (self.process.pid, *backends))


def spent(pid: int) -> float:
    """Seconds of processor time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def running() -> Iterator[Site]:
    """The engines run already: the settings of a test run have started them."""
    call_command("migrate", verbosity=0)
    customer, guest = people.person("customer@bench.example", name="Morag Quill"), people.guest()
    client = Client()
    client.force_login(customer, backend=settings.AUTHENTICATION_BACKENDS[0])
    fifty, made = offers.compared(customer, OFFERS, criteria=criteria())
    listener = listen(socket.AF_INET, "127.0.0.1", 0)
    port = listener.getsockname()[1]
    process = spawn(
        [sys.executable, "-m", "marketplace.demo.web", str(listener.fileno())],
        environment={**os.environ, "DJANGO_SETTINGS_MODULE": "marketplace.settings"},
        folder=CHECKOUT,
        log=Path(os.devnull),
        pass_fds=[listener.fileno()],
    )
    try:
        site = Site(
            process=process,
            origin=f"http://127.0.0.1:{port}",
            session=client.cookies["sessionid"].value,
            guest=guesting.token_of(guest),
            draft=begun(guest),
            few=offers.compared(customer)[0],
            fifty=fifty,
            shown="&".join(f"show={bid.public_id}" for bid in made),
            many=wide(customer, MANY),
        )
        if not wait_for(lambda: healthy("127.0.0.1", port), 60):
            raise RuntimeError("The web server does not answer.")
        yield site
    finally:
        stop(process, [(15, 5)])
        listener.close()


def begun(guest: User) -> Rfp:
    """What a guest composes, filled so far that every step can be opened."""
    actor = actor_of_person(guest)
    rfp = starting.start(actor=actor, category="energy/electricity", zone="Europe/London")
    return drafting.change(rfp, actor=actor, body={"area": {"country": "GB", "postcode": "EH6 5DT"}})


def criteria() -> list[bids.Row]:
    """Twelve: the price, an answer, ratings."""
    ratings = [{"kind": "rating", "title": f"Rating {at}", "weight": at} for at in range(1, CRITERIA - 1)]
    return [*offers.CRITERIA[:2], *ratings]


def wide(customer: User, count: int) -> Rfp:
    """A request of forty rows, half of them priced, with `count` offers that fill them all."""
    half = ROWS // 2
    lines = [{"title": f"Part {at + 1}", "quantity": Decimal(at + 1), "unit": "piece"} for at in range(half)]
    asked = [{"text": f"Question {at + 1}", "level": "should", "answer": "number", "unit": "day"} for at in range(half)]
    weighed = [{"kind": "number", "requirement": at, "weight": 5, "best": "0", "worst": "90"} for at in range(11)]
    price = {"kind": "total_price", "weight": 60, "best": "2000.00", "worst": "9000.00"}
    rfp = bids.request(
        customer, closes_in=-timedelta(hours=1), lines=lines, requirements=asked, criteria=[price, *weighed]
    )
    charge = {"label": "Standing charge", "amount": Decimal(15), "recurs": "month", "periods": 12}
    for at in range(count):
        prices = [f"{(at * 7 + line) % 50 + 1}.{at % 100:02}" for line in range(half)]
        answers = [(at * (row + 3) + row) % 91 for row in range(half)]
        bids.bid(rfp, people.organisation(name=f"Company {at + 1}", checked=False), prices=prices, answers=answers,
                 charges=[charge], title=f"Offer {at + 1}")  # fmt: skip
    return rfp
