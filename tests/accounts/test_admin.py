"""Operators check and suspend organisations; nobody's values are in their pages."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from accounts.admin import OperatorAdmin
from accounts.datastore.models import FieldValue, Item, Owner, OwnerKey
from accounts.models import ApiKey, Check, Organisation, User
from accounts.policies import actor_of_organisation, is_checked
from marketplace.audit.models import AuditRow
from rfps.disclosure.domain import reading
from rfps.disclosure.models import DisclosureEvent, Grant
from rfps.models import Rfp
from tests.factories import datastore, disclosure, people

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(operator: User) -> Client:
    """The operator's browser."""
    client = Client()
    client.force_login(operator)
    return client


def finding(organisation: Organisation, *, days: int = 365) -> dict[str, str]:
    today = timezone.now().date()
    return {
        "organisation": str(organisation.pk),
        "kind": "identity",
        "valid_from_on": today.isoformat(),
        "valid_until_on": (today + timedelta(days=days)).isoformat(),
        "evidence": "Register entry 7",
    }


def test_a_check_is_added_through_the_domain(desk: Client, operator: User) -> None:
    organisation = people.organisation(checked=False)
    assert desk.post("/admin/accounts/check/add/", finding(organisation)).status_code == 302
    made = Check.objects.get()
    assert (is_checked(organisation), made.checked_by) == (True, operator)
    assert AuditRow.objects.get().verb == "organisation.checked"


def test_times_have_their_zone(desk: Client, supplier: Organisation) -> None:
    for path in ("", "accounts/organisation/", f"accounts/organisation/{supplier.pk}/change/"):
        assert "All times here are UTC." in desk.get(f"/admin/{path}").content.decode()


def test_a_wrong_check_is_shown_again(desk: Client) -> None:
    organisation = people.organisation(checked=False)
    shown = desk.post("/admin/accounts/check/add/", finding(organisation, days=-1))
    assert (shown.status_code, Check.objects.count()) == (200, 0)
    assert shown.content.decode().count("The last day is before the first.") == 1


def test_a_check_is_revoked_and_never_edited(desk: Client, supplier: Organisation) -> None:
    check = supplier.checks.get()
    url = f"/admin/accounts/check/{check.pk}/change/"
    assert [desk.get(url).status_code, desk.post(url, finding(supplier)).status_code] == [200, 403]
    for _ in range(2):
        desk.post("/admin/accounts/check/", {"action": "revoke", "_selected_action": [check.pk]})
    assert is_checked(supplier) is False
    assert AuditRow.objects.get().verb == "organisation.check_revoked"


def test_a_check_says_who_found_it_and_that_it_was_revoked(desk: Client, supplier: Organisation) -> None:
    check = supplier.checks.get()
    revoke = {"action": "revoke", "_selected_action": [check.pk]}
    desk.post("/admin/accounts/check/", revoke)
    again = desk.post("/admin/accounts/check/", revoke, follow=True).content.decode()
    assert f"{supplier.name}: Identity: This check was revoked before." in again
    check.refresh_from_db()
    page = desk.get(f"/admin/accounts/check/{check.pk}/change/").content.decode()
    assert str(check.checked_by) in page
    assert date_format(check.revoked_at, "DATETIME_FORMAT") in page.split("Revoked at")[1]


def test_an_organisation_is_suspended_and_reinstated(desk: Client, supplier: Organisation) -> None:
    for action, stands in (("suspend", False), ("reinstate", True)):
        desk.post("/admin/accounts/organisation/", {"action": action, "_selected_action": [supplier.pk]})
        assert is_checked(supplier) is stands


@pytest.mark.parametrize("page", ["organisation", "check", "user"])
def test_only_operators_look(desk: Client, customer: User, page: str) -> None:
    url = f"/admin/accounts/{page}/"
    stranger = Client()
    stranger.force_login(customer)
    assert [desk.get(url).status_code, stranger.get(url).status_code, Client().get(url).status_code] == [200, 302, 302]


def test_operators_sign_in_where_failed_attempts_are_counted(operator: User) -> None:
    operator.set_password("correct horse battery")
    operator.save()
    stranger, known = Client(), {"username": operator.email, "password": "correct horse battery"}
    answer = stranger.post("/admin/login/?next=/admin/", known)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/?next=%2Fadmin%2F")
    assert stranger.get("/admin/").status_code == 302


def test_every_page_is_ours() -> None:
    foreign = [model for model, page in admin.site._registry.items() if not isinstance(page, OperatorAdmin)]
    assert foreign == []


def test_even_a_superuser_puts_no_address_on_an_account(desk: Client, operator: User, customer: User) -> None:
    operator.is_superuser = True
    operator.save()
    theirs = {"user": customer.pk, "email": "operator@elsewhere.example", "verified": "on", "primary": "on"}
    assert desk.post("/admin/account/emailaddress/add/", theirs).status_code == 404
    assert not EmailAddress.objects.filter(email="operator@elsewhere.example").exists()


def test_no_value_key_or_grant_has_a_page() -> None:
    hidden = {ApiKey, FieldValue, Item, Owner, OwnerKey, Grant, DisclosureEvent, Rfp}
    assert hidden & set(admin.site._registry) == set()


def test_pages_show_nothing_that_a_person_keeps(desk: Client, customer: User, supplier: Organisation) -> None:
    datastore.secrets(customer)
    made = disclosure.opportunity(disclosure.request(customer), supplier)
    reading.disclosed(made, actor=actor_of_organisation(supplier))
    pages = [
        "",
        "accounts/user/",
        f"accounts/user/{customer.pk}/change/",
        f"accounts/organisation/{supplier.pk}/change/",
    ]
    shown = "".join(desk.get(f"/admin/{page}").content.decode() for page in pages)
    assert shown.count("customer@personas.example") > 0
    for secret in ("Morag", "morag@quill", "7700", "Leith", "1984-03-31"):
        assert shown.count(secret) == 0


@pytest.mark.parametrize("nonsense", ["\x00", "<script>alert(1)</script>", "9" * 40, "1e999", "🏡\u202e", "_2e_", "²"])
def test_nonsense_is_no_crash(desk: Client, supplier: Organisation, nonsense: str) -> None:
    before = Check.objects.count()
    for model in ("organisation", "check", "user"):
        for name in ("q", "kind__exact", "is_active__exact", "sandbox__exact", "o", "p", "e"):
            answer = desk.get(f"/admin/accounts/{model}/", {name: nonsense})
            assert answer.status_code in (200, 302, 400)
            assert "<script>alert" not in answer.content.decode()
        assert desk.get(f"/admin/accounts/{model}/{quote(nonsense, safe='')}/change/").status_code in (302, 404)
        acting = {"action": nonsense, "_selected_action": nonsense, "index": "0"}
        assert desk.post(f"/admin/accounts/{model}/", acting).status_code in (302, 400)
    sent = dict.fromkeys(("organisation", "kind", "valid_from_on", "valid_until_on", "evidence"), nonsense)
    assert desk.get("/admin/accounts/check/add/", {"organisation": nonsense}).status_code in (200, 400)
    for fields in (sent, {**sent, "organisation": str(supplier.pk)}, {**finding(supplier), "evidence": nonsense * 301}):
        answer = desk.post("/admin/accounts/check/add/", fields)
        assert answer.status_code in (200, 400)
        assert "<script>alert" not in answer.content.decode()
    assert Check.objects.count() == before
