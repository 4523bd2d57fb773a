"""What is kept of passkeys and codes, who hears of a change, and who may touch them."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.web.securing import Adapter
from marketplace.audit.models import AuditRow
from marketplace.mail.models import Mail

PASSWORD = "a long enough password"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def person(client: Client, customer: User) -> User:
    """The customer, signed in, who was asked once more a moment ago."""
    cache.clear()
    EmailAddress.objects.create(user=customer, email=customer.email, verified=True, primary=True)
    client.force_login(customer, backend=BACKEND)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return customer


def set_up(client: Client) -> str:
    """Set up an app; its key."""
    secret = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    assert client.post("/accounts/2fa/totp/activate/", {"code": code})["Location"] == "/accounts/2fa/recovery-codes/"
    return str(secret)


def test_secrets_are_sealed(client: Client, person: User) -> None:
    secret = set_up(client)
    codes = client.get("/accounts/2fa/recovery-codes/").context["unused_codes"]
    kept = json.dumps([found.data for found in Authenticator.objects.all()])
    assert len(codes) == 10
    assert not [word for word in (secret, *codes) if word in kept]
    seed = Authenticator.objects.get(type="recovery_codes").data["seed"]
    assert Adapter().decrypt(seed) not in kept
    assert TOTP(Authenticator.objects.get(type="totp")).validate_code("no digits") is False


def test_every_change_is_recorded_and_told(
    client: Client, person: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        set_up(client)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/recovery-codes/generate/")
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/totp/deactivate/")
    told = [mail.body.split(".")[0].split(";")[0] for mail in Mail.objects.filter(recipient=person).order_by("pk")]
    assert told == [
        "From now on your account also asks for a code from an app",
        "New recovery codes were made for your account",
        "Your account asks for no code from an app any more",
    ]
    rows = AuditRow.objects.filter(verb__startswith="second_factor.").order_by("pk")
    assert [(row.verb.split(".")[1], row.details["factor"]) for row in rows] == [
        ("added", "totp"),
        ("added", "recovery_codes"),
        ("reset", "recovery_codes"),
        ("removed", "totp"),
        ("removed", "recovery_codes"),
    ]
    assert {row.object_id for row in rows} == {person.public_id}


def test_mail_of_a_change_speaks_the_language_of_the_person(
    client: Client, person: User, django_capture_on_commit_callbacks: Any
) -> None:
    User.objects.filter(pk=person.pk).update(locale="de")
    with django_capture_on_commit_callbacks(execute=True):
        set_up(client)
    assert Mail.objects.get(recipient=person).subject == "Die Wege in Ihr Konto haben sich geändert"


@pytest.mark.parametrize("page", ["webauthn/add/", "totp/activate/"])
def test_an_address_is_confirmed_first(client: Client, person: User, page: str) -> None:
    EmailAddress.objects.create(user=person, email="second@people.example", verified=False)
    answer = client.get(f"/accounts/2fa/{page}", follow=True)
    assert answer.redirect_chain == [("/accounts/2fa/", 302)]
    assert "Confirm every e-mail address of your account first" in answer.content.decode()


@pytest.mark.parametrize("page", ["remove/", "edit/"])
def test_nobody_reaches_the_passkey_of_another(client: Client, person: User, partner: User, page: str) -> None:
    theirs = Authenticator.objects.create(user=partner, type="webauthn", data={"name": "Phone"})
    for ask in (client.get, client.post):
        assert ask(f"/accounts/2fa/webauthn/keys/{theirs.pk}/{page}").status_code == 404
    assert Authenticator.objects.filter(pk=theirs.pk, data={"name": "Phone"}).exists()


NO_PASSKEYS = [
    *(
        "",
        "x",
        "null",
        "[]",
        "7",
        "{}",
        '{"id": 1}',
        '{"id": "YQ", "rawId": "YQ"}',
        '{"response": {"userHandle": "MQ"}}',
    ),
    '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": []}',
    '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {"clientDataJSON": "e30", "authenticatorData": "YQ",'
    ' "signature": "YQ", "userHandle": "MQ", "attestationObject": "oQ"}}',
]


@pytest.mark.parametrize("credential", NO_PASSKEYS)
def test_what_is_no_passkey_is_not_added(client: Client, person: User, credential: str) -> None:
    client.get("/accounts/2fa/webauthn/add/")
    answer = client.post("/accounts/2fa/webauthn/add/", {"credential": credential, "passwordless": "True"})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("credential", NO_PASSKEYS)
def test_what_is_no_passkey_opens_nothing(client: Client, customer: User, credential: str) -> None:
    cache.clear()
    assert client.get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"}).status_code == 200
    answer = client.post("/accounts/2fa/webauthn/login/", {"credential": credential})
    assert (answer.status_code, answer["Location"]) == (302, settings.LOGIN_URL)
    assert "_auth_user_id" not in client.session


def test_passkeys_belong_to_the_address_of_the_site() -> None:
    assert Adapter().get_public_key_credential_rp_entity() == {"id": "localhost", "name": "Beckon"}


@pytest.mark.parametrize("count", [1, 3])
def test_page_asks_the_database_the_same_number_of_times(
    client: Client, person: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        Authenticator.objects.create(user=person, type="webauthn", data={"name": f"Phone {number}"})
    with django_assert_num_queries(4):
        assert client.get("/accounts/2fa/").content.decode().count("Phone ") == 3 * count
