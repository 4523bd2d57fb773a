"""Whatever a supplier can get before it is chosen holds nothing that names the customer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Organisation, User
from marketplace.mail.models import Mail
from rfps.delivery.domain import fanning
from rfps.delivery.models import Event, Match
from tests.routes import pages, routes
from tests.world import World, ok

# Every spelling that would do: name, addresses, phone, street, birth date, and ids that link one request to another.
NEEDLES = (
    "morag",
    "sutherland",
    "quill",
    "@quill.example",
    "customer@personas.example",
    "496 0777",
    "4960777",
    "quillwright",
    "1979",
    "14.03",
    "14/03",
    "eh1 1aa",
    "eh11aa",
)
RANDOM = re.compile(r'[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32,64}|"next_cursor": "[^"]*"|\.\d{6}z')
FORM = re.compile(r'name="(?:csrfmiddlewaretoken|once)" value="[^"]*"')
SUPPLIERS = ("supplier", "rival", "outsider")


def answers(world: World, persona: str) -> Iterator[tuple[str, str]]:
    """Every GET answer the persona can get, and every page of its feed."""
    for method, route in routes():
        if method == "GET" and route not in ("schema/", "categories/", "data-store/fields/"):
            path = world.path_of(persona, route)
            yield path, json.dumps(world[persona].get(path).body)
    for kind in ("?limit=1", "?limit=200"):
        yield f"feed/{kind}", json.dumps(world[persona].get(f"feed/{kind}").body)


def pages_of(world: World, persona: str) -> Iterator[tuple[str, str]]:
    """Every page that the persona's owner can open, and the one behind the link in their mail."""
    user = User.objects.get(email=f"{persona}@personas.example")
    company, client = Organisation.objects.get(memberships__user=user), Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    addresses = [f"/quick/{mail.secret}/" for mail in Mail.objects.filter(recipient=user, kind="rfp.published")]
    for opportunity in [*company.opportunities.all(), None]:
        for route in pages():
            if route.startswith("company/") and bool(opportunity) == ("<uuid:opportunity>" in route):
                known = {"supplier": str(company.public_id)}
                known |= {"opportunity of supplier": str(opportunity.public_id)} if opportunity else {}
                addresses.append(World(world.rest, known).page(route))
    for address in addresses:
        yield address, FORM.sub("", client.get(address).content.decode())


def leaks(world: World, *personas: str) -> list[tuple[str, str, str]]:
    """(persona, path, needle) of every find, in answers, events and mails."""
    known = [*NEEDLES, str(User.objects.get(email="customer@personas.example").public_id)]
    texts = [(each, *found) for each in personas for found in answers(world, each)]
    texts += [(each, *found) for each in personas for found in pages_of(world, each)]
    texts += [("event", str(event.pk), json.dumps(event.data)) for event in Event.objects.all()]
    for mail in Mail.objects.exclude(recipient__email="customer@personas.example"):
        texts.append(("mail", mail.kind, f"{mail.subject}\n{mail.body}"))
    return [(who, where, needle) for who, where, text in texts for needle in known if says(text.lower(), needle)]


def says(text: str, needle: str) -> bool:
    """Whether the text holds it; random ids, hashes, cursors and fractions of seconds hold every number some day."""
    return needle in (RANDOM.sub("", text) if needle.isdigit() else text)


@pytest.fixture
def announced(world: World) -> World:
    world.subscribe("supplier", "rival")
    world.publish()
    fanning.fan_out()
    return world


def test_announced_request_names_nobody(announced: World) -> None:
    assert Match.objects.count() == 2
    assert Mail.objects.exclude(recipient__email="customer@personas.example").count() == 2
    assert leaks(announced, *SUPPLIERS) == []


def test_bidders_learn_no_name(announced: World) -> None:
    announced.bid("supplier", "0.2400")
    announced.bid("rival", "0.2600")
    announced.learn()
    assert leaks(announced, *SUPPLIERS) == []


def test_questions_name_neither_side(announced: World) -> None:
    announced.bid("supplier", "0.2400")
    announced.bid("rival", "0.2600")
    announced.learn()
    announced.ask("supplier", answer="In the hall, at eye level.")
    announced.ask("supplier", "May the brass bell stay?")
    ok(announced["customer"].post(f"rfps/{announced.ids['rfp']}/questions/", {"text": "A lift?", "answer": "No."}))
    fanning.fan_out()
    assert leaks(announced, *SUPPLIERS) == []
    read = [*answers(announced, "rival"), *pages_of(announced, "rival")]
    assert sum("at eye level" in text for _path, text in read) >= 2
    private = ("brass bell", "northlight", announced.ids["supplier"], announced.ids["question of supplier"])
    read = [each for each in read if not each[0].startswith("suppliers/")]  # who is asked for by name is named
    assert [(path, each) for path, text in read for each in private if each in text.lower()] == []
    mine = [*answers(announced, "supplier"), *pages_of(announced, "supplier")]
    assert sum("brass bell" in text for _path, text in mine) >= 2
    customers = [
        path for path, text in answers(announced, "customer") if "/questions/" in path and "Northlight" in text
    ]
    assert customers == []


def test_shortlisted_bidder_learns_no_name(announced: World) -> None:
    bid = announced.bid("supplier", "0.2400")
    announced.bid("rival", "0.2600")
    announced.learn()
    rfp = announced.ids["rfp"]
    ok(announced["customer"].post(f"rfps/{rfp}/close/"))
    ok(announced["customer"].post(f"rfps/{rfp}/shortlist/", {"bid": bid, "shortlisted": True}))
    assert leaks(announced, *SUPPLIERS) == []


def test_winner_reads_the_address_and_the_rival_never_does(announced: World) -> None:
    bid = announced.bid("supplier", "0.2400")
    announced.bid("rival", "0.2600")
    announced.learn()
    rfp = announced.ids["rfp"]
    ok(announced["customer"].post(f"rfps/{rfp}/close/"))
    ok(announced["customer"].post(f"rfps/{rfp}/award/", {"bid": bid}))
    won = ok(announced["supplier"].get(f"opportunities/{announced.ids['opportunity of supplier']}/"))
    assert {row["field"]: row["value"] for row in won["disclosed"]}["home.address"] == (
        "7 Quillwright Close, Edinburgh EH1 1AA"
    )
    assert any("7 Quillwright Close" in text for _path, text in pages_of(announced, "supplier"))
    assert leaks(announced, "rival", "outsider") == []


def test_cancelled_request_names_nobody(announced: World) -> None:
    announced.bid("supplier", "0.2400")
    announced.learn()
    ok(announced["customer"].post(f"rfps/{announced.ids['rfp']}/cancel/", {"reason": "No longer needed."}))
    fanning.fan_out()
    assert leaks(announced, *SUPPLIERS) == []


def test_the_pages_of_suppliers_are_walked(announced: World) -> None:
    announced.bid("supplier", "0.2400")
    seen = dict(pages_of(announced, "supplier"))
    assert len(seen) >= 10
    assert sum("Electricity for a year" in text for text in seen.values()) >= 5


def test_a_random_id_is_no_birth_year_and_a_birth_year_is() -> None:
    assert not says('{"request_id": "b2711979dcc442529798f85842b8df00"}', "1979")
    assert says('{"request_id": "b2711979dcc442529798f85842b8df00", "value": "1979"}', "1979")
