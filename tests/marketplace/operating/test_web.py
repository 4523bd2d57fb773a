"""An operator's pages: the queue of checks, gaps, what ends without offers, the record, suspensions."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.domain import checking
from accounts.models import Check, CheckRequest, Organisation, User
from accounts.policies import actor_of_member, actor_of_person, is_checked
from bids.domain import watching
from marketplace.audit import chaining
from marketplace.audit.reading import ChainState
from marketplace.kernel.errors import NotAllowed
from rfps.delivery.domain import emitting
from rfps.delivery.models import Event
from rfps.models import Rfp
from tests.factories import bids, delivery, people

pytestmark = pytest.mark.django_db
PAGES = ("", "checks/", "gaps/", "ending/", "audit/", "suspended/")


@pytest.fixture(autouse=True)
def _signed_in(client: Client, operator: User) -> None:
    client.force_login(operator, backend="allauth.account.auth_backends.AuthenticationBackend")


def text_of(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def post(client: Client, path: str, **fields: Any) -> HttpResponse:
    """Open the form and send it, as a browser does."""
    token = re.search(r'name="once" value="([^"]+)"', text_of(client, path))
    assert token
    answer = client.post(path, {**fields, "once": token[1]})
    assert isinstance(answer, HttpResponse)
    return answer


def asked(organisation: Organisation, note: str = "") -> CheckRequest:
    owner = organisation.memberships.get().user
    return checking.ask(organisation, actor=actor_of_member(owner, organisation), kind="identity", note=note)


def unmatched(area: str = "Edinburgh, Scotland", **facts: Any) -> Rfp:
    """A request that was told to nobody."""
    rfp = delivery.open_rfp(**facts)
    event = emitting.announce(rfp, type="rfp.published", body={}, match=delivery.facts())
    Event.objects.filter(pk=event.pk).update(fanned_out_at=timezone.now())
    assert rfp.current
    version = rfp.current
    version.pk, version.number = None, 2
    version.public_id = type(version)._meta.get_field("public_id").get_default()
    version.announced = {"area": {"country": "GB", "label": area}}
    version.save()
    Rfp.objects.filter(pk=rfp.pk).update(current=version)
    return rfp


@pytest.mark.parametrize("page", PAGES)
def test_nobody_else_comes_in(client: Client, customer: User, page: str) -> None:
    assert text_of(client, f"/operator/{page}")
    client.force_login(customer, backend="allauth.account.auth_backends.AuthenticationBackend")
    text_of(client, f"/operator/{page}", 403)


def test_check_is_noted_and_leaves_the_queue(client: Client) -> None:
    organisation = people.organisation(checked=False)
    waiting = asked(organisation, note="Register no. 12")
    assert "Register no. 12" in text_of(client, "/operator/checks/")
    path = f"/operator/checks/{waiting.public_id}/"
    fields = {"valid_from_on": "2020-01-01", "valid_until_on": "31.12.2090", "evidence": "Companies House 12"}
    assert post(client, path, **{**fields, "valid_until_on": "2019-01-01"}).status_code == 422
    assert post(client, path, **{**fields, "evidence": ""}).status_code == 422
    assert post(client, path, **fields)["Location"] == "/operator/checks/"
    assert is_checked(organisation)
    assert Check.objects.get().checked_by.email == "operator@personas.example"
    assert "Nobody waits." in text_of(client, "/operator/checks/")
    text_of(client, path, 404)


def test_check_is_turned_down_with_a_reason(client: Client) -> None:
    organisation = people.organisation(checked=False)
    path = f"/operator/checks/{asked(organisation).public_id}/no/"
    assert post(client, path, reason="").status_code == 422
    assert post(client, path, reason="No such number.")["Location"] == "/operator/checks/"
    assert CheckRequest.objects.get().reason == "No such number."
    assert not is_checked(organisation)


def test_gaps_are_counts_by_category_and_area(client: Client, supplier: Organisation) -> None:
    for _ in range(2):
        unmatched()
    unmatched("Leeds, England", closed_early_at=timezone.now())
    text = text_of(client, "/operator/gaps/")
    rows = [re.sub(r"<[^>]+>", "|", row) for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", text)]
    assert [re.sub(r"\|+", "|", row) for row in rows] == [
        "|Energy › Electricity|Edinburgh, Scotland|2|2|",
        "|Energy › Electricity|Leeds, England|1|0|",
    ]
    assert "Electricity for a flat" not in text


def test_request_without_an_offer_is_seen_before_it_ends(
    client: Client, operator: User, customer: User, supplier: Organisation
) -> None:
    soon = bids.request(customer, closes_in=timedelta(days=2))
    bids.request(customer, closes_in=timedelta(days=5))
    assert "in 1\xa0day" in text_of(client, "/operator/ending/")
    assert watching.unanswered_count(actor=actor_of_person(operator)) == 1
    Rfp.objects.filter(pk=soon.pk).update(cancelled_at=timezone.now())
    assert "Every request that closes soon has an offer." in text_of(client, "/operator/ending/")


def test_only_operators_watch(customer: User) -> None:
    for watch in (watching.gaps, watching.ending, watching.unmatched_count, watching.unanswered_count):
        with pytest.raises(NotAllowed):
            watch(actor=actor_of_person(customer))


def test_record_is_filtered_by_kind_and_subject(client: Client) -> None:
    first, second = people.organisation(checked=False), people.organisation(checked=False)
    asked(first)
    asked(second)
    assert text_of(client, "/operator/audit/?kind=organisation").count("organisation.check_asked") == 2
    path = f"/operator/audit/?kind=organisation&subject={first.public_id}"
    assert text_of(client, path).count("organisation.check_asked") == 1
    assert "No change like that." in text_of(client, "/operator/audit/?kind=epoch")
    text_of(client, "/operator/audit/?subject=nonsense", 422)


def test_record_has_pages_and_says_how_far_it_is_sealed(client: Client) -> None:
    for _ in range(51):
        asked(people.organisation(checked=False))
    text = text_of(client, "/operator/audit/")
    older = re.search(r'href="(\?kind=[^"]*before=\d+)"', text)
    assert older
    assert text_of(client, f"/operator/audit/{older[1].replace('&amp;', '&')}").count("check_asked") == 1
    assert "51 changes not sealed yet" in text
    chaining.seal_all()
    state = ChainState("audit", 1, datetime(2030, 12, 3, 18, tzinfo=UTC), 0, None)
    shown = render_to_string("operator/chains.html", {"chains": [state]})
    assert "last seal Tuesday 3 December 2030, 18:00 UTC" in shown.replace("\xa0", " ")


def test_suspended_organisation_is_reinstated(client: Client, operator: User, supplier: Organisation) -> None:
    checking.suspend(supplier, actor=actor_of_person(operator))
    assert supplier.name in text_of(client, "/operator/suspended/")
    assert post(client, f"/operator/suspended/{supplier.public_id}/")["Location"] == "/operator/suspended/"
    supplier.refresh_from_db()
    assert supplier.suspended_at is None
    assert "Nobody is suspended." in text_of(client, "/operator/suspended/")


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_the_database_a_fixed_number_of_times(
    client: Client, operator: User, customer: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        asked(people.organisation(checked=False))
        checking.suspend(people.organisation(), actor=actor_of_person(operator))
        unmatched()
        bids.request(customer, closes_in=timedelta(days=2))
    for page, queries in zip(PAGES, (10, 4, 3, 3, 7, 4), strict=True):
        with django_assert_num_queries(queries):
            text_of(client, f"/operator/{page}")
