"""Parts and what is asked for: added, changed, moved and taken out by small forms, and nothing typed is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from rfps.domain import drafting
from rfps.models import Rfp
from tests.factories import people
from tests.factories import rfps as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def rfp(client: Client, customer: User) -> Rfp:
    """A draft of who is signed in: two parts, two questions."""
    client.force_login(customer)
    return make.draft(customer)


def of(rfp: Rfp, rest: str) -> str:
    return f"/requests/{rfp.public_id}/rows/{rest}"


def text(answer: Any) -> str:
    assert isinstance(answer, HttpResponse)
    return answer.content.decode()


def send(client: Client, rfp: Rfp, rest: str, **data: Any) -> Any:
    return client.post(of(rfp, rest), {"revision": make.again(rfp).revision, **data})


def rows(rfp: Rfp, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = drafting.given_of(make.again(rfp))[name]
    return found


def test_the_check_leads_to_both_lists(client: Client, rfp: Rfp) -> None:
    page = text(client.get(f"/requests/{rfp.public_id}/check/"))
    assert of(rfp, "parts/") in page
    assert of(rfp, "wanted/") in page


def test_a_part_is_added_and_changed(client: Client, rfp: Rfp) -> None:
    answer = send(client, rfp, "parts/new/", title="Visit", quantity="1,5", unit="hour", spec="")
    assert answer["Location"] == of(rfp, "parts/#row-2")
    assert rows(rfp, "lines")[2] == {"title": "Visit", "quantity": "1.5", "unit": "hour", "spec": ""}
    assert 'value="1.5"' in text(client.get(of(rfp, "parts/2/")))
    send(client, rfp, "parts/2/", title="Visits", quantity="2", unit="", spec="In the morning")
    assert rows(rfp, "lines")[2] == {"title": "Visits", "quantity": "2", "unit": "", "spec": "In the morning"}


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("yes_no", {"equals": "yes"}, {"constraint": {"equals": True}}),
        ("yes_no", {"equals": ""}, {"constraint": {}}),
        ("number", {"unit": "day", "min": "", "max": "30"}, {"unit": "day", "constraint": {"max": 30}}),
        ("number", {"unit": "", "min": "1,5", "max": "2"}, {"unit": "", "constraint": {"min": 1.5, "max": 2}}),
        ("choice", {"choices": "A\n\n B ", "in": "B"}, {"choices": ["A", "B"], "constraint": {"in": ["B"]}}),
        ("date", {"min": "2030-01-31", "max": ""}, {"constraint": {"min": "2030-01-31"}}),
        ("text", {}, {"constraint": {}}),
        ("document", {"evidence": "on"}, {"constraint": {}, "evidence": True}),
    ],
)  # fmt: skip
def test_each_type_of_answer_has_its_form(
    client: Client, rfp: Rfp, kind: str, typed: dict[str, str], kept: dict[str, Any]
) -> None:
    place = f"wanted/new/?answer={kind}"
    assert client.get(of(rfp, place)).status_code == 200
    answer = send(client, rfp, place, text="Something", level="must", **typed)
    assert answer.status_code == 302, text(answer)
    row = rows(rfp, "requirements")[2]
    assert row == {"text": "Something", "answer": kind, "level": "must", "evidence": False, **kept}
    form = client.get(of(rfp, "wanted/2/")).context["form"]
    shown = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    assert send(client, rfp, "wanted/2/", **shown).status_code == 302
    assert rows(rfp, "requirements")[2] == row


@pytest.mark.parametrize(
    ("place", "typed", "wrong"),
    [
        ("parts/new/", {"title": "", "quantity": "3"}, "title"),
        ("parts/new/", {"title": "Typed", "quantity": "many"}, "quantity"),
        ("parts/new/", {"title": "Typed", "quantity": "0"}, "quantity"),
        ("parts/0/", {"title": "x" * 201, "quantity": "3"}, "title"),
        ("wanted/new/?answer=number", {"text": "Typed", "level": "must", "min": "9", "max": "3"}, "max"),
        ("wanted/new/?answer=choice", {"text": "Typed", "level": "must", "choices": "A\nA"}, "choices"),
        ("wanted/new/?answer=choice", {"text": "Typed", "level": "must", "choices": "A\nB", "in": "C"}, "in"),
        ("wanted/new/?answer=choice", {"text": "Typed", "level": "must", "choices": "x" * 101}, "choices"),
        ("wanted/0/", {"text": "", "level": "must", "equals": "yes"}, "text"),
        ("wanted/0/", {"text": "Typed", "level": "whatever", "equals": "yes"}, "level"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_it_and_the_rest_stays(
    client: Client, rfp: Rfp, place: str, typed: dict[str, str], wrong: str
) -> None:
    before = drafting.given_of(rfp)
    answer = send(client, rfp, place, **typed)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [wrong]
    assert all(str(answer.context["form"][name].value()) == value for name, value in typed.items())
    assert drafting.given_of(make.again(rfp)) == before


def test_taps_move_a_row_and_take_it_out(client: Client, rfp: Rfp) -> None:
    assert send(client, rfp, "parts/1/move/", to="up")["Location"] == of(rfp, "parts/#row-0")
    assert [row["title"] for row in rows(rfp, "lines")] == ["Meter", "Electricity"]
    assert send(client, rfp, "parts/0/move/", to="down")["Location"] == of(rfp, "parts/#row-1")
    assert send(client, rfp, "parts/0/move/", to="out").status_code == 302
    assert [row["title"] for row in rows(rfp, "lines")] == ["Meter"]
    assert client.get(of(rfp, "parts/0/move/"))["Location"] == of(rfp, "parts/")


def test_a_tap_pressed_twice_takes_out_one(client: Client, rfp: Rfp) -> None:
    data = {"revision": make.again(rfp).revision, "to": "out"}
    assert client.post(of(rfp, "parts/0/move/"), data).status_code == 302
    answer = client.post(of(rfp, "parts/0/move/"), data)
    assert answer.status_code == 409
    assert "The list changed meanwhile." in text(answer)
    assert len(rows(rfp, "lines")) == 1


def test_two_tabs_lose_nothing(client: Client, rfp: Rfp) -> None:
    old = make.again(rfp).revision
    send(client, rfp, "parts/0/", title="First", quantity="1")
    answer = client.post(of(rfp, "parts/0/"), {"revision": old, "title": "Second", "quantity": "1"})
    assert answer.status_code == 409
    assert 'value="Second"' in text(answer)
    found = re.search(r'name="revision" value="(\d+)"', text(answer))
    assert found
    assert (
        client.post(of(rfp, "parts/0/"), {"revision": found[1], "title": "Second", "quantity": "1"}).status_code == 302
    )


@pytest.mark.parametrize("rest", ["nothing/", "parts/9/", "wanted/new/", "wanted/new/?answer=nothing", "nothing/0/"])
def test_what_is_none_is_not_there(client: Client, rfp: Rfp, rest: str) -> None:
    assert client.get(of(rfp, rest)).status_code == 404


def test_others_see_none_of_it(rfp: Rfp) -> None:
    other = Client()
    other.force_login(people.person())
    for rest in ("parts/", "parts/new/", "parts/0/", "wanted/", "wanted/0/", "wanted/0/move/"):
        assert other.get(of(rfp, rest)).status_code == 404


def test_an_empty_list_teaches_and_is_a_gap(client: Client, customer: User) -> None:
    client.force_login(customer)
    rfp = make.draft(customer, lines=[])
    assert "Add what companies are to put a price on" in text(client.get(of(rfp, "parts/")))
    assert text(client.get(f"/requests/{rfp.public_id}/check/")).count(of(rfp, "parts/")) == 2


def test_a_full_list_says_so(client: Client, customer: User) -> None:
    client.force_login(customer)
    rfp = make.draft(customer, lines=[{"title": f"Part {n}"} for n in range(100)])
    assert "At most 100 stand here." in text(client.get(of(rfp, "parts/")))


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("rest", "queries"), [("parts/", 5), ("parts/0/", 5), ("wanted/", 5)])
def test_the_lists_ask_the_same_number_of_times(
    client: Client, customer: User, count: int, rest: str, queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    client.force_login(customer)
    rfp = make.draft(customer, lines=[{"title": f"Part {n}"} for n in range(count)])
    with django_assert_num_queries(queries):
        assert client.get(of(rfp, rest)).status_code == 200
