"""Measures the pages against their goals, on engines and a web server of its own: `python -m tests.bench [--json]`.

Ends with 1 when a goal is missed. Every figure has beside it what the same machine needed, in the same minute, for
next to nothing: on a busy machine both grow.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator

import django
from playwright.sync_api import Browser, sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's synchronous interface keeps an event loop in this thread
django.setup()

from tests.bench import painting, ranking, serving  # noqa: E402
from tests.bench.figures import Figure, Machine  # noqa: E402
from tests.bench.site import Site, running  # noqa: E402
from tests.browser import chromium  # noqa: E402

PARTS = ("paint", "wire", "rank", "serve")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--only", choices=PARTS, action="append", help="leave out the other parts")
    parser.add_argument("--times", type=int, default=7, help="how often each page is opened")
    asked = parser.parse_args()
    path = chromium.find()
    if not path:
        sys.exit("Chromium is needed: apt-get install chromium")
    machine, figures = Machine(), []
    with running() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=chromium.FLAGS)
        for figure in measured(browser, site, machine, asked.only or PARTS, asked.times):
            figures.append(figure)
            if not asked.json:
                print(figure.line(), flush=True)
        about = f"Chromium {browser.version}; {machine.line()}"
        browser.close()
    if asked.json:
        print(json.dumps({"figures": [figure.shape() for figure in figures], "slowed": machine.slowed, "about": about}))
    else:
        print(about)
    return 0 if all(figure.met for figure in figures) else 1


def measured(browser: Browser, site: Site, machine: Machine, parts: tuple[str, ...], times: int) -> Iterator[Figure]:
    if "wire" in parts:
        yield painting.weigh(browser, site)
    if "rank" in parts:
        yield from ranking.measure(browser, site, machine)
    if "serve" in parts:
        yield from serving.measure(site, machine, 6 * times)
    if "paint" in parts:
        yield from painting.measure(browser, site, machine, times)


if __name__ == "__main__":
    sys.exit(main())
