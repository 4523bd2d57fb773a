"""The comparison in a browser: quiet, accessible, re-ranked at once, by keyboard, on a phone, without a script."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.browser.watching import Watched
from tests.factories import bids, offers

SignIn = Callable[[User], None]


@pytest.mark.parametrize("count", [0, 1, 6, 50])
def test_the_comparison_is_accessible(watched: Watched, sign_in: SignIn, customer: User, count: int) -> None:
    rfp, _bids = offers.compared(customer, count, own=count > 0)
    sign_in(customer)
    watched.open(f"/requests/{rfp.public_id}/compare/")
    assert watched.inspect() == []


def test_the_contract_is_accessible(watched: Watched, page: Page, sign_in: SignIn, customer: User) -> None:
    rfp, made = offers.compared(customer)
    sign_in(customer)
    watched.open(f"/requests/{rfp.public_id}/choose/{made[0].public_id}/")
    page.get_by_role("button", name="Choose Northlight and send them my name and address").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You chose Northlight")
    assert watched.inspect() == []


@pytest.mark.parametrize("sealing", ["sealed", "open"])
def test_closed_offers_are_only_counted(
    watched: Watched, page: Page, sign_in: SignIn, customer: User, sealing: str
) -> None:
    rfp = bids.request(customer, sealing=sealing)
    bids.bid(rfp, offers.company(0), title="Midnight tariff")
    sign_in(customer)
    watched.open(f"/requests/{rfp.public_id}/compare/")
    assert ("Midnight tariff" in page.content()) == (sealing == "open")
    assert watched.inspect() == []


def first(page: Page) -> Locator:
    """The name over the first column."""
    return page.locator("thead .name").first


# Every slider event of one move, and the names over the columns from left to right, as they stand and as they are seen.
LET_GO = """(slider, to) => {
  const heads = () => [...document.querySelectorAll("thead th")];
  const names = (heads) => heads.map((head) => head.querySelector(".name").textContent);
  const left = (head) => head.getBoundingClientRect().left;
  const before = names(heads());
  slider.value = to ?? "0";
  for (const name of ["input", "change"]) slider.dispatchEvent(new Event(name, {bubbles: true}));
  return [before, names(heads().sort((one, other) => left(one) - left(other)))];
}"""


def slide(page: Page, title: str, to: str) -> None:
    """Set a slider as a hand would: all its values on the way, then let go."""
    page.get_by_role("slider", name=title).fill(to)
    page.get_by_role("slider", name=title).dispatch_event("change")


def test_a_slider_ranks_at_once_as_the_server_then_does(
    watched: Watched, page: Page, sign_in: SignIn, customer: User
) -> None:
    rfp, _made = offers.compared(customer)
    sign_in(customer)
    watched.open(f"/requests/{rfp.public_id}/compare/")
    expect(first(page)).to_have_text("Northlight")
    with page.expect_response("**/compare/weights/"):
        slide(page, "Notice period", "0")
    shown = {part: page.locator(part).all_inner_texts() for part in ("thead .name", ".rank", "[data-points]", ".share")}
    bars = page.locator(".points svg").evaluate_all("bars => bars.map(bar => bar.outerHTML)")
    expect(first(page)).to_have_text("Tidewater")
    expect(page.locator("#order")).to_contain_text("New order: Tidewater")
    expect(page.locator("#lead")).to_contain_text("Tidewater leads")
    watched.open(f"/requests/{rfp.public_id}/compare/")
    assert {part: page.locator(part).all_inner_texts() for part in shown} == shown
    assert page.locator(".points svg").evaluate_all("bars => bars.map(bar => bar.outerHTML)") == bars
    expect(page.locator(".act .primary")).to_have_count(1)
    expect(page.locator("thead .first")).to_have_text(re.compile("^1"))


def test_many_columns_change_places_for_the_eye_at_once_and_in_the_document_soon(
    watched: Watched, page: Page, sign_in: SignIn, customer: User
) -> None:
    rfp, _made = offers.compared(customer, 30)
    sign_in(customer)
    watched.open(f"/requests/{rfp.public_id}/compare/")
    before, seen = page.get_by_role("slider", name="Notice period").evaluate(LET_GO)
    assert seen != before
    expect(page.locator("thead .name")).to_have_text(seen)
    expect(page.locator(".offers [style*=translate]")).to_have_count(0)
    owners = page.locator(".points .because .away").all_text_contents()
    assert [owner.split(",")[0].strip() for owner in owners] == seen
    for weight in ("90", "25"):  # the second while the document still follows the first
        page.get_by_role("slider", name="Notice period").evaluate(LET_GO, weight)
    expect(page.locator("thead .name")).to_have_text(before)


def test_the_whole_way_by_keyboard(watched: Watched, page: Page, sign_in: SignIn, customer: User) -> None:
    rfp, _made = offers.compared(customer)
    sign_in(customer)
    watched.open(f"/requests/{rfp.public_id}/compare/")
    reach(page, "document.activeElement.matches('[name^=weight-]')")
    before = page.evaluate("document.activeElement.value")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.value") == str(int(before) + 1)
    reach(page, "document.activeElement.name === 'differ'")
    page.keyboard.press("Space")
    expect(page.get_by_role("row", name="How to reach somebody")).to_be_visible()
    expect(page.get_by_role("row", name="The price is firm")).to_be_hidden()
    reach(page, "document.activeElement.id === 'offers'")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    reach(page, "document.activeElement.textContent.startsWith('Choose')")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose Northlight")
    reach(page, "document.activeElement.matches('.button.primary')")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("You chose Northlight")


def reach(page: Page, condition: str) -> None:
    """Press Tab until it is there; what is never reached fails."""
    for _step in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(condition):
            return
    raise AssertionError(condition)


def test_a_phone_shows_two_offers_beside_the_names_of_rows(
    watched: Watched, page: Page, sign_in: SignIn, customer: User
) -> None:
    rfp, made = offers.compared(customer)
    sign_in(customer)
    page.set_viewport_size({"width": 390, "height": 844})
    watched.open(f"/requests/{rfp.public_id}/compare/")
    widths = page.locator("thead th").evaluate_all("heads => heads.map(head => head.getBoundingClientRect())")
    assert [round(box["right"]) <= 390 for box in widths[:3]] == [True, True, False]
    names = page.get_by_role("rowheader", name="Notice period")
    left = names.bounding_box()
    page.locator("#offers").evaluate("region => { region.scrollIntoView(); region.scrollTo({left: 300, top: 300}); }")
    page.wait_for_timeout(300)
    after = names.bounding_box()
    assert left is not None
    assert after is not None
    assert left["x"] == after["x"]
    edge = f"document.elementFromPoint(2, {after['y'] + 5}).closest('th')?.scope"
    assert page.evaluate(edge) == "row"  # no column peeps out beside the names
    page.get_by_text("Pick columns").click()
    page.get_by_role("checkbox", name="Tidewater").check()
    page.get_by_role("checkbox", name="Brightside").check()
    page.get_by_role("button", name="Show these").click()
    expect(page.locator("thead .name")).to_have_text(["Tidewater", "Brightside"])
    expect(page).to_have_url(re.compile(str(made[5].public_id)))


def test_without_a_script_everything_works_by_buttons(
    browser: Browser, live_server: LiveServer, sign_in: SignIn, page: Page, customer: User
) -> None:
    rfp, _made = offers.compared(customer)
    sign_in(customer)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([{"name": each["name"], "value": each["value"], "url": live_server.url}
                         for each in page.context.cookies() if "name" in each and "value" in each])  # fmt: skip
    plain = context.new_page()
    plain.goto(f"/requests/{rfp.public_id}/compare/")
    for _step in range(60):
        plain.get_by_role("slider", name="Notice period").press("ArrowLeft")
    plain.get_by_role("button", name="Weigh again").click()
    expect(first(plain)).to_have_text("Tidewater")
    plain.get_by_label("Only what differs").check()
    plain.get_by_label("Sort").select_option("Cheapest first")
    plain.get_by_role("button", name="Apply").click()
    expect(plain.locator("tr.firmness")).to_have_count(1)
    expect(plain.locator("tr.firmness")).not_to_be_visible()
    context.close()
