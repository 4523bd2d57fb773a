"""How long the server takes to answer: over HTTP, from another process, one request after the other."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from statistics import median
from urllib.parse import urlsplit

from rfps.models import Rfp
from tests.bench.figures import Figure, Machine, high, spread
from tests.bench.site import MANY, OFFERS, ROWS, Site

WARM, GOAL = 5, 200.0


def measure(site: Site, machine: Machine, times: int) -> Iterator[Figure]:
    """The comparison; beside it a page that only says that the server is alive, asked in turn."""
    for name, rfp in ((f"{OFFERS} offers × 6 rows", site.fifty), (f"{MANY} offers × {ROWS} rows", site.many)):
        yield figure(f"server, comparison of {name}, 95 %", site, rfp, machine, times)


def figure(name: str, site: Site, rfp: Rfp, machine: Machine, times: int) -> Figure:
    connection = http.client.HTTPConnection(urlsplit(site.origin).netloc, timeout=60)
    path, took, trivial = f"/requests/{rfp.public_id}/compare/", [], []
    for _round in range(WARM):
        ask(connection, path, site)
    before = site.worked()
    for _round in range(times):
        machine.probe()
        trivial.append(ask(connection, "/healthz", site))
        took.append(ask(connection, path, site))
    work = 1000 * (site.worked() - before) / times
    connection.close()
    beside = {**spread(took), "processor time each, with the database": work, "/healthz median": median(trivial)}
    return Figure(name, GOAL, high(took), "ms", beside)


def ask(connection: http.client.HTTPConnection, path: str, site: Site) -> float:
    """Milliseconds until the whole answer is here."""
    began = time.perf_counter()
    connection.request(
        "GET", path, headers={"Host": urlsplit(site.origin).netloc, "Cookie": f"sessionid={site.session}"}
    )
    answer = connection.getresponse()
    answer.read()
    took = 1000 * (time.perf_counter() - began)
    if answer.status != http.HTTPStatus.OK:
        raise RuntimeError(f"{path} answered {answer.status}.")
    return took
