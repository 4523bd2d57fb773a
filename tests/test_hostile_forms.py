"""Nonsense in every form of suppliers, attesters and operators: a sentence, never a crash; nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from accounts.models import Organisation, User
from marketplace.mail.models import Mail
from rfps.delivery.models import Opportunity
from tests.access import PAGES
from tests.browsing import entered
from tests.factories import people
from tests.filling import TYPED, Form, forms_of, send
from tests.test_access_matrix import signed_in, standing
from tests.test_bad_input import rows
from tests.world import World

STAYS = frozenset({"csrfmiddlewaretoken", "once", "next"})
SCRIPT = "\"'><script>alert(1)</script>"
NONSENSE = (
    "",
    SCRIPT,
    "🏡👩‍👧 مرحبا \u202eabc שלום",
    "a\x00b\x07\x1b[31m\ufffe\u2028",
    "1.234,50 €",
    "1e999",
    "-0",
    "9" * 5000,
    "²",
    "00000000-0000-4000-8000-000000000000",
)
UUIDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
SPOKEN = {200, 302, 409, 422}


@dataclass
class Door:
    """A form, and the browser of somebody who may send it."""

    client: Client
    form: Form

    def fields(self) -> list[str]:
        return [name for name in self.form.controls if name not in STAYS]


@pytest.fixture
def busy(world: World, supplier: Organisation, operator: User) -> World:
    """An open request with an offer, and one of everything that an owner and an operator can open."""
    world.subscribe("supplier", "rival")
    world.publish(options=2)
    world.bid("supplier", "0.24")
    world.learn()
    world.ids |= standing(supplier)
    world.ids["colleague"] = str(people.member(supplier, people.person(), "viewer").user.public_id)
    unanswered = Opportunity.objects.get(organisation__name="Tidewater Power")
    world.ids |= {"rival": str(unanswered.organisation.public_id), "opportunity of rival": str(unanswered.public_id)}
    world.ids["link"] = Mail.objects.get(kind="rfp.published", recipient__email="rival@personas.example").secret
    return world


def addresses(world: World) -> Iterator[tuple[str, str]]:
    """(persona, path) of every page that they can open and that is theirs."""
    for route in PAGES:
        if route.startswith("company/") or route == "settings/keys/":
            yield "supplier", world.page(route)
        elif route.startswith("operator/"):
            yield "operator", world.page(route)
    yield "supplier", f"/company/{world.ids['supplier']}/team/{world.ids['colleague']}/"
    yield "supplier", f"/company/{world.ids['supplier']}/team/{world.ids['colleague']}/remove/"
    yield "rival", f"/company/{world.ids['rival']}/requests/{world.ids['opportunity of rival']}/"
    yield "anonymous", f"/quick/{world.ids['link']}/"


def doors(world: World) -> list[Door]:
    """Every form of those pages, once."""
    clients = {persona: signed_in(persona) for persona in ("anonymous", "supplier", "rival", "operator")}
    found: dict[str, Door] = {}
    for persona, path in addresses(world):
        page = clients[persona].get(path)
        for form in forms_of(page.content.decode(), path) if page.status_code == 200 else ():
            if form.action not in ("/language/", "/accounts/logout/"):
                found.setdefault(form.action, Door(clients[persona], form))
    return list(found.values())


def nonsense(door: Door) -> Iterator[tuple[list[str], dict[str, list[str]]]]:
    """(the fields where somebody types, what is sent): each nonsense in each of them, and in what nobody types."""
    typed = [name for name in door.form.names(TYPED) if name not in STAYS]
    others = [name for name in door.fields() if name not in typed]
    for turn in range(len(NONSENSE)):
        if typed:
            yield typed, pressed(door, turn, filled(typed, turn))
        if others and turn % 3 == 0:
            yield [], pressed(door, turn, filled(others, turn))
    doubled = {name: [*each.values, *each.options, "z"] for name, each in door.form.controls.items()}
    yield [], pressed(door, 0, {name: [] for name in door.fields()})
    yield [], pressed(door, 1, {name: doubled[name] for name in door.fields()})


def filled(names: list[str], turn: int) -> dict[str, list[str]]:
    return {name: [NONSENSE[(turn + at) % len(NONSENSE)]] for at, name in enumerate(names)}


def pressed(door: Door, turn: int, changes: dict[str, list[str]]) -> dict[str, list[str]]:
    """With the buttons in turn, and one that there is not."""
    data = door.form.data(**changes)
    if buttons := door.form.buttons:
        name, value = [*buttons, (buttons[0][0], f"remove-{NONSENSE[turn % len(NONSENSE)]}")][turn % (len(buttons) + 1)]
        data[name] = [value]
    return data


def unmade(door: Door, data: dict[str, list[str]]) -> Any:
    """The answer; whatever it did is undone."""
    with transaction.atomic():
        answer = send(door.client, door.form, data)
        transaction.set_rollback(True)
    return answer


def faults_of(door: Door, answer: Any, typed: list[str], data: dict[str, list[str]]) -> Iterator[str]:
    """What is wrong with an answer to nonsense."""
    text = answer.content.decode()
    if answer.status_code not in SPOKEN:
        yield f"{answer.status_code}"
    if "<script>alert" in text:
        yield "the script is one"
    if answer.status_code == 302:
        return
    if answer.status_code != 200 and 'class="problems"' not in text:
        yield f"{answer.status_code} says nothing"
    back = next((form for form in forms_of(text, door.form.action) if form.action == door.form.action), None)
    if back is None:
        yield "the form is gone"
    else:
        removed = "charges-0-" if data.get("do") == ["remove-0"] else "nothing"
        lost = [name for name in typed if not name.startswith(removed) and held(back, name) != said(data, name)]
        yield from (f"lost: {name}" for name in lost)


def held(form: Form, name: str) -> str | None:
    """What the field shows, None without one."""
    return "".join(form.controls[name].values).replace("\r\n", "\n") if name in form.controls else None


def said(data: dict[str, list[str]], name: str) -> str:
    """What was sent in the field."""
    return data.get(name, [""])[-1].replace("\r\n", "\n")


def test_nonsense_is_answered_with_a_sentence_and_stays_where_it_was_typed(busy: World) -> None:
    walked = doors(busy)
    assert len(walked) >= 22, [door.form.action for door in walked]
    wrong = [
        (door.form.action, fault, {name: value[-1][:20] for name, value in data.items() if value and name not in STAYS})
        for door in walked
        for typed, data in nonsense(door)
        for fault in faults_of(door, unmade(door, data), typed, data)
    ]
    for w in wrong:
        print(w)
    assert wrong == []


def test_a_session_that_ends_loses_nothing_that_was_typed(busy: World) -> None:
    lost = []
    for door in doors(busy):
        typed = [name for name in door.form.names(TYPED) if name not in STAYS]
        if not typed or door.form.action.startswith("/quick/"):
            continue
        data = door.form.data(**{name: [f"{at}: typed"] for at, name in enumerate(typed)})
        user, stranger = door.client.session["_auth_user_id"], Client()
        assert send(stranger, door.form, data)["Location"].startswith("/accounts/login/?next=")
        stranger.force_login(User.objects.get(pk=user), backend=settings.AUTHENTICATION_BACKENDS[0])
        page = stranger.get(door.form.action, follow=True).content.decode()
        back = next(form for form in forms_of(page, door.form.action) if form.action == door.form.action)
        lost += [(door.form.action, name) for name in typed if held(back, name) != said(data, name)]
    assert lost == []


def test_nobody_else_sends_a_form_of_a_company_or_of_an_operator(busy: World) -> None:
    strangers = {persona: signed_in(persona) for persona in ("anonymous", "customer", "rival", "outsider", "attester")}
    colleague = entered(User.objects.get(public_id=busy.ids["colleague"]))
    walked, before, wrong = doors(busy), rows(), []
    for door in walked:
        action = door.form.action
        theirs = busy.ids["rival"] in action or action in ("/settings/keys/", "/company/new/")
        if action.startswith("/quick/") or theirs:
            continue
        expected = 403 if action.startswith("/operator/") else 404
        for persona, client in strangers.items():
            status = send(client, door.form, door.form.data()).status_code
            wrong += [(action, persona, status)] if status != (302 if persona == "anonymous" else expected) else []
        if not action.endswith("/team/leave/"):  # anybody may
            status = send(colleague, door.form, door.form.data()).status_code
            wrong += [(action, "viewer", status)] if status != 403 else []
    assert wrong == []
    assert rows() == before


def test_ids_of_another_company_are_nothing_under_ones_own(busy: World) -> None:
    rival, own = signed_in("rival"), f"/company/{busy.ids['rival']}/"
    wrong = []
    for door in doors(busy):
        action = door.form.action.replace(f"/company/{busy.ids['supplier']}/", own)
        if action == door.form.action or len(UUIDS.findall(action)) < 2:
            continue
        for answer in (
            rival.get(action, follow=True),
            send(rival, replace(door.form, action=action), door.form.data()),
        ):
            wrong += [(action, answer.status_code)] if answer.status_code != 404 else []
    assert wrong == []


def test_a_form_sent_again_leads_to_the_same_place_and_does_nothing(busy: World) -> None:
    led = []
    for door in doors(busy):
        with transaction.atomic():
            first = send(door.client, door.form, pressed(door, 0, {}))
            if first.status_code == 302 and not door.form.action.startswith("/quick/"):  # says that it was sent
                before = rows()
                again = send(door.client, door.form, pressed(door, 0, {}))
                led.append((door.form.action, again["Location"] == first["Location"], rows() == before))
            transaction.set_rollback(True)
    assert [each for each in led if not all(each)] == []
    assert len(led) >= 10, led


def test_a_million_letters_are_refused_in_a_sentence(busy: World) -> None:
    wrong = []
    for door in doors(busy):
        typed = [name for name in door.form.names(TYPED) if name not in STAYS]
        for name in typed[-3:]:
            answer = unmade(door, door.form.data(**{name: ["ab,\n" * 100_000]}))
            wrong += [(door.form.action, name, answer.status_code)] if answer.status_code not in (200, 422) else []
        if typed:
            answer = unmade(door, door.form.data(**{typed[0]: ["a" * 1_100_000]}))
            said = "That is too much at once" in answer.content.decode()
            wrong += (
                [(door.form.action, "all", answer.status_code)] if (answer.status_code, said) != (413, True) else []
            )
    assert wrong == []


def test_nonsense_in_addresses_is_no_crash(busy: World) -> None:
    wrong = []
    clients = {persona: signed_in(persona) for persona in ("anonymous", "supplier", "rival", "operator")}
    for persona, path in addresses(busy):
        for turn in range(0, len(NONSENSE), 5):
            names = ("show", "order", "after", "before", "kind", "subject", "again", "page")
            query = {name: NONSENSE[(turn + at) % len(NONSENSE)][:900] for at, name in enumerate(names)}
            status = clients[persona].get(path, query).status_code
            wrong += [(path, query, status)] if status not in (200, 302, 400, 404, 409, 422) else []
    assert wrong == []
