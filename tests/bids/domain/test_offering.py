"""The quick offer: what a link shows, what it takes, and everything it refuses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from accounts.models import Check, Organisation, User
from accounts.policies import actor_of_person
from bids.domain import bidding, comparing, offering
from bids.domain.writing import content_of
from bids.models import Bid
from bids.policies import visible_bids, visible_contracts
from marketplace.audit.models import AuditRow
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import Conflict, DomainError, Gone, Invalid, NotAllowed, NotFound
from rfps.delivery.domain import answering
from rfps.delivery.models import Opportunity, QuickLink
from rfps.delivery.policies import visible_matches, visible_subscriptions
from rfps.disclosure.domain import granting
from rfps.disclosure.models import TermsAcceptance
from rfps.disclosure.policies import visible_grants
from rfps.disclosure.states import Stage
from rfps.models import Rfp
from tests.factories import bids, datastore, delivery, disclosure, people
from tests.racing import race


@pytest.fixture
def rfp(customer: User) -> Rfp:
    bids.terms("PDC-INTENT")
    return bids.request(customer, version={"terms_version": bids.terms("PDC-INTENT").version})


@pytest.fixture
def opportunity(rfp: Rfp, supplier: Organisation) -> Opportunity:
    return bids.opportunity(rfp, supplier, accepted=False)


@pytest.fixture
def token(opportunity: Opportunity) -> str:
    return delivery.quick_link(opportunity)


def body(rfp: Rfp, **changes: Any) -> dict[str, Any]:
    answers = [{"requirement": bids.ids(rfp, "requirements")[0], "value": True}]
    vat = {"vat_rate": "0.20", "vat_included": True}
    given = {"terms": "PDC-INTENT", "total": "936.00", **vat, "answers": answers, "note": "Glad to.", **changes}
    return {name: value for name, value in given.items() if value is not None}


def refused(act: Any, *given: Any, **more: Any) -> tuple[type, str]:
    with pytest.raises(DomainError) as error:
        act(*given, **more)
    return type(error.value), error.value.code


def test_a_link_shows_the_request_and_takes_one_offer(rfp: Rfp, opportunity: Opportunity, token: str) -> None:
    page = offering.opened(token)
    assert (page.used, page.bid, page.refusal, page.one_part, page.disclosed) == (False, None, None, True, [])
    assert [row.text for row in page.musts] == ["100 % renewable"]
    bid = offering.quick_offer(token, body=body(rfp, lead_time_days=5))
    content = content_of(bid.standing)
    assert (bid.state, content["firmness"], content["note"]) == (
        "submitted", "firm", "Ready 5 days after your choice. Glad to.",
    )  # fmt: skip
    assert (content["lines"][0]["unit_price"], content["lines"][0]["lead_time_days"]) == ("0.275294", 5)
    assert TermsAcceptance.objects.get().opportunity == opportunity
    page = offering.opened(token)
    assert (page.used, page.bid, page.refusal and page.refusal.code) == (True, bid, "link_used")
    verbs = list(AuditRow.objects.filter(actor_kind="link").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["terms.accepted", "grant.issued", "bid.drafted", "bid.submitted", "quick_link.used"]
    row = AuditRow.objects.get(verb="quick_link.used")
    owner = opportunity.organisation.memberships.get().user
    assert (row.details["offer"], row.details["member"]) == (str(bid.public_id), str(owner.public_id))


def test_the_same_offer_again_is_the_same_and_another_is_refused(rfp: Rfp, token: str) -> None:
    bid = offering.quick_offer(token, body=body(rfp))
    assert offering.quick_offer(token, body=body(rfp)) == bid
    assert refused(offering.quick_offer, token, body=body(rfp, total="1.00")) == (Conflict, "link_used")
    assert refused(offering.decline, token) == (Conflict, "link_used")
    assert (Bid.objects.count(), QuickLink.objects.get().offer) == (1, bid.public_id)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_offer(rfp: Rfp, token: str) -> None:
    outcomes = race(lambda: offering.quick_offer(token, body=body(rfp)), times=4)
    assert len({bid.pk for bid in outcomes}) == Bid.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_links_at_once_make_one_offer(rfp: Rfp, opportunity: Opportunity, token: str) -> None:
    colleague = people.person()
    people.member(opportunity.organisation, colleague, "bidder")
    tokens = [token, delivery.quick_link(opportunity, colleague)]
    outcomes = race(lambda: offering.quick_offer(tokens.pop(), body=body(rfp)), times=2)
    assert sorted(type(each) for each in outcomes if not isinstance(each, Bid)) == [Conflict]
    assert Bid.objects.count() == 1


def test_a_used_link_does_nothing_but_show(rfp: Rfp, opportunity: Opportunity, token: str) -> None:
    bid = offering.quick_offer(token, body=body(rfp))
    actor = offering.opened(token).actor
    for act in (bidding.withdraw, bidding.submit, bidding.reconfirm):
        assert refused(act, bid, actor=actor) == (NotAllowed, "not_allowed")
    assert refused(bidding.change, bid, actor=actor, body={"note": "x"}) == (NotAllowed, "not_allowed")
    assert refused(bidding.draft, opportunity, actor=actor, body={"option": 2}) == (NotAllowed, "not_allowed")
    assert refused(answering.decline, opportunity, actor=actor) == (NotAllowed, "not_allowed")


def test_an_unused_link_changes_nothing_that_stands(rfp: Rfp, opportunity: Opportunity, token: str) -> None:
    actor = offering.opened(token).actor
    bid = bids.bid(rfp, opportunity.organisation)
    assert refused(bidding.withdraw, bid, actor=actor) == (NotAllowed, "not_allowed")
    assert refused(offering.decline, token) == (Conflict, "exists")
    assert refused(offering.quick_offer, token, body=body(rfp)) == (Conflict, "exists")
    page = offering.opened(token)
    assert (page.used, page.bid, page.refusal and page.refusal.code) == (False, None, "exists")


def test_a_link_reaches_no_other_request_and_no_other_table(
    customer: User, rfp: Rfp, opportunity: Opportunity, token: str
) -> None:
    actor = offering.opened(token).actor
    other = bids.opportunity(bids.request(customer), opportunity.organisation, accepted=False)
    bids.bid(rfp, opportunity.organisation)
    given = {"actor": actor, "body": bids.body(other.rfp)}
    assert refused(bidding.draft, other, **given) == (NotAllowed, "not_allowed")
    assert refused(answering.decline, other, actor=actor) == (NotAllowed, "not_allowed")
    assert refused(answering.open_, other, actor=actor) == (NotAllowed, "not_allowed")
    for visible in (visible_bids, visible_contracts, visible_matches, visible_subscriptions, visible_grants):
        assert list(visible(actor)) == []
    assert {actor.is_person, actor.is_organisation, actor.is_operator, actor.may_bid} == {False}


@pytest.mark.parametrize("token", ["", "x", "0" * 64, "0" * 5000, "\udfff", "' OR 1=1 --", "é\x00"])
def test_every_unknown_text_is_answered_alike(db: None, token: str) -> None:
    assert refused(offering.opened, token) == (NotFound, "unknown_link")
    assert refused(offering.quick_offer, token, body={}) == (NotFound, "unknown_link")
    assert refused(offering.decline, token) == (NotFound, "unknown_link")


def test_a_hash_is_no_token(opportunity: Opportunity, token: str) -> None:
    assert refused(offering.opened, QuickLink.objects.get().sha256) == (NotFound, "unknown_link")


def each_verb(token: str, rfp: Rfp) -> set[tuple[type, str]]:
    return {
        refused(offering.opened, token),
        refused(offering.quick_offer, token, body=body(rfp)),
        refused(offering.decline, token),
    }


def test_after_the_deadline_an_unused_link_is_over(rfp: Rfp, token: str) -> None:
    bids.pass_deadline(rfp)
    assert each_verb(token, rfp) == {(Gone, "link_expired")}


def test_after_the_deadline_a_used_link_shows_its_offer(rfp: Rfp, token: str) -> None:
    bid = offering.quick_offer(token, body=body(rfp))
    bids.pass_deadline(rfp)
    assert offering.opened(token).bid == bid


def test_a_cancelled_request_says_so(rfp: Rfp, token: str) -> None:
    Rfp.objects.filter(pk=rfp.pk).update(cancelled_at=timezone.now())
    assert each_verb(token, rfp) == {(Gone, "request_cancelled")}


def test_a_suspended_organisation_is_refused(rfp: Rfp, opportunity: Opportunity, token: str) -> None:
    Organisation.objects.filter(pk=opportunity.organisation_id).update(suspended_at=timezone.now())
    assert each_verb(token, rfp) == {(NotAllowed, "suspended")}


@pytest.mark.parametrize("change", ["removed", "viewer", "inactive"])
def test_who_speaks_for_the_supplier_no_more_is_refused(
    rfp: Rfp, opportunity: Opportunity, token: str, change: str
) -> None:
    seat = opportunity.organisation.memberships.get()
    if change == "removed":
        seat.delete()
    elif change == "viewer":
        opportunity.organisation.memberships.update(role="viewer")
    else:
        User.objects.filter(pk=seat.user_id).update(is_active=False)
    assert each_verb(token, rfp) == {(NotAllowed, "not_a_member")}


def test_lapsed_checks_let_it_be_seen_and_not_answered(rfp: Rfp, opportunity: Opportunity, token: str) -> None:
    Check.objects.filter(organisation=opportunity.organisation).update(
        valid_from_on=timezone.now() - timedelta(days=30), valid_until_on=timezone.now() - timedelta(days=2)
    )
    page = offering.opened(token)
    assert page.refusal is not None
    assert (page.refusal.code, page.disclosed) == ("not_checked", [])
    assert refused(offering.quick_offer, token, body=body(rfp)) == (NotAllowed, "not_checked")
    assert (TermsAcceptance.objects.count(), Bid.objects.count()) == (0, 0)


def test_places_that_are_full_are_said(rfp: Rfp, rival: Organisation, token: str) -> None:
    Rfp.objects.filter(pk=rfp.pk).update(places=1)
    bids.opportunity(rfp, rival)
    page = offering.opened(token)
    assert page.refusal is not None
    assert page.refusal.code == "no_place_left"
    assert refused(offering.quick_offer, token, body=body(rfp)) == (Conflict, "no_place_left")


def test_a_colleague_may_have_accepted_the_conditions(rfp: Rfp, rival: Organisation) -> None:
    opportunity = bids.opportunity(rfp, rival)
    Opportunity.objects.update(place_until=timezone.now() - timedelta(hours=1))
    assert offering.quick_offer(delivery.quick_link(opportunity), body=body(rfp)).state == "submitted"
    assert TermsAcceptance.objects.count() == 1


def test_other_terms_or_none_are_refused(rfp: Rfp, token: str) -> None:
    assert refused(offering.quick_offer, token, body=body(rfp, terms=None)) == (Invalid, "invalid")
    assert refused(offering.quick_offer, token, body=body(rfp, terms="SD-BASE")) == (Invalid, "invalid")
    assert refused(offering.quick_offer, token, body=body(rfp, version=2)) == (Conflict, "stale_version")
    assert (TermsAcceptance.objects.count(), QuickLink.objects.get().used_at) == (0, None)


def test_decline_by_the_link_and_think_better_of_it(rfp: Rfp, opportunity: Opportunity, token: str) -> None:
    assert offering.decline(token, reason="Too far.").decline_reason == "Too far."
    assert refused(offering.decline, token) == (Conflict, "wrong_state")
    assert offering.opened(token).opportunity.declined_at is not None
    offering.quick_offer(token, body=body(rfp))
    opportunity.refresh_from_db()
    assert opportunity.declined_at is None


def test_the_offer_stands_in_the_comparison_like_any_other(rfp: Rfp, customer: User, token: str) -> None:
    offering.quick_offer(token, body=body(rfp))
    bids.pass_deadline(rfp)
    (column,) = comparing.compare(rfp, actor=actor_of_person(customer))["bids"]
    assert (column["total"]["amount"], column["flags"]) == ("936.00", ["missing_answer"])


def test_a_used_link_of_the_winner_reads_no_further_than_the_first_stage(
    customer: User, supplier: Organisation
) -> None:
    datastore.secrets(customer)
    datastore.value(customer, "energy.kwh_per_year", 3412)
    opportunity = disclosure.opportunity(disclosure.request(customer), supplier)
    token = delivery.quick_link(opportunity)
    first = {row["field"]: row["stage"] for row in offering.opened(token).disclosed}
    granting.grant(opportunity, Stage.AWARDED, actor=SYSTEM)
    again = offering.opened(token).disclosed
    assert {row["field"]: row["stage"] for row in again} == first == {
        "energy.kwh_per_year": "S1", "identity.birth_date": "S1",
    }  # fmt: skip
    text = str(again)
    assert [name for name in ("3412", "Quill", "Leith", "900123", "03-31") if name in text] == []


def test_must_haves_are_filled_from_the_last_offer(customer: User, rfp: Rfp, opportunity: Opportunity) -> None:
    before = bids.request(customer)
    bids.bid(before, opportunity.organisation, answers=(True, 30), vat_rate="0.050000", vat_included=False)
    page = offering.opened(delivery.quick_link(opportunity))
    assert page.filled == {bids.ids(rfp, "requirements")[0]: {"value": True, "deviation": None}}
    assert page.vat == ("0.05", False)


def test_nothing_is_filled_from_others_drafts_or_another_question(
    customer: User, rfp: Rfp, opportunity: Opportunity, rival: Organisation
) -> None:
    bids.bid(bids.request(customer), rival)
    bids.bid(bids.request(customer), opportunity.organisation, state="draft")
    changed = [{**bids.REQUIREMENTS[0], "constraint": {"equals": False}}, bids.REQUIREMENTS[1]]
    bids.bid(bids.request(customer, requirements=changed), opportunity.organisation)
    bids.bid(bids.request(customer, version={"category": "energy/gas"}), opportunity.organisation)
    assert offering.opened(delivery.quick_link(opportunity)).filled == {}


def test_one_link_for_each_person_and_none_used_for_nothing(opportunity: Opportunity, token: str) -> None:
    with pytest.raises(IntegrityError):
        QuickLink.objects.update(used_at=timezone.now())
