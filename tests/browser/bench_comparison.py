"""How long a slider of the comparison takes to rank 50 offers by 12 criteria anew, measured and not judged.

Run by `make bench`; the goal is one frame, 16 ms, for what follows while the slider moves.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median, quantiles

from playwright.sync_api import Page

from accounts.models import User
from tests.browser.watching import Watched
from tests.factories import offers

OFFERS, CRITERIA, TIMES = 50, 12, 120
MEASURE = """async times => {
  const sliders = [...document.querySelectorAll("[data-weight]")];
  const took = {input: [], change: []};
  for (let at = 0; at < times; at += 1) {
    const slider = sliders[at % sliders.length];
    slider.value = String((37 * at) % 101);
    for (const name of ["input", "change"]) {
      const start = performance.now();
      slider.dispatchEvent(new Event(name, {bubbles: true}));
      if (name === "input") took.script = (took.script ?? []).concat(performance.now() - start);
      document.body.getBoundingClientRect();  // the layout that it causes
      took[name].push(performance.now() - start);
    }
    await new Promise(requestAnimationFrame);
  }
  return took;
}"""
NAMES = {
    "script": "rank and write, while the slider moves",
    "input": "the same with its layout",
    "change": "move the columns when it is let go, with layout",
}


def test_measure_ranking_anew(watched: Watched, page: Page, sign_in: Callable[[User], None], customer: User) -> None:
    ratings = [{"kind": "rating", "title": f"Rating {at}", "weight": at} for at in range(1, CRITERIA - 1)]
    rfp, made = offers.compared(customer, OFFERS, criteria=[*offers.CRITERIA[:2], *ratings])
    sign_in(customer)
    page.set_viewport_size({"width": 1280, "height": 900})
    shown = "&".join(f"show={bid.public_id}" for bid in made)
    page.route("**/compare/weights/", lambda route: route.fulfill(status=204))
    watched.open(f"/requests/{rfp.public_id}/compare/?{shown}")
    assert page.locator("[data-weight]").count() == CRITERIA
    assert page.locator("thead th").count() == OFFERS
    found = page.evaluate(MEASURE, TIMES)
    print(f"\n{OFFERS} offers × {CRITERIA} criteria, {TIMES} slider events, Chromium {page.context.browser.version}")
    for name, words in NAMES.items():
        times = found[name]
        print(f"  {words}: median {median(times):.1f} ms, 95 % {quantiles(times, n=20)[-1]:.1f}, most {max(times):.1f}")
