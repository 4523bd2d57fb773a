"""Every text in every language, and the language a person chose wherever they go."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.template import engines
from django.test import Client
from django.utils.translation import override

from accounts.models import User
from marketplace.mail.models import Mail
from marketplace.mail.notices import award_declined
from marketplace.management.commands import translations
from rfps import catalogue, templates

PLACES = re.compile(r"%\(\w+\)[sdf]|\{\w+\}|%[sd]|<[^>]+>")


def of(text: Any) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, list | tuple) else (text,)


@pytest.mark.parametrize("language", translations.languages())
def test_translations_are_in_step_with_the_texts(language: str) -> None:
    path = translations.catalogue_path(language)
    made = translations.updated(language)
    # Compared before they are asserted: to show where so much text differs would take minutes.
    stale = [
        translations.as_po(made) != path.read_bytes(),
        translations.as_mo(made) != path.with_suffix(".mo").read_bytes(),
    ]
    assert not any(stale), "run `manage.py translations`"


@pytest.mark.parametrize("language", translations.languages())
def test_every_text_is_translated_with_its_places(language: str) -> None:
    wrong = []
    for message in translations.read(language):
        if message.id:
            one, *more = (sorted(PLACES.findall(text)) for text in of(message.id))
            said = [sorted(PLACES.findall(text)) for text in of(message.string)]
            if message.fuzzy or not all(of(message.string)) or said != [one, *more]:
                wrong.append(message.id)
    assert wrong == []


def test_browser_says_the_language_of_a_stranger(client: Client, db: None) -> None:
    text = client.get("/", headers={"Accept-Language": "de-AT,de;q=0.9"}).content.decode()
    assert '<html lang="de"' in text
    assert "Unternehmen machen Ihnen Angebote." in text


def test_person_takes_their_language_along(client: Client, customer: User) -> None:
    client.force_login(customer, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert client.post("/language/", {"language": "de", "next": "/"}).status_code == 302
    customer.refresh_from_db()
    assert customer.locale == "de"
    other = Client()
    other.force_login(customer, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert "Ihre Anfragen" in other.get("/").content.decode()
    assert client.post("/language/", {"language": "xx", "next": "/"}).status_code == 422


def test_stranger_chooses_for_this_browser(client: Client, db: None) -> None:
    client.post("/language/", {"language": "de", "next": "/"})
    assert '<html lang="de"' in client.get("/").content.decode()


def test_who_signs_up_in_german_is_written_to_in_german(client: Client, db: None) -> None:
    form = {"email": "neu@people.example", "password1": "a long enough password"}
    client.post("/accounts/signup/", form, headers={"Accept-Language": "de"})
    user = User.objects.get(email="neu@people.example")
    assert user.locale == "de"
    assert "Ihr Code" in mail.outbox[-1].subject
    award_declined(user.pk, rfp_id=user.public_id, contract_id=user.public_id)
    assert Mail.objects.get(recipient=user).subject == "Das Unternehmen, das Sie gewählt haben, kann nicht"


def test_category_is_found_in_either_language() -> None:
    for language, text in (("de", "Ökostrom"), ("de", "green electricity"), ("en", "green electricity")):
        with override(language):
            assert catalogue.find(text)[0].id == "energy/electricity"


def test_request_begins_in_the_language_of_the_person() -> None:
    with override("de"):
        body = templates.for_category("mobility/used-car").defaults({}, "EUR")
    assert "gebrauchtes Auto" in body["need"]


def test_amounts_quantities_and_times_follow_the_language() -> None:
    template = engines["django"].from_string(
        '{% load beckon %}{{ a|money:"EUR" }} · {{ a|quantity:"month" }} · {{ n|money:"EUR" }}'
    )
    with override("de"):
        assert template.render({"a": "1158", "n": None}) == "1.158\u00a0€ · 1.158\u00a0Monat · –"
    with override("en"):
        assert template.render({"a": "1158", "n": None}) == "€1,158 · 1,158\u00a0month · –"
