"""When a page's largest text is painted by a processor four times slower, and what the first page weighs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests.bench.figures import Figure, Machine
from tests.bench.site import MANY, OFFERS, Site

SLOWDOWN, GOAL, HEAVIEST = 4, 1000.0, 100.0
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
TRIVIAL = "/healthz"
WATCH = """new PerformanceObserver(list => { window.painted = list.getEntries().at(-1).startTime; })
  .observe({type: "largest-contentful-paint", buffered: true})"""
PAINTED = """async () => {
  const after = milliseconds => new Promise(done => setTimeout(done, milliseconds));
  await document.fonts.ready;
  for (let waited = 0; window.painted === undefined && waited < 10_000; waited += 50) await after(50);
  await after(200);
  return window.painted;
}"""


def measure(browser: Browser, site: Site, machine: Machine, times: int) -> Iterator[Figure]:
    """Every page with nothing in the browser's cache; before it, in the same tab, a page of one word."""
    draft, compare = f"/requests/{site.draft.public_id}", "/requests/{}/compare/"
    visitor, customer = [site.visitor], [site.customer]
    pages: Sequence[tuple[str, str, list[dict[str, str]], dict[str, int]]] = [
        ("front page", "/", [], PHONE),
        ("composer, start", "/start/", [], PHONE),
        *(
            (f"composer, {step}", f"{draft}/{step}/", visitor, PHONE)
            for step in ("what", "details", "who-sees", "check")
        ),
        ("comparison of 6, phone", compare.format(site.few.public_id), customer, PHONE),
        ("comparison of 6", compare.format(site.few.public_id), customer, DESK),
        (f"comparison of {OFFERS}", compare.format(site.fifty.public_id), customer, DESK),
        (f"comparison of {MANY}", compare.format(site.many.public_id), customer, DESK),
    ]
    for name, path, cookies, size in pages:
        took, trivial = [], []
        for _round in range(times):
            machine.probe()
            blank, seen = painted(browser, site, path, cookies, size)
            trivial.append(blank)
            took.append(seen)
        beside = {"worst": max(took), "one word": median(trivial), "ratio": median(took) / median(trivial)}
        yield Figure(f"LCP at {SLOWDOWN} × slowdown, {name}, median", GOAL, median(took), "ms", beside)


def painted(browser: Browser, site: Site, path: str, cookies: list[Any], size: dict[str, int]) -> tuple[float, float]:
    """Milliseconds from leaving for the page to its largest paint: of the trivial page, then of this one."""
    context = opened(browser, site, cookies, size)
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    page.add_init_script(WATCH)
    found = [look(page, TRIVIAL), look(page, path)]
    context.close()
    return found[0], found[1]


def look(page: Page, path: str) -> float:
    answer = page.goto(path, wait_until="load")
    if answer is None or not answer.ok:
        raise RuntimeError(f"{path} did not answer.")
    return float(page.evaluate(PAINTED))


def opened(browser: Browser, site: Site, cookies: list[Any], size: Any) -> BrowserContext:
    """A browser that has never been here."""
    context = browser.new_context(base_url=site.origin, locale="en-GB", viewport=size)
    context.add_cookies(cookies)
    return context


def weigh(browser: Browser, site: Site) -> Figure:
    """Everything that the front page brings over the wire, head lines of answers too; fonts apart."""
    context = opened(browser, site, [], PHONE)
    page = context.new_page()
    session, kinds, sizes = context.new_cdp_session(page), {}, {}
    session.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
    session.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    session.send("Network.enable")
    page.goto("/", wait_until="networkidle")
    context.close()
    beside: dict[str, float] = {}
    for request, size in sizes.items():
        kind = kinds.get(request, "Other").lower()
        beside[kind] = beside.get(kind, 0) + size / 1000
    return Figure(
        "front page over the wire, fonts apart", HEAVIEST, sum(beside.values()) - beside.get("font", 0), "kB", beside
    )
