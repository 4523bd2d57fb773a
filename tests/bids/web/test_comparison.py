"""The comparison's pages: what they show and to whom, what they keep, how many queries they take."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Organisation, User
from accounts.policies import actor_of_person
from bids.domain.comparing import compare
from bids.models import Entry
from rfps.domain import sharing
from rfps.models import Rfp
from tests.browsing import press
from tests.factories import bids, offers, people

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TOKEN = f"{'a' * 32}.{'b' * 16}"


@pytest.fixture
def browser(client: Client, customer: User) -> Client:
    client.force_login(customer, backend=BACKEND)
    return client


def at(rfp: Rfp, path: str = "compare/") -> str:
    return f"/requests/{rfp.public_id}/{path}"


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def shape(rfp: Rfp) -> dict[str, Any]:
    return compare(rfp, actor=actor_of_person(rfp.customer))


def test_offers_stand_side_by_side(browser: Client, customer: User) -> None:
    rfp, _made = offers.compared(customer)
    page = text(browser, at(rfp))
    for said in ("Compare 6 offers", "Northlight leads with 60 of 100 points:", "£936.00", "30 days", "What you have",
                 "misses a must-have", "A neighbour&#x27;s tip", "Called back at once."):  # fmt: skip
        assert said in page
    assert page.count('scope="col"') == 8


def test_sealed_offers_are_a_number_and_a_date(browser: Client, customer: User, supplier: Organisation) -> None:
    rfp = bids.request(customer)
    bid = bids.bid(rfp, supplier, title="Midnight tariff", prices=["0.4711"])
    page = text(browser, at(rfp))
    assert "One offer, still closed" in page
    column = text(browser, at(rfp, f"compare/{bid.public_id}/"), 404).replace(f"compare/{bid.public_id}/", "")
    table = text(browser, at(rfp, "compare/table.csv"))
    for secret in ("Midnight", "4711", "Northlight", str(bid.public_id), str(supplier.public_id)):
        assert secret not in page + column + table
    assert browser.get(at(rfp, f"choose/{bid.public_id}/")).status_code == 302


def test_hidden_names_are_in_no_page(browser: Client, customer: User, supplier: Organisation) -> None:
    rfp = bids.request(customer, closes_in=-timedelta(hours=1), blind=True)
    bid = bids.bid(rfp, supplier)
    for path in ("compare/", f"compare/{bid.public_id}/", f"choose/{bid.public_id}/", "compare/table.csv"):
        page = text(browser, at(rfp, path))
        assert "Northlight" not in page
        assert str(supplier.public_id) not in page
    assert browser.post(at(rfp, f"compare/{bid.public_id}/shortlist/"), {"shortlisted": "on"}).status_code == 302
    assert "Choose Northlight Energy and send them my name and address" in text(
        browser, at(rfp, f"choose/{bid.public_id}/")
    )


def test_nobody_else_gets_a_page(client: Client, customer: User, supplier: Organisation) -> None:
    rfp, made = offers.compared(customer, 1)
    column = made[0].public_id
    paths = ["compare/", f"compare/{column}/", "compare/now/", "compare/elsewhere/", f"choose/{column}/", "contract/",
             "contract/contract.json", "compare/table.csv"]  # fmt: skip
    assert [client.get(at(rfp, path)).status_code for path in paths] == [302] * len(paths)
    for other in (people.person(), supplier.memberships.get().user):
        client.force_login(other, backend=BACKEND)
        assert [client.get(at(rfp, path)).status_code for path in paths] == [404] * len(paths)


def test_weights_are_kept_and_the_sentence_told_again(browser: Client, customer: User) -> None:
    rfp, _made = offers.compared(customer)
    weights = {f"weight-{each['id']}": weight for each, weight in zip(shape(rfp)["criteria"], (100, 0, 0), strict=True)}
    assert browser.post(at(rfp, "compare/weights/"), weights).status_code == 302
    assert [each["weight"] for each in shape(rfp)["criteria"]] == [100, 0, 0]
    partial = browser.post(at(rfp, "compare/weights/"), weights, headers={"HX-Request": "true"}).content.decode()
    assert partial.startswith('<p class="lead" id="lead"><b>Tidewater leads with 71 of 100 points:</b>')


@pytest.mark.parametrize("weight", ["", "-1", "much", "1001", "9" * 5000])
def test_nonsense_for_a_weight_is_a_note(browser: Client, customer: User, weight: str) -> None:
    rfp, _made = offers.compared(customer, 1)
    before = shape(rfp)["criteria"]
    answer = browser.post(at(rfp, "compare/weights/"), {f"weight-{before[0]['id']}": weight}, follow=True)
    assert (answer.status_code, shape(rfp)["criteria"]) == (200, before)
    assert "note bad" in answer.content.decode()


def test_marks_are_kept(browser: Client, customer: User) -> None:
    rfp, made = offers.compared(customer, 2)
    trust = shape(rfp)["criteria"][2]["id"]
    sent = {f"rating-{trust}": "4,5", "note": "Friendly <b>", "hidden": "on"}
    assert browser.post(at(rfp, f"compare/{made[1].public_id}/"), sent).status_code == 302
    column = next(each for each in shape(rfp)["bids"] if each["bid"] == str(made[1].public_id))
    assert (column["note"], column["hidden"], column["scores"][2]["value"]) == ("Friendly <b>", True, 4.5)
    assert "Friendly" not in text(browser, at(rfp))
    assert "Friendly &lt;b&gt;" in text(browser, at(rfp, f"compare/?show={made[1].public_id}"))
    wrong = browser.post(at(rfp, f"compare/{made[1].public_id}/"), {**sent, f"rating-{trust}": "6"})
    assert wrong.status_code == 422
    assert "At most 5, please." in wrong.content.decode()


def test_own_columns_are_added_changed_and_taken_out(browser: Client, customer: User) -> None:
    rfp, _made = offers.compared(customer, 1, own=False)
    assert press(browser, at(rfp, "compare/elsewhere/"), supplier="Leaflet").status_code == 422
    typed = {"supplier": "Leaflet", "total": "1.234,50", "once": TOKEN}
    twice = [browser.post(at(rfp, "compare/elsewhere/"), typed).status_code for _ in range(2)]
    assert twice == [302, 302]
    entry = Entry.objects.get()
    assert "£1,234.50" in text(browser, at(rfp))
    own = at(rfp, f"compare/own/{entry.public_id}/")
    sent = {"supplier": "Leaflet", "total": "990", "answer-0": "yes", "answer-1": "14", "answer-2": "2031-02-01"}
    assert browser.post(own, sent).status_code == 302
    page = text(browser, at(rfp))
    assert "£990.00" in page
    assert "14 days" in page
    assert 'value="990"' in text(browser, own)
    assert [browser.post(f"{own}out/")["Location"] for _ in range(2)] == [at(rfp, "compare/")] * 2
    assert "taken out before" in text(browser, at(rfp))
    assert "Leaflet" not in text(browser, at(rfp))


def test_what_i_have_now_is_said_again(browser: Client, customer: User) -> None:
    rfp, _made = offers.compared(customer, 1)
    for total in ("900", "950"):
        sent = {"total": total, "exit_fee": "40", "contract_ends_on": "2031-01-31"}
        assert browser.post(at(rfp, "compare/now/"), sent).status_code == 302
    assert Entry.objects.filter(kind="current").count() == 1
    assert "£976.00" in text(browser, at(rfp))  # 936 and the fee for leaving
    assert browser.post(at(rfp, "compare/now/"), {"total": "cheap", "answer-1": "soon"}).status_code == 422


@pytest.mark.parametrize(
    "query", ["order=price&differ=on", "order=nonsense", "show=nonsense", "show=00000000-0000-4000-8000-000000000000"]
)
def test_any_view_of_it_works(browser: Client, customer: User, query: str) -> None:
    rfp, _made = offers.compared(customer, 3)
    assert "Compare 3 offers" in text(browser, at(rfp, f"compare/?{query}"))


def test_the_table_goes_into_a_spreadsheet(browser: Client, customer: User) -> None:
    rfp, _made = offers.compared(customer, 2)
    answer = browser.get(at(rfp, "compare/table.csv"))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="comparison-{rfp.public_id}.csv"'
    assert "Northlight" in answer.content.decode()


def test_why_says_yes_and_no_as_people_do(browser: Client, customer: User) -> None:
    criteria = [*offers.CRITERIA, {"kind": "yes_no", "title": "Green", "requirement": 0, "weight": 10}]
    rfp, made = offers.compared(customer, 6, criteria=criteria)
    for bid, said in ((made[0], "yes"), (made[5], "no")):
        page = text(browser, f"/requests/{rfp.public_id}/compare/{bid.public_id}/")
        assert f'<th scope="row">Green</th><td>{said}</td>' in page


def test_why_shows_the_whole_arithmetic(browser: Client, customer: User) -> None:
    rfp, made = offers.compared(customer)
    page = text(browser, at(rfp, f"compare/{made[0].public_id}/"))
    for said in ("(936 − 1400) / (600 − 1400) = 0.58", "34.8 + 50/3 + 9 = 907/15", "816 + 120 = 936", "60.47"):
        assert said in page
    assert text(browser, at(rfp, f"compare/{uuid4()}/"), 404)


def test_why_is_written_as_the_language_writes_numbers(browser: Client, customer: User) -> None:
    rfp, made = offers.compared(customer)
    User.objects.filter(pk=customer.pk).update(locale="de")
    page = text(browser, at(rfp, f"compare/{made[0].public_id}/"))
    for said in ("(936 − 1400) / (600 − 1400) = 0,58", "34,8 + 50/3 + 9 = 907/15", "816,00", "60,47"):
        assert said in page
    assert not re.search(r"<td[^>]*>[^<]*\d\.\d[^<]*</td>", page)


def shared(rfp: Rfp, partner: User, way: str) -> None:
    sharing.share(rfp, actor=actor_of_person(rfp.customer), sharing=way)


def test_who_looks_sees_everything_and_changes_nothing(client: Client, customer: User, partner: User) -> None:
    rfp, made = offers.compared(customer, 3)
    shared(rfp, partner, "look")
    client.force_login(partner, backend=BACKEND)
    page = text(client, at(rfp))
    assert "Northlight leads" in page
    for word in ("Choose<span", "hx-post", "Weigh again", "An offer from elsewhere</a>"):
        assert word not in page
    why = text(client, at(rfp, f"compare/{made[0].public_id}/"))
    assert "Keep these marks" not in why
    assert [client.get(at(rfp, path)).status_code for path in ("compare/now/", f"choose/{made[0].public_id}/")] == [
        404,
        302,
    ]
    posts = ("compare/weights/", "compare/elsewhere/", f"compare/{made[0].public_id}/shortlist/")
    assert [client.post(at(rfp, path), {"once": TOKEN}).status_code for path in posts] == [403, 404, 404]
    assert client.post(at(rfp, f"compare/{made[0].public_id}/"), {"note": "x"}).status_code == 403


def test_who_helps_weighs_beside_the_customer(client: Client, customer: User, partner: User) -> None:
    rfp, _made = offers.compared(customer)
    shared(rfp, partner, "help")
    before = shape(rfp)
    weights = {f"weight-{each['id']}": weight for each, weight in zip(before["criteria"], (100, 0, 0), strict=True)}
    client.force_login(partner, backend=BACKEND)
    told = client.post(at(rfp, "compare/weights/"), weights, headers={"HX-Request": "true"}).content.decode()
    assert "Tidewater leads" in told
    assert "Tidewater leads" in text(client, at(rfp))
    assert "Northlight leads" in text(client, at(rfp, "compare/?as="))
    assert shape(rfp) == before
    client.force_login(customer, backend=BACKEND)
    assert "Northlight leads" in text(client, at(rfp))
    assert "The weighting of Innes Quill" in text(client, at(rfp))
    theirs = text(client, at(rfp, f"compare/?as={partner.public_id}"))
    assert "Tidewater leads" in theirs
    assert "hx-post" not in theirs


@pytest.mark.parametrize("page", ["compare/{bid}/", "choose/{bid}/", "compare/now/", "contract/"])
@pytest.mark.parametrize("count", [1, 3])
def test_no_page_around_it_asks_more_for_more_offers(
    browser: Client, customer: User, page: str, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rfp, made = offers.compared(customer, count)
    with django_assert_max_num_queries(12):
        browser.get(at(rfp, page.format(bid=made[0].public_id)))


@pytest.mark.parametrize("count", [1, 3, 50])
def test_the_number_of_queries_does_not_grow(
    browser: Client, customer: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rfp, _made = offers.compared(customer, count)
    with django_assert_num_queries(11):
        browser.get(at(rfp))


def test_whatever_an_offer_says_is_text(browser: Client, customer: User, supplier: Organisation) -> None:
    rfp, _made = offers.compared(customer, 1)
    bids.bid(rfp, supplier, answers=[False, 30, "2031-01-15", "<b>us & co</b>"])
    page = text(browser, at(rfp))
    assert '<td class="out ">&lt;b&gt;us &amp; co&lt;/b&gt;</td>' in page
    assert '<td class="out failed">no<span class="away"> (misses a must-have)</span></td>' in page
