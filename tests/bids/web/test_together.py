"""A request shared at home: what each way of sharing shows and allows, and the talk about it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Organisation, User
from accounts.policies import actor_of_person
from bids.domain import approving
from rfps.domain import sharing
from rfps.models import Rfp
from rfps.states import Sharing
from tests.browsing import entered, press, text
from tests.factories import bids


@pytest.fixture
def browser(customer: User) -> Client:
    return entered(customer)


def at(rfp: Rfp, path: str = "") -> str:
    return f"/requests/{rfp.public_id}/{path}"


def share(rfp: Rfp, customer: User, way: str) -> None:
    sharing.share(rfp, actor=actor_of_person(customer), sharing=way)


@pytest.mark.parametrize(
    ("way", "page", "talk"),
    [(Sharing.NONE, 404, 404), (Sharing.LOOK, 200, 200), (Sharing.HELP, 200, 200), (Sharing.DECIDE, 200, 200)],
)
def test_a_partner_reads_what_is_shared_and_acts_on_nothing(
    customer: User, partner: User, way: str, page: int, talk: int
) -> None:
    rfp = bids.request(customer)
    share(rfp, customer, way)
    theirs = entered(partner)
    found = text(theirs, at(rfp), page)
    assert "What you can do" not in found
    assert theirs.get(at(rfp, "together/")).status_code == talk
    for name in ("extend", "close", "cancel", "end", "copy", "sharing"):
        assert theirs.get(at(rfp, f"{name}/")).status_code == 404


def test_who_looks_is_not_spoken_to_as_the_one_who_chooses(customer: User, partner: User) -> None:
    rfp = bids.request(customer, closes_in=timedelta(days=-1))
    share(rfp, customer, "look")
    page = text(entered(partner), at(rfp))
    assert "One is chosen, or none" in page
    assert "You choose" not in page


def test_sharing_is_said_in_words_and_taken_back(browser: Client, customer: User, partner: User) -> None:
    rfp = bids.request(customer)
    assert press(browser, at(rfp, "sharing/"), sharing="help")["Location"] == at(rfp)
    assert "now: they help" in text(browser, at(rfp))
    assert "shared with you" in text(entered(partner), "/requests/")
    press(browser, at(rfp, "sharing/"), sharing="none")
    assert entered(partner).get(at(rfp)).status_code == 404


def test_without_a_household_there_is_nobody_to_share_with(browser: Client, customer: User) -> None:
    page = text(browser, at(bids.request(customer), "sharing/"))
    assert "You live in no household here yet." in page
    assert 'name="sharing"' not in page


def test_a_helper_comments_and_proposes(customer: User, partner: User, supplier: Organisation) -> None:
    rfp = bids.request(customer, closes_in=timedelta(days=-1))
    bid = bids.bid(rfp, supplier)
    share(rfp, customer, "help")
    theirs = entered(partner)
    assert press(theirs, at(rfp, "together/"), text="Ask for the <b>notice</b> period.").status_code == 302
    press(theirs, at(rfp, "together/propose/"), at(rfp, "together/"), bid=str(bid.public_id))
    page = text(entered(customer), at(rfp, "together/"))
    assert "Ask for the &lt;b&gt;notice&lt;/b&gt; period." in page
    assert "Would choose it: Innes Quill" in page
    press(theirs, at(rfp, "together/propose/"), at(rfp, "together/"))
    assert "Would choose it:" not in text(entered(customer), at(rfp, "together/"))
    assert press(theirs, at(rfp, "together/"), text=" ").status_code == 422


def test_who_looks_writes_nothing(customer: User, partner: User) -> None:
    rfp = bids.request(customer)
    share(rfp, customer, "help")
    theirs = entered(partner)
    token = re.search(r'name="once" value="([^"]+)"', text(theirs, at(rfp, "together/")))
    assert token
    share(rfp, customer, "look")
    assert 'name="text"' not in text(theirs, at(rfp, "together/"))
    assert theirs.post(at(rfp, "together/"), {"once": token[1], "text": "Hello"}).status_code == 403
    assert rfp.comments.count() == 0


def test_a_yes_is_seen_and_taken_back(customer: User, partner: User, supplier: Organisation) -> None:
    rfp = bids.request(customer, closes_in=timedelta(days=-1))
    bid = bids.bid(rfp, supplier)
    share(rfp, customer, "decide")
    approving.approve(rfp, actor=actor_of_person(partner), bid=bid)
    page = text(entered(customer), at(rfp, "together/"))
    assert "Said yes: Innes Quill" in page
    assert "Yet to say yes: Morag Sutherland-Quill" in page
    theirs = entered(partner)
    assert "Take my yes back" in text(theirs, at(rfp, "together/"))
    press(theirs, at(rfp, "together/take-back/"), at(rfp, "together/"), bid=str(bid.public_id))
    assert "Said yes:" not in text(theirs, at(rfp, "together/"))
    assert press(theirs, at(rfp, "together/take-back/"), at(rfp, "together/"), bid="x").status_code == 404
