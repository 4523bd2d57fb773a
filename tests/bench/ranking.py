"""How long a slider of the comparison takes to rank 50 offers by 12 criteria anew, layout and style included.

When it is let go, the columns change places: at once for the eye, and in the document in the next frames. What the page
does in each of these is timed too, as one piece of work.
"""

from __future__ import annotations

from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page

from tests.bench.figures import Figure, Machine, high, spread
from tests.bench.painting import DESK, opened
from tests.bench.site import CRITERIA, OFFERS, Site

GOAL, TIMES = 16.0, 120  # one frame
FRAMES = """(() => {
  const plain = requestAnimationFrame.bind(window);
  window.frames_ = {plain, took: [], asked: 0};
  window.requestAnimationFrame = callback => {
    frames_.asked += 1;
    return plain(now => {
      const start = performance.now();
      callback(now);
      document.body.getBoundingClientRect();
      frames_.took.push(performance.now() - start);
    });
  };
})()"""
MEASURE = """async times => {
  const frame = () => new Promise(frames_.plain);
  const sliders = [...document.querySelectorAll("[data-weight]")];
  const took = {script: [], input: [], change: [], frames: frames_.took, nothing: []};
  const heard = (target, name) => {
    const start = performance.now();
    target.dispatchEvent(new Event(name, {bubbles: true}));
    const written = performance.now();
    document.body.getBoundingClientRect();  // the style and layout that it causes
    return [written - start, performance.now() - start];
  };
  for (let at = 0; at < times; at += 1) {
    const slider = sliders[at % sliders.length];
    slider.value = String((37 * at) % 101);
    const [script, input] = heard(slider, "input");
    took.script.push(script);
    took.input.push(input);
    await frame();
    took.change.push(heard(slider, "change")[1]);
    do await frame(); while (frames_.took.length < frames_.asked);
    document.querySelector("#order").textContent = at;  // the least that a page can write
    took.nothing.push(heard(document.body, "nothing")[1]);
    await frame();
  }
  return took;
}"""


def measure(browser: Browser, site: Site, machine: Machine) -> list[Figure]:
    """While a slider moves, and when it is let go and the columns change places."""
    context = opened(browser, site, [site.customer], DESK)
    page = context.new_page()
    page.add_init_script(FRAMES)
    page.route("**/compare/weights/", lambda route: route.fulfill(status=204))
    page.goto(f"/requests/{site.fifty.public_id}/compare/?{site.shown}", wait_until="load")
    check(page)
    machine.probe()
    found: dict[str, Any] = page.evaluate(MEASURE, TIMES)
    machine.probe()
    context.close()
    beside = {**spread(found["input"]), "script alone": median(found["script"]), "one word": median(found["nothing"])}
    let_go = {**spread(found["change"]), "one word": median(found["nothing"])}
    following = {**spread(found["frames"]), "frames": len(found["frames"])}
    size = f"{OFFERS} offers × {CRITERIA} criteria"
    return [
        Figure(f"ranking anew, {size}, 95 %", GOAL, high(found["input"]), "ms", beside),
        Figure("the same when the slider is let go", GOAL, high(found["change"]), "ms", let_go),
        Figure("a frame in which the document follows", GOAL, high(found["frames"]), "ms", following),
    ]


def check(page: Page) -> None:
    """It is the page that we mean."""
    seen = page.locator("[data-weight]").count(), page.locator("thead th").count()
    if seen != (CRITERIA, OFFERS):
        raise RuntimeError(f"{seen} criteria and offers are shown.")
