"""Before publishing: what is missing, and which words may be confirmed."""

from __future__ import annotations

import pytest

from accounts.models import User
from accounts.policies import actor_of_person
from rfps.domain import drafting
from rfps.domain.reviewing import review
from tests.factories import datastore
from tests.factories import rfps as make

pytestmark = pytest.mark.django_db


def test_a_whole_draft_is_ready(customer: User) -> None:
    assert review(drafting.content_of(make.draft(customer))).ready is True


def test_what_is_missing_is_said(customer: User) -> None:
    found = review(drafting.content_of(drafting.draft(actor=actor_of_person(customer), body={})))
    assert "/title" in [fault.pointer for fault in found.gaps]
    assert found.finds == []


def test_a_foreign_address_may_be_confirmed_the_own_may_not(customer: User) -> None:
    datastore.secrets(customer)
    rfp = make.draft(customer, need="Call shop@shop.example, or me: morag@quill.example", title="See shop@shop.example")
    found = review(drafting.content_of(rfp))
    assert {find.pointer: find.confirmable for find in found.finds} == {"/title": True, "/need": False}
    rfp = drafting.change(rfp, actor=actor_of_person(customer), body={"confirmed": ["/title", "/need"]})
    assert [find.pointer for find in review(drafting.content_of(rfp)).finds] == ["/need"]
