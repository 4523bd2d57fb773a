"""The customer's own columns: said again, and taken out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import User
from accounts.policies import actor_of_person
from bids.domain.comparing import compare
from bids.domain.entering import enter, remove, rewrite
from bids.domain.marking import mark
from bids.models import Entry
from marketplace.kernel.errors import Conflict, Invalid, NotAllowed
from rfps.models import Rfp
from tests.factories import bids, people


@pytest.fixture
def rfp(customer: User) -> Rfp:
    return bids.request(customer, closes_in=-timedelta(hours=1))


@pytest.fixture
def entry(rfp: Rfp) -> Entry:
    return enter(rfp, actor=actor_of_person(rfp.customer), body={"total": "900", "supplier": "A neighbour's tip"})


def test_an_own_column_is_said_again_and_keeps_its_note(rfp: Rfp, entry: Entry) -> None:
    actor = actor_of_person(rfp.customer)
    mark(rfp, actor=actor, key=str(entry.public_id), body={"note": "From the leaflet"})
    rewrite(entry, actor=actor, body={"total": "880.50"})
    column = compare(rfp, actor=actor)["bids"][0]
    assert (column["total"]["amount"], column["note"], column["supplier"]["name"]) == (
        "880.50",
        "From the leaflet",
        None,
    )
    with pytest.raises(Invalid):
        rewrite(entry, actor=actor, body={"total": "cheap"})


def test_an_own_column_is_taken_out_once(rfp: Rfp, entry: Entry) -> None:
    actor = actor_of_person(rfp.customer)
    again = Entry.objects.select_related("rfp").get(pk=entry.pk)
    remove(entry, actor=actor)
    assert compare(rfp, actor=actor)["bids"] == []
    for verb in (lambda: remove(again, actor=actor), lambda: rewrite(again, actor=actor, body={"total": "1"})):
        with pytest.raises(Conflict, match="taken out already"):
            verb()


def test_nobody_else_touches_an_own_column(entry: Entry) -> None:
    stranger = actor_of_person(people.person())
    with pytest.raises(NotAllowed):
        rewrite(entry, actor=stranger, body={"total": "1"})
    with pytest.raises(NotAllowed):
        remove(entry, actor=stranger)
