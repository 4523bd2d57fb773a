"""A sentence or a category is enough to begin."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from accounts.models import User
from accounts.policies import actor_of_person
from marketplace.kernel.errors import Invalid
from rfps.domain import drafting
from rfps.domain.checking import moment
from rfps.domain.starting import choose, start
from tests.factories import rfps as make

pytestmark = pytest.mark.django_db
SENTENCE = "A year of electricity for a small flat"
ZONE = "Europe/London"


def test_a_category_brings_title_and_deadline(customer: User) -> None:
    rfp = start(actor=actor_of_person(customer), category="energy/electricity", zone=ZONE)
    body = drafting.content_of(rfp).body
    assert (body["title"], body["places"]) == ("Electricity for a year", 8)
    assert body["need"].startswith("I am looking for a contract")
    assert moment(body["closes_at"]).minute == 0


def test_a_sentence_waits_for_its_category(customer: User) -> None:
    actor = actor_of_person(customer)
    rfp = start(actor=actor, sentence=SENTENCE, zone=ZONE)
    assert drafting.given_of(rfp) == {"need": SENTENCE}
    given = drafting.given_of(choose(rfp, "energy/electricity", actor=actor))
    assert (given["need"], given["category"]) == (SENTENCE, "energy/electricity")


def test_a_word_is_no_need(customer: User) -> None:
    actor = actor_of_person(customer)
    rfp = choose(start(actor=actor, sentence="power", zone=ZONE), "energy/electricity", actor=actor)
    assert "need" not in drafting.given_of(rfp)


def test_another_category_drops_the_answers_to_the_old_one(customer: User) -> None:
    actor = actor_of_person(customer)
    rfp = start(actor=actor, category="events/photography", zone=ZONE)
    rfp = drafting.change(rfp, actor=actor, body={"answers": {"ask.album": True}, "places": 3})
    given = drafting.given_of(choose(rfp, "home/kitchen", actor=actor))
    assert ("answers" in given, given["places"], given["category"]) == (False, 3, "home/kitchen")
    same = choose(make.again(rfp), "home/kitchen", actor=actor, sentence="An oak kitchen please")
    assert drafting.given_of(same)["need"] == "An oak kitchen please"


def test_a_category_without_template_gives_its_name(customer: User) -> None:
    with override("de"):
        rfp = start(actor=actor_of_person(customer), category="energy/gas", zone=ZONE)
    assert drafting.given_of(rfp)["title"] == "Gas"


@pytest.mark.parametrize(("sentence", "category"), [("", ""), ("  ", ""), ("", "nothing/here")])
def test_nothing_begins_with_nothing(customer: User, sentence: str, category: str) -> None:
    with pytest.raises(Invalid):
        start(actor=actor_of_person(customer), sentence=sentence, category=category, zone=ZONE)
    with pytest.raises(Invalid):
        choose(make.draft(customer), "", actor=actor_of_person(customer))
