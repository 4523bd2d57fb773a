"""Amendments and ends, seen from the bids."""

from __future__ import annotations

import pytest

from accounts.models import Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person
from bids.models import Bid
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import Conflict
from marketplace.mail.models import Mail
from rfps import signals
from rfps.delivery.domain import answering
from rfps.delivery.models import Event
from rfps.domain import closing, timing
from rfps.models import Rfp
from tests.factories import bids

pytestmark = pytest.mark.django_db


def events(kind: str) -> list[dict[str, str]]:
    return list(Event.objects.filter(type=kind).values_list("data", flat=True))


def test_only_an_amended_version_wants_bids_confirmed_again(
    customer: User, supplier: Organisation, rival: Organisation
) -> None:
    rfp = bids.request(customer)
    bid, draft = bids.bid(rfp, supplier), bids.bid(rfp, rival, state="draft")
    signals.amended.send(sender=Rfp, rfp=rfp, actor=actor_of_person(customer))  # a later deadline
    assert set(Bid.objects.values_list("state", flat=True)) == {"submitted", "draft"}
    rfp.current = bids.add_version(rfp, 2, bids.LINES, bids.REQUIREMENTS, [])
    signals.amended.send(sender=Rfp, rfp=rfp, actor=actor_of_person(customer))
    bid.refresh_from_db()
    draft.refresh_from_db()
    assert (bid.state, draft.state) == ("needs_reconfirm", "draft")
    assert events("bid.needs_reconfirm") == [{"rfp": str(rfp.public_id), "bid": str(bid.public_id)}]


def test_a_lapsed_request_lets_every_bidder_go(customer: User, supplier: Organisation) -> None:
    rfp = bids.request(customer, version={"announced": bids.ANNOUNCED})
    bid = bids.bid(rfp, supplier)
    signals.lapsed.send(sender=Rfp, rfp=rfp, actor=SYSTEM)
    bid.refresh_from_db()
    assert bid.state == "not_awarded"
    assert [each["outcome"] for each in events("bid.not_awarded")] == ["lapsed"]
    assert "made no choice" in Mail.objects.get(kind="bid.not_awarded").body
    assert timing.tick() == 0


def test_customer_hears_how_many_offers_there_are_when_time_is_up(customer: User, supplier: Organisation) -> None:
    rfp = bids.request(customer, version={"announced": bids.ANNOUNCED})
    bids.bid(rfp, supplier)
    closing.close(rfp, actor=actor_of_person(customer))
    mail = Mail.objects.get(kind="rfp.opened")
    assert mail.recipient == customer
    assert "1 offer came in" in mail.body


def test_declining_takes_the_bid_back_while_the_request_is_open(customer: User, supplier: Organisation) -> None:
    rfp = bids.request(customer, version={"announced": bids.ANNOUNCED})
    bid = bids.bid(rfp, supplier)
    answering.decline(bid.opportunity, actor=actor_of_organisation(supplier))
    bid.refresh_from_db()
    assert bid.state == "withdrawn"


def test_nobody_declines_behind_a_bid_after_the_deadline(customer: User, supplier: Organisation) -> None:
    rfp = bids.request(customer, version={"announced": bids.ANNOUNCED})
    bid = bids.bid(rfp, supplier)
    bids.pass_deadline(rfp)
    with pytest.raises(Conflict) as refused:
        answering.decline(bid.opportunity, actor=actor_of_organisation(supplier))
    bid.opportunity.refresh_from_db()
    assert (refused.value.code, bid.opportunity.declined_at) == ("wrong_phase", None)
