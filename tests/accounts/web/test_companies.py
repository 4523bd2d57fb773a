"""A company's set-up as pages: founding, profile, checks, team, keys."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.domain import checking, joining, keys, organising
from accounts.models import ApiKey, CheckRequest, Invitation, Membership, Organisation, User
from accounts.policies import actor_of_member, actor_of_person
from marketplace.mail.models import Mail
from tests.factories import people

pytestmark = pytest.mark.django_db


def sign_in(client: Client, user: User) -> User:
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return user


@pytest.fixture
def owner(client: Client, supplier: Organisation) -> User:
    return sign_in(client, supplier.memberships.get().user)


def post(client: Client, path: str, **fields: Any) -> HttpResponse:
    """Open the form and send it, as a browser does."""
    shown = client.get(path).content.decode()
    token = re.search(r'name="once" value="([^"]+)"', shown)
    assert token, shown
    answer = client.post(path, {**fields, "once": token[1]})
    assert isinstance(answer, HttpResponse)
    return answer


def text_of(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def test_founder_is_owner_and_goes_on_to_the_profile(client: Client, customer: User) -> None:
    sign_in(client, customer)
    answer = post(client, "/company/new/", name="Quill Electric", country="GB", kind="supplier", legal_name="")
    made = Organisation.objects.get()
    assert answer["Location"] == f"/company/{made.public_id}/profile/"
    assert made.memberships.get().user == customer
    text = text_of(client, answer["Location"])
    assert text.count("Ask for a check") == 3
    assert "needed" in text


def test_nameless_company_is_refused_beside_the_field(client: Client, customer: User) -> None:
    sign_in(client, customer)
    answer = post(client, "/company/new/", name="", country="GB", kind="supplier")
    assert answer.status_code == 422
    assert 'href="#id_name"' in answer.content.decode()
    assert Organisation.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("\u200b", "with a letter or a digit"),
        ("...", "with a letter or a digit"),
        ("Calder\nPay at http://pay.example", "that nobody sees"),
        ("Calder \u202eygrenE", "that nobody sees"),
    ],
)
def test_name_that_hides_something_is_refused(client: Client, customer: User, name: str, said: str) -> None:
    sign_in(client, customer)
    answer = post(client, "/company/new/", name=name, country="GB", kind="supplier")
    assert answer.status_code == 422
    assert answer.content.decode().count(said) == 2
    assert Organisation.objects.count() == 0


def test_founding_pressed_twice_makes_one(client: Client, customer: User) -> None:
    sign_in(client, customer)
    shown = client.get("/company/new/").content.decode()
    token = re.findall(r'name="once" value="([^"]+)"', shown)[0]
    fields = {"name": "Quill Electric", "country": "GB", "kind": "supplier", "once": token}
    assert {client.post("/company/new/", fields)["Location"] for _ in range(2)} == {
        f"/company/{Organisation.objects.get().public_id}/profile/"
    }


def test_owner_describes_the_company(client: Client, owner: User, supplier: Organisation) -> None:
    path = f"/company/{supplier.public_id}/profile/"
    fields = {"description": "Wind from the Borders.", "website": "", "capabilities": "installation\r\n\r\nnight work"}
    assert post(client, path, **fields)["Location"] == path
    supplier.supplier.refresh_from_db()
    assert supplier.supplier.capabilities == ["installation", "night work"]
    assert post(client, path, **{**fields, "website": "nowhere"}).status_code == 422


def test_the_second_of_two_tabs_is_told_and_writes_over_the_first_by_pressing_again(
    client: Client, owner: User, supplier: Organisation
) -> None:
    path = f"/company/{supplier.public_id}/profile/"
    seen = organising.fingerprint(supplier)
    assert f'name="seen" value="{seen}"' in client.get(path).content.decode()
    wrong = post(client, path, seen=seen, description="The second.", website="nowhere")
    assert f'name="seen" value="{seen}"' in wrong.content.decode()
    assert post(client, path, seen=seen, description="The first.").status_code == 302
    late = post(client, path, seen=seen, description="The second.")
    assert (late.status_code, "changed since you opened it" in late.content.decode()) == (409, True)
    assert "The second." in late.content.decode()
    found = re.search(r'name="seen" value="(\w+)"', late.content.decode())
    assert found is not None
    assert post(client, path, seen=found[1], description="The second.").status_code == 302
    supplier.supplier.refresh_from_db()
    assert supplier.supplier.description == "The second."


def test_checked_name_stays_whatever_is_sent(client: Client, owner: User, supplier: Organisation) -> None:
    post(client, f"/company/{supplier.public_id}/profile/", name="Another Name", description="", country="FR")
    supplier.refresh_from_db()
    assert (supplier.name, supplier.country) == ("Northlight Energy", "GB")


def test_check_is_asked_for_once_and_the_answer_stands(
    client: Client, owner: User, supplier: Organisation, operator: User
) -> None:
    path, profile = f"/company/{supplier.public_id}/checks/trade/", f"/company/{supplier.public_id}/profile/"
    assert post(client, path, note="Guild of Edinburgh, no. 12")["Location"] == profile
    assert "asked for" in text_of(client, profile)
    assert post(client, path, note="").status_code == 409
    checking.turn_down(CheckRequest.objects.get(), actor=actor_of_person(operator), reason="No such number.")
    assert "Turned down: No such number." in text_of(client, profile)
    assert text_of(client, f"/company/{supplier.public_id}/checks/nonsense/", 404)


def test_bidder_reads_the_profile_and_changes_nothing(client: Client, supplier: Organisation) -> None:
    people.member(supplier, sign_in(client, people.person()), "bidder")
    text = text_of(client, f"/company/{supplier.public_id}/profile/")
    assert "Owners change this." in text
    assert "Ask for a check" not in text
    assert text_of(client, f"/company/{supplier.public_id}/checks/trade/", 403)
    assert text_of(client, f"/company/{supplier.public_id}/keys/", 403)
    assert "Send the invitation" not in text_of(client, f"/company/{supplier.public_id}/team/")


@pytest.mark.parametrize("company", ["supplier", "attester"])
def test_no_link_leads_nowhere(client: Client, company: str, request: pytest.FixtureRequest) -> None:
    organisation: Organisation = request.getfixturevalue(company)
    sign_in(client, organisation.memberships.get().user)
    seen: set[str] = set()
    for page in ("profile", "team", "keys"):
        text = text_of(client, f"/company/{organisation.public_id}/{page}/")
        seen |= set(re.findall(r'href="(/company/[^"#?]+)', text))
    assert len(seen) >= 6
    assert {path: status for path in sorted(seen) if (status := client.get(path).status_code) != 200} == {}


def test_strangers_find_no_company(client: Client, supplier: Organisation, rival: Organisation) -> None:
    sign_in(client, rival.memberships.get().user)
    for page in ("profile/", "team/", "keys/", "checks/trade/", "team/leave/"):
        text_of(client, f"/company/{supplier.public_id}/{page}", 404)


def test_owner_invites_and_takes_back(client: Client, owner: User, supplier: Organisation) -> None:
    path = f"/company/{supplier.public_id}/team/"
    assert post(client, path, email="New@People.example", role="viewer")["Location"] == path
    made = Invitation.objects.get()
    assert made.email in text_of(client, path)
    assert post(client, path, email="nobody", role="viewer").status_code == 422
    assert post(client, f"{path}invited/{made.public_id}/")["Location"] == path
    assert made.email not in text_of(client, path)


def test_what_was_typed_stays_when_there_are_too_many(client: Client, owner: User, supplier: Organisation) -> None:
    actor, path = actor_of_member(owner, supplier), f"/company/{supplier.public_id}/team/"
    for number in range(joining.A_DAY):
        joining.invite(supplier, actor=actor, email=f"n{number}@people.example", role="viewer")
    answer = post(client, path, email="one@people.example", role="viewer")
    assert answer.status_code == 429
    assert 'value="one@people.example"' in answer.content.decode()
    assert 'class="problems"' in answer.content.decode()
    for number in range(4):
        answer = post(client, "/company/new/", name=f"Company {number}", country="GB", kind="supplier")
    assert answer.status_code == 429
    assert 'value="Company 3"' in answer.content.decode()


def test_owner_changes_and_removes_a_member(client: Client, owner: User, supplier: Organisation) -> None:
    seat = people.member(supplier, people.person(), "viewer")
    path = f"/company/{supplier.public_id}/team/{seat.user.public_id}/"
    assert post(client, path, role="bidder").status_code == 302
    seat.refresh_from_db()
    assert seat.role == "bidder"
    assert post(client, f"{path}remove/").status_code == 302
    assert not Membership.objects.filter(pk=seat.pk).exists()


def test_last_owner_stays(client: Client, owner: User, supplier: Organisation) -> None:
    answer = post(client, f"/company/{supplier.public_id}/team/leave/")
    assert answer.status_code == 409
    assert "An organisation keeps at least one owner." in answer.content.decode()
    assert post(client, f"/company/{supplier.public_id}/team/{owner.public_id}/", role="viewer").status_code == 409


def test_member_leaves(client: Client, supplier: Organisation) -> None:
    people.member(supplier, sign_in(client, people.person()), "viewer")
    assert post(client, f"/company/{supplier.public_id}/team/leave/")["Location"] == "/"
    text_of(client, f"/company/{supplier.public_id}/team/", 404)


def invited(supplier: Organisation, email: str) -> str:
    """The path in the mail to a new member."""
    owner = supplier.memberships.get().user
    joining.invite(supplier, actor=actor_of_member(owner, supplier), email=email, role="bidder")
    return f"/join/{Mail.objects.get(kind='team.invited').secret}/"


def test_invited_person_joins(client: Client, supplier: Organisation) -> None:
    path = invited(supplier, "new@people.example")
    assert f"/join/?next={path}" in text_of(client, path)
    person = sign_in(client, people.person("new@people.example"))
    people.proved(person)
    assert client.get(path)["Referrer-Policy"] == "strict-origin"
    assert post(client, path)["Location"] == f"/company/{supplier.public_id}/team/"
    assert supplier.memberships.get(user=person).role == "bidder"
    text_of(client, path, 410)


def test_forwarded_invitation_opens_nothing(client: Client, supplier: Organisation, partner: User) -> None:
    path = invited(supplier, "new@people.example")
    people.proved(sign_in(client, partner))
    answer = post(client, path)
    assert answer.status_code == 403
    assert answer["Referrer-Policy"] == "strict-origin"
    assert not supplier.memberships.filter(user=partner).exists()
    assert Client().post(path, {"once": f"{uuid4().hex}.{'0' * 16}"}).status_code == 200
    assert text_of(client, "/join/nonsense/", 404)


def test_key_is_shown_once_and_revoked(client: Client, owner: User, supplier: Organisation) -> None:
    path = f"/company/{supplier.public_id}/keys/"
    assert post(client, path, name="prices", scopes=["bids:read"], lasts="30")["Location"] == path
    made = ApiKey.objects.get()
    shown = re.search(r"bk_live_\w{40,}", text_of(client, path))
    assert shown
    assert keys.find(shown[0]) == made
    assert (made.scopes, made.expires_at is not None) == (["bids:read"], True)
    assert shown[0] not in text_of(client, path)
    assert post(client, f"{path}{made.public_id}/")["Location"] == path
    assert keys.find(shown[0]) is None
    text_of(client, f"{path}{made.public_id}/", 404)


def test_key_of_a_person_carries_only_what_a_person_may(client: Client, customer: User) -> None:
    sign_in(client, customer)
    assert post(client, "/settings/keys/", name="backup", scopes=["bids:write"], lasts="").status_code == 422
    assert post(client, "/settings/keys/", name="backup", scopes=["data:read"], lasts="").status_code == 302
    assert ApiKey.objects.get().person == customer


@pytest.mark.parametrize("count", [1, 3])
def test_pages_of_a_company_ask_the_database_a_fixed_number_of_times(
    client: Client,
    owner: User,
    supplier: Organisation,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    actor = actor_of_member(owner, supplier)
    for number in range(count):
        people.member(supplier, people.person(), "viewer")
        joining.invite(supplier, actor=actor, email=f"n{number}@people.example", role="viewer")
        keys.issue(supplier, actor=actor, name=f"key {number}")
    for page, queries in (("profile", 6), ("team", 5), ("keys", 4)):
        with django_assert_num_queries(queries):
            text_of(client, f"/company/{supplier.public_id}/{page}/")
