"""The household on its page: begun, invited to, joined, left."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import HouseholdMember, User
from marketplace.mail import sending
from tests.browsing import entered, press, text
from tests.factories import people


def living() -> set[str]:
    return set(HouseholdMember.objects.filter(left_at=None).values_list("user__email", flat=True))


def invited(browser: Client, email: str) -> str:
    """The way that the mail shows, which the page does not."""
    assert press(browser, "/household/", email=email).status_code == 302
    assert f"We wrote to {email}." in text(browser, "/household/")
    sending.send_due()
    letter = mail.outbox[-1]
    assert letter.to == [email]
    found = re.search(rf"{re.escape(settings.SITE_URL)}(/household/join/\S+)", str(letter.body))
    assert found
    return found[1]


def test_a_household_from_nothing_to_two_and_back(customer: User) -> None:
    other = people.person("innes@people.example", name="Innes")
    mine, theirs = entered(customer), entered(other)
    assert "Begin a household" in text(mine, "/household/")
    assert press(mine, "/household/", name="Leith Walk").status_code == 302
    link = invited(mine, "innes@people.example")
    assert "Join “Leith Walk”?" in text(theirs, link)
    assert press(theirs, link).status_code == 302
    assert living() == {customer.email, other.email}
    assert "Innes" in text(mine, "/household/")
    assert "you see none of theirs" in text(theirs, "/household/leave/")
    press(theirs, "/household/leave/")
    assert living() == {customer.email}
    assert "Leith Walk" not in text(theirs, "/household/")


def test_an_invitation_is_for_one_address(customer: User) -> None:
    mine, stranger = entered(customer), entered(people.person())
    press(mine, "/household/", name="Leith Walk")
    link = invited(mine, "innes@people.example")
    press(stranger, link)
    assert living() == {customer.email}
    assert "This invitation is not for you" in text(stranger, "/household/")


@pytest.mark.parametrize("path", ["/household/join/", "/household/join/?with=nonsense"])
def test_what_is_no_invitation(customer: User, path: str) -> None:
    browser = entered(customer)
    assert browser.get(path)["Location"] == "/household/"
    assert "too old, or not whole" in text(browser, "/household/")


@pytest.mark.parametrize("name", ["", " ", "x" * 101])
def test_a_name_that_is_none(customer: User, name: str) -> None:
    answer = press(entered(customer), "/household/", name=name)
    assert answer.status_code == 422
    assert living() == set()


def test_a_button_pressed_twice_begins_one(customer: User) -> None:
    browser = entered(customer)
    token = re.search(r'name="once" value="([^"]+)"', text(browser, "/household/"))
    assert token
    for _again in range(2):
        assert browser.post("/household/", {"once": token[1], "name": "Leith Walk"}).status_code == 302
    assert living() == {customer.email}


def test_who_lives_nowhere_has_nothing_to_leave(customer: User) -> None:
    assert entered(customer).get("/household/leave/")["Location"] == "/household/"


@pytest.mark.parametrize("count", [1, 3])
def test_queries(customer: User, count: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    people.household(customer, *(people.person() for _ in range(count)))
    browser = entered(customer)
    with django_assert_num_queries(3):
        browser.get("/household/")
