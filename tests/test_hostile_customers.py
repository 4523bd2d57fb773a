"""Nonsense in every form of a customer: a sentence, never a crash; what was typed stays where it was typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from accounts.policies import actor_of_person
from rfps.domain import sharing
from rfps.models import Rfp
from rfps.states import Sharing
from tests.access import PAGES
from tests.factories import people
from tests.filling import TYPED, Form, forms_of, send
from tests.test_access_matrix import signed_in
from tests.world import World, ok

OTHERS = ("company/", "operator/", "admin/", "quick/", "api/", "settings/keys/", "healthz", "readyz")
STAYS = frozenset({"csrfmiddlewaretoken", "once", "next"})
SCRIPT = "\"'><script>alert(1)</script>"
NONSENSE = (
    SCRIPT,
    "🏡👩‍👧 مرحبا \u202eabc שלום",
    "a\x00b\x07\x1b[31m\u2028",
    "1.234,50 €",
    "£1,234.50",
    "1e999",
    "NaN",
    "-0",
    "",
    "0001-01-01",
    "9" * 5000,
    "00000000-0000-4000-8000-000000000000",
)
PARTS = ("place", "budget", "dates", "rules", "counting")
FACTS = ("home.address", "identity.birth_date", "energy.kwh_per_year", "energy.price_now")
Sent = dict[str, list[str]]


@pytest.fixture(autouse=True)
def _nothing_tried_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def deciding(world: World) -> World:
    """A request with two offers and one from elsewhere, shared with those at home, and a draft beside it."""
    world.subscribe("supplier", "rival")
    world.publish(sealing="open")
    world.bid("supplier", "0.24")
    world.bid("rival", "0.26")
    world.learn()
    entry = {"title": "A leaflet", "total": "990.00"}
    world.ids["entry"] = ok(world["customer"].post(f"rfps/{world.ids['rfp']}/own-entries/", entry))["id"]
    world.ids["draft"] = ok(world["customer"].post(f"rfps/{world.ids['rfp']}/copy/"))["id"]
    rfp = Rfp.objects.get(public_id=world.ids["rfp"])
    sharing.share(rfp, actor=actor_of_person(rfp.customer), sharing=Sharing.HELP)
    return world


def addresses(world: World) -> Iterator[str]:
    """Every page of a customer's, of the request and of the draft."""
    for route in PAGES:
        if not route.startswith(OTHERS):
            page = world.page(route)
            yield page
            if route.startswith("requests/") and "compare" not in route:
                yield page.replace(world.ids["rfp"], world.ids["draft"])
    yield from (f"/requests/{world.ids['draft']}/check/{part}/" for part in PARTS)
    yield from (f"/keep/{fact}/" for fact in FACTS)


def forms(client: Client, pages: Iterator[str]) -> list[Form]:
    """The forms of those pages that can be opened, each once."""
    found: dict[tuple[str, tuple[str, ...]], Form] = {}
    for path in pages:
        page = client.get(path)
        for form in forms_of(page.content.decode(), path) if page.status_code == 200 else ():
            if form.action not in ("/language/", "/accounts/logout/"):
                found.setdefault((form.action, tuple(form.controls)), form)
    return list(found.values())


def nonsense(form: Form, turn: int) -> Iterator[tuple[list[str], Sent]]:
    """(where somebody types, what is sent): nonsense in what is typed, in the rest; then nothing, then all twice."""
    typed = [name for name in form.names(TYPED) if name not in STAYS]
    rest = [name for name in form.controls if name not in STAYS and name not in typed]
    for shift in (0, 6) if typed else ():
        said = {name: [NONSENSE[(turn + shift + at) % len(NONSENSE)]] for at, name in enumerate(typed)}
        yield typed, form.data(**said)
    if rest:
        yield [], form.data(**{name: [NONSENSE[(turn + at) % len(NONSENSE)]] for at, name in enumerate(rest)})
    yield [], {name: form.controls[name].values for name in STAYS & set(form.controls)}
    yield [], form.data(**{name: [*form.controls[name].values, *form.controls[name].options, "z"] for name in rest})


def unmade(client: Client, form: Form, data: Sent) -> Any:
    """The answer; whatever it did is undone."""
    with transaction.atomic():
        answer = send(client, form, data)
        transaction.set_rollback(True)
    return answer


def faults_of(form: Form, answer: Any, typed: list[str], data: Sent) -> Iterator[str]:
    """What is wrong with the answer."""
    text = answer.content.decode()
    unknown = answer.status_code == 404 and not typed  # of what a page names itself, where nothing was typed
    if answer.status_code not in (200, 302, 409, 422, 429) and not unknown:
        yield str(answer.status_code)
    if "<script>alert" in text:
        yield "the script is one"
    if "Some of this needs a change" in text and not typed:
        return  # a page of its own says what was wrong with what the form itself names
    if answer.status_code in (409, 422) and 'class="problems"' not in text and "errorlist" not in text:
        yield f"{answer.status_code} says nothing"
    same = [each for each in forms_of(text, form.action) if set(each.controls) == set(form.controls)]
    if answer.status_code == 422 and not same:
        yield "the form is gone"
    for name in typed if same and answer.status_code == 422 else ():
        if form.controls[name].kind != "password" and kept(same[0].controls[name].values) != kept(data[name]):
            yield f"lost: {name}"


def kept(values: list[str]) -> str:
    """As a browser would show it again: space at the ends and the kind of line ends are nothing."""
    return "".join(values).replace("\r\n", "\n").strip()


def walk(client: Client, pages: Iterator[str], least: int) -> list[str]:
    """Every fault found; the forms are never fewer than `least`."""
    found: list[str] = []
    doors = forms(client, pages)
    assert len(doors) >= least, sorted(form.action for form in doors)
    for at, form in enumerate(doors):
        for typed, data in nonsense(form, at):
            if faults := list(faults_of(form, unmade(client, form, data), typed, data)):
                said = {name: str(values)[:60] for name, values in data.items() if name not in STAYS}
                found.append(f"{form.action} {faults} {said}")
    return found


@pytest.mark.timeout(400)  # some 250 posts; a busy machine is no finding
def test_a_customer_types_nonsense(deciding: World) -> None:
    assert walk(signed_in("customer"), addresses(deciding), 40) == []


def test_who_shares_a_request_types_nonsense(deciding: World) -> None:
    pages = (f"/requests/{deciding.ids['rfp']}/{name}" for name in ("together/", "compare/"))
    assert walk(signed_in("partner"), pages, 2) == []


def test_a_stranger_types_nonsense(db: None) -> None:
    client = Client()
    ways = ("/", "/start/", "/join/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/")
    assert walk(client, iter(ways), 5) == []
    client.post("/join/", {"email": people.person().email or ""})
    assert walk(client, iter(["/join/code/"]), 1) == []


def test_addresses_end_in_nonsense(deciding: World) -> None:
    """What stands behind a question mark comes from anybody: the page as it is without, or one that says no."""
    client, rfp = signed_in("customer"), f"/requests/{deciding.ids['rfp']}"
    asked = {
        f"{rfp}/compare/": ("order", "show", "as", "differ"),
        f"/requests/{deciding.ids['draft']}/who-sees/": ("as",),
        "/requests/": ("after", "before", "page"),
        "/keep/ledger/": ("after", "before", "page"),
        "/settings/notices/": ("after", "before", "page"),
        "/keep/energy.kwh_per_year/": ("item",),
        "/household/join/": ("with",),
    }
    for path, names in asked.items():
        for name in names:
            for said in (SCRIPT, "\x00", "\ufffe\u202e", "9" * 40, "-1", "x" * 3000):
                answer = client.get(path, {name: said})
                assert answer.status_code in (200, 302, 400, 404), (path, name, said)
                assert "<script>alert" not in answer.content.decode(), (path, name)
