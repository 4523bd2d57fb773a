"""Choosing: what is said before the button, what it does, and what comes too late."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from accounts.models import User
from accounts.policies import actor_of_organisation, actor_of_person
from bids.domain import awarding, contracting
from bids.models import Bid, Contract, Debrief
from rfps.domain import sharing
from rfps.models import Rfp
from tests.factories import offers, people
from tests.world import World

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def browser(client: Client, customer: User) -> Client:
    client.force_login(customer, backend=BACKEND)
    return client


@pytest.fixture
def made(customer: User) -> list[Bid]:
    return offers.compared(customer, 3)[1]


def at(bid: Bid, path: str = "") -> str:
    return f"/requests/{bid.rfp.public_id}/{path or f'choose/{bid.public_id}/'}"


def press(client: Client, page: str, pressed: str = "") -> str:
    """Press the button of the page; where it leads."""
    answer = client.post(page, {"once": pressed or token(client, page)})
    assert answer.status_code == 302
    return answer.headers["Location"]


def token(client: Client, page: str) -> str:
    found = re.search(r'name="once" value="([^"]+)"', client.get(page).content.decode())
    assert found
    return found[1]


def test_everything_is_said_before_the_button(world: World, client: Client, customer: User) -> None:
    world.subscribe("supplier", "rival")
    rfp = world.publish()
    bid, _other = world.bid("supplier", "0.2400"), world.bid("rival", "0.2600")
    world["customer"].post(f"rfps/{rfp}/close/")
    client.force_login(customer, backend=BACKEND)
    page = client.get(f"/requests/{rfp}/choose/{bid}/").content.decode().replace("\xa0", " ")
    for said in ("Northlight Energy", "United Kingdom", "who they are", "£996.00", "30 days", "7 Quillwright Close",
                 "Morag Sutherland-Quill", "+44 131 496 0777", "3,412 kWh", "You may cancel within 14 days",
                 "The other company is told", "Choose Northlight Energy and send them"):  # fmt: skip
        assert said in page
    assert "Morag" not in client.get(f"/requests/{rfp}/compare/").content.decode()


def test_what_is_sent_is_said_as_people_say_it(world: World, client: Client, customer: User) -> None:
    world["customer"].post("data-store/values/", {"field": "energy.meter_type", "value": "two_rate"})
    world.subscribe("supplier")
    rfp = world.publish(fields=[{"field": "energy.meter_type", "stage": "S3"}])
    bid = world.bid("supplier", "0.2400")
    world["customer"].post(f"rfps/{rfp}/close/")
    client.force_login(customer, backend=BACKEND)
    assert "two rates, day and night" in client.get(f"/requests/{rfp}/choose/{bid}/").content.decode()
    User.objects.update(locale="de")
    assert "Art des Zählers" in client.get(f"/requests/{rfp}/choose/{bid}/").content.decode()


def test_who_decides_with_her_learns_which_facts_are_sent_and_not_what_they_say(
    world: World, client: Client, customer: User, partner: User
) -> None:
    world.subscribe("supplier")
    rfp = world.publish()
    bid = world.bid("supplier", "0.2400")
    world["customer"].post(f"rfps/{rfp}/close/")
    sharing.share(Rfp.objects.get(), actor=actor_of_person(customer), sharing="decide")
    client.force_login(partner, backend=BACKEND)
    page = client.get(f"/requests/{rfp}/choose/{bid}/").content.decode()
    assert "Full name" in page
    assert "Date of birth" in page
    for secret in ("Morag", "1979", "496 0777", "Quillwright", "3,412"):
        assert secret not in page


def test_the_button_chooses_once(browser: Client, made: list[Bid]) -> None:
    page = at(made[0])
    pressed = token(browser, page)
    assert press(browser, page, pressed) == press(browser, page, pressed) == at(made[0], "contract/")
    contract = Contract.objects.get()
    shown = browser.get(at(made[0], "contract/")).content.decode()
    assert "You chose Northlight" in shown
    assert contract.sha256 in shown


def test_a_second_choice_is_a_note(browser: Client, made: list[Bid]) -> None:
    other = token(browser, at(made[1]))
    press(browser, at(made[0]))
    answer = browser.post(at(made[1]), {"once": other}, follow=True)
    assert answer.redirect_chain[-1][0] == at(made[0], "contract/")
    assert "You have chosen already." in answer.content.decode()
    assert browser.get(at(made[1])).status_code == 302
    assert Contract.objects.count() == 1
    assert "Choose<span" not in browser.get(at(made[0], "compare/")).content.decode()


def test_an_offer_that_said_no_is_a_note(browser: Client, made: list[Bid]) -> None:
    press(browser, at(made[0]))
    awarding.decline(Contract.objects.get(), actor=actor_of_organisation(made[0].organisation))
    assert "They said no" in browser.get(at(made[0], "contract/")).content.decode()
    answer = browser.post(at(made[0]), {"once": token(browser, at(made[0]))}, follow=True)
    assert "This supplier has declined already." in answer.content.decode()
    compared = browser.get(at(made[0], "compare/")).content.decode()
    assert "said no" in compared
    assert press(browser, at(made[1])) == at(made[0], "contract/")


def test_a_late_choice_is_a_note(browser: Client, made: list[Bid]) -> None:
    pressed = token(browser, at(made[0]))
    Rfp.objects.update(ended_at="2030-01-01T00:00Z", end_reason="too_dear")
    answer = browser.post(at(made[0]), {"once": pressed}, follow=True)
    assert (answer.status_code, "This offer cannot be chosen now." in answer.content.decode()) == (200, True)


def test_the_contract_is_kept_as_it_was_hashed(browser: Client, made: list[Bid]) -> None:
    press(browser, at(made[0]))
    answer = browser.get(at(made[0], "contract/contract.json"))
    body = json.loads(answer.content)
    assert contracting.digest(body) == body["sha256"] == Contract.objects.get().sha256
    assert "attachment" in answer.headers["Content-Disposition"]


def test_there_is_no_contract_before_the_choice(browser: Client, made: list[Bid]) -> None:
    assert browser.get(at(made[0], "contract/")).status_code == 404


def test_after_the_choice_weights_stay_and_notes_go_on(browser: Client, made: list[Bid]) -> None:
    press(browser, at(made[0]))
    answer = browser.post(at(made[0], f"compare/{made[1].public_id}/"), {"note": "Next time"})
    assert answer.status_code == 302
    assert "Next time" in browser.get(at(made[0], "compare/")).content.decode()
    assert "Weigh again" not in browser.get(at(made[0], "compare/")).content.decode()


def test_together_the_last_yes_chooses(client: Client, customer: User, partner: User, made: list[Bid]) -> None:
    sharing.share(made[0].rfp, actor=actor_of_person(customer), sharing="decide")
    client.force_login(partner, backend=BACKEND)
    page = client.get(at(made[0])).content.decode()
    assert "Say yes to Northlight" in page
    assert press(client, at(made[0])) == at(made[0], "compare/")
    assert "Your yes is kept." in client.get(at(made[0], "compare/")).content.decode()
    client.force_login(customer, backend=BACKEND)
    assert press(client, at(made[0])) == at(made[0], "contract/")
    assert Contract.objects.count() == 1


def test_the_others_are_told_from_the_contract(browser: Client, made: list[Bid], customer: User) -> None:
    press(browser, at(made[0]))
    page = browser.get(at(made[0], "contract/")).content.decode()
    assert "The other 2 companies know only that you chose another offer." in page
    values = re.findall(r'name="criteria" value="([^"]+)"', page)
    assert len(values) == 2
    once = token(browser, at(made[0], "contract/"))
    answer = browser.post(at(made[0], "contract/tell/"), {"once": once, "criteria": values[:1]})
    assert answer.headers["Location"] == at(made[0], "contract/")
    page = browser.get(at(made[0], "contract/")).content.decode()
    assert "2 offers: their companies were told." in page
    assert re.findall(r'value="([^"]+)" checked', page) == values[:1]
    assert Debrief.objects.count() == 2


def test_strangers_tell_nobody(browser: Client, made: list[Bid]) -> None:
    press(browser, at(made[0]))
    stranger = Client()
    stranger.force_login(people.person(), backend=BACKEND)
    once = token(stranger, "/household/")
    assert stranger.post(at(made[0], "contract/tell/"), {"once": once}).status_code == 404
    assert not Debrief.objects.exists()
