"""What was bought, and what the person was told."""

from __future__ import annotations

from itertools import pairwise

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.domain import noticing
from accounts.models import Organisation, User
from accounts.policies import actor_of_member, actor_of_person
from bids.domain import awarding
from bids.models import Contract
from marketplace.mail import notices
from marketplace.mail.models import Notice
from rfps.domain import closing
from rfps.models import Rfp
from rfps.states import EndReason
from tests.browsing import entered, press, text
from tests.factories import bids, disclosure, people


def bought(customer: User, company: Organisation, status: str = "chosen") -> Rfp:
    """One offer, and it was chosen."""
    for slug in ("PDC-INTENT", "SD-BASE"):
        disclosure.terms(slug)
    rfp = bids.request(customer, sealing="open", version={"announced": bids.ANNOUNCED})
    opportunity = disclosure.opportunity(rfp, company)
    bid = bids.bid(rfp, company)
    assert bid.opportunity_id == opportunity.pk
    awarding.award(rfp, actor=actor_of_person(customer), bid=bid)
    if status != "chosen":
        Contract.objects.filter(rfp=rfp).update(status=status)
    return rfp


def declined(customer: User, company: Organisation) -> Rfp:
    """The company said no, so that the customer can choose another."""
    rfp = bought(customer, company)
    no = actor_of_member(company.memberships.get().user, company)
    awarding.decline(Contract.objects.get(rfp=rfp), actor=no, reason="No time")
    return rfp


def test_a_purchase_says_what_comes_next(customer: User, supplier: Organisation) -> None:
    bought(customer, supplier)
    page = text(entered(customer), "/purchases/")
    for said in ("Electricity for a flat", "Northlight Energy", "Waits for the company", "£816", "They have until"):
        assert said in page
    assert "Northlight" not in text(entered(people.person()), "/purchases/")


def test_what_waits_for_the_person_comes_first(customer: User, supplier: Organisation) -> None:
    stands = {status: bought(customer, supplier, status) for status in ("accepted", "confirmed", "chosen", "delivered")}
    no, gone = declined(customer, supplier), declined(customer, supplier)
    closing.end(gone, actor=actor_of_person(customer), reason=EndReason.TOO_DEAR)
    page = text(entered(customer), "/purchases/")
    order = ["Waits for you", "Waits for the company", "Agreed and under way", "Done", "The company said no"]
    heads = [page.index(f">{name}</h2>") for name in order]
    assert heads == sorted(heads)
    group = dict(zip(order, [page[a:b] for a, b in pairwise([*heads, len(page)])], strict=True))
    where = {
        status: next(name for name in order if str(rfp.public_id) in group[name]) for status, rfp in stands.items()
    }
    assert where == {
        "delivered": "Waits for you", "chosen": "Waits for the company", "confirmed": "Agreed and under way",
        "accepted": "Done",
    }  # fmt: skip
    assert f'href="/requests/{no.public_id}/compare/"' in group["Waits for you"]
    assert str(gone.public_id) in group["The company said no"]
    assert f'href="/requests/{gone.public_id}/compare/"' not in page


def test_nothing_bought_yet_teaches(customer: User) -> None:
    assert "You have chosen nothing yet." in text(entered(customer), "/purchases/")


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_purchases(customer: User, count: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for _ in range(count):
        bought(customer, people.organisation())
    browser = entered(customer)
    with django_assert_num_queries(3):
        browser.get("/purchases/")


def test_notices_lead_to_their_request_and_are_read(customer: User, partner: User) -> None:
    rfp = bids.request(customer)
    notices.rfp_opened(customer.pk, rfp_id=rfp.public_id, number=3, closed_at=rfp.closes_at)  # type: ignore[arg-type]
    browser = entered(customer)
    page = text(browser, "/settings/notices/")
    assert "Your offers are open" in page
    assert f'href="/requests/{rfp.public_id}/"' in page
    assert "3 offers" in page
    assert "1 new notice" in text(browser, "/")
    assert "Your offers are open" not in text(entered(partner), "/settings/notices/")
    press(browser, "/settings/notices/read/", "/settings/notices/")
    assert not Notice.objects.filter(read_at=None).exists()
    assert "1 new notice" not in text(browser, "/")


def test_a_notice_of_a_request_no_longer_shared_names_nothing(customer: User, partner: User) -> None:
    rfp = bids.request(customer)
    notices.approval_asked(partner.pk, rfp_id=rfp.public_id, bid_id=rfp.public_id)
    page = text(entered(partner), "/settings/notices/")
    assert "Your yes is missing" in page
    assert str(rfp.public_id) not in page
    assert "Electricity" not in page


def test_the_pace_is_chosen(customer: User) -> None:
    browser = entered(customer)
    assert press(browser, "/settings/notices/", pace="daily").status_code == 302
    assert noticing.pace_of(customer) == "daily"
    assert press(browser, "/settings/notices/", pace="never").status_code == 422
    assert noticing.pace_of(customer) == "daily"


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_notices(customer: User, count: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for _ in range(count):
        notices.nobody_yet(customer.pk, rfp_id=bids.request(customer).public_id)
    browser = entered(customer)
    with django_assert_num_queries(5):
        browser.get("/settings/notices/")
