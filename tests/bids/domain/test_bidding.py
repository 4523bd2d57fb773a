"""Drafting, submitting, changing and withdrawing bids."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Check, Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person
from bids.domain import bidding
from bids.domain.writing import content_of
from bids.models import Bid, BidVersion, LinePrice
from bids.states import BID_MOVES, BidState
from marketplace.audit.models import AuditRow
from marketplace.kernel.actors import Role
from marketplace.kernel.errors import Conflict, Invalid, NotAllowed
from marketplace.kernel.transitions import allowed, move
from marketplace.mail.models import Mail, Notice, NoticeSetting
from rfps.delivery.models import Opportunity
from rfps.models import Rfp
from tests.factories import bids


@pytest.fixture
def rfp(customer: User) -> Rfp:
    return bids.request(customer)


@pytest.fixture
def opportunity(rfp: Rfp, supplier: Organisation) -> Opportunity:
    return bids.opportunity(rfp, supplier)


def draft(opportunity: Opportunity, **changes: Any) -> Bid:
    body = {**bids.body(opportunity.rfp), **changes}
    return bidding.draft(opportunity, actor=actor_of_organisation(opportunity.organisation), body=body)


def again(opportunity: Opportunity, verb: Any, bid: Bid, **more: Any) -> Bid:
    found: Bid = verb(bid, actor=actor_of_organisation(opportunity.organisation), **more)
    return found


def refusal(opportunity: Opportunity, **changes: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as error:
        draft(opportunity, **changes)
    return [(fault.pointer, fault.code) for fault in error.value.faults]


def test_the_first_option_unless_it_is_said(opportunity: Opportunity) -> None:
    assert draft(opportunity, option=None).option == 1


def test_a_body_becomes_a_submitted_bid(opportunity: Opportunity, customer: User) -> None:
    NoticeSetting.objects.create(person=customer, pace="at_once")
    bid = draft(opportunity)
    version = bid.standing
    assert version is not None
    assert (bid.state, bid.option, bid.draft, version.number) == ("submitted", 1, None, 1)
    assert bid.first_submitted_at == version.submitted_at
    given = bids.body(opportunity.rfp)
    assert {
        name: content_of(version)[name] for name in ("title", "charges", "answers", "valid_until", "reference")
    } == {name: given[name] for name in ("title", "charges", "answers", "valid_until", "reference")}
    assert content_of(version)["lines"] == [{**given["lines"][0], "unit_price": "0.24"}]
    assert list(AuditRow.objects.order_by("pk").values_list("verb", flat=True)) == ["bid.drafted", "bid.submitted"]
    mail = Mail.objects.get(kind="bid.received")
    assert mail.recipient_id == Notice.objects.get(kind="bid.received").person_id == customer.pk
    assert "0.24" not in mail.body + mail.subject
    assert "Northlight" not in mail.body + mail.subject


def test_a_draft_may_be_half_done_and_stands_nowhere(opportunity: Opportunity) -> None:
    bid = draft(opportunity, submit=False, lines=[], answers=[], valid_until=None)
    assert (bid.state, bid.standing, Mail.objects.count()) == ("draft", None, 0)
    opportunity.refresh_from_db()
    assert opportunity.place_until is None


def test_every_gap_is_named_at_once(customer: User, supplier: Organisation) -> None:
    rfp = bids.request(customer, requirements=[*bids.REQUIREMENTS, {**bids.REQUIREMENTS[0], "text": "Insured"}])
    wrong = [{"requirement": bids.ids(rfp, "requirements")[0], "value": False}]
    assert refusal(bids.opportunity(rfp, supplier), lines=[], answers=wrong, valid_until="2020-01-01") == [
        ("/lines", "missing_line"),
        ("/answers/0/value", "must_failed_without_deviation"),
        ("/answers", "must_unanswered"),
        ("/valid_until", "in_the_past"),
    ]
    assert Bid.objects.count() == 0


def test_wrong_content_and_gaps_come_together(opportunity: Opportunity) -> None:
    line = bids.ids(opportunity.rfp, "lines")[0]
    assert refusal(opportunity, lines=[{"line": line, "unit_price": "-1"}], answers=[], colour="blue") == [
        ("/colour", "unknown_field"),
        ("/lines/0/unit_price", "out_of_range"),
        ("/lines/0/unit_price", "missing_line"),
        ("/answers", "must_unanswered"),
    ]


def test_a_missed_must_passes_with_a_stated_deviation(opportunity: Opportunity) -> None:
    must, _should = bids.ids(opportunity.rfp, "requirements")
    answers = [{"requirement": must, "value": False, "deviation": "80 % renewable"}]
    assert draft(opportunity, answers=answers).state == "submitted"


@pytest.mark.parametrize(
    ("member", "value", "faults"),
    [
        ("currency", "EUR", [("/currency", "wrong_currency")]),
        ("currency", "XXX", [("/currency", "unknown_currency")]),
        ("delivery", "1.234", [("/delivery", "too_many_decimals")]),
        ("delivery", "NaN", [("/delivery", "not_a_number")]),
        ("delivery", "0." + "0" * 39 + "1", [("/delivery", "too_many_decimals")]),
        ("delivery", 5, [("/delivery", "wrong_type")]),
        ("vat_rate", "20", [("/vat_rate", "out_of_range")]),
        ("option", 4, [("/option", "out_of_range")]),
        ("charges", [{"label": "Cashback", "amount": "-20.00"}], [("/charges/0/amount", "negative")]),
        ("charges", [{"amount": "1"}], [("/charges/0/label", "required")]),
        ("charges", "x", [("/charges", "wrong_type")]),
        ("lines", [None], [("/lines/0", "wrong_type"), ("/lines", "missing_line")]),
        ("valid_until", "2030-02-30", [("/valid_until", "not_a_date")]),
        ("firmness", "soft", [("/firmness", "unknown_choice")]),
        ("firmness", "estimate", [("/estimate/high", "required")]),
        (
            "firmness",
            {"low": "900", "high": "800"},
            [("/estimate/low", "empty_range"), ("/estimate/high", "below_stated_prices")],
        ),
        ("estimate", {"high": "800"}, [("/estimate", "not_an_estimate")]),
        ("title", "x" * 201, [("/title", "too_long")]),
    ],
)
def test_wrong_content_is_refused(opportunity: Opportunity, member: str, value: Any, faults: Any) -> None:
    assert refusal(opportunity, **{member: value}) == faults


@pytest.mark.parametrize(("high", "faults"), [("1.00", [("/estimate/high", "below_stated_prices")]), ("99999.00", [])])
def test_an_estimate_is_not_below_its_own_prices(opportunity: Opportunity, high: str, faults: Any) -> None:
    """It ranks by its high end: one pound there would win with prices of hundreds beside it."""
    estimate = {"firmness": "estimate", "estimate": {"low": "1.00", "high": high}}
    if faults:
        assert refusal(opportunity, **estimate) == faults
    else:
        assert draft(opportunity, **estimate).state == "submitted"


@pytest.mark.parametrize("body", [None, [], "text", 7])
def test_a_body_is_an_object(opportunity: Opportunity, body: Any) -> None:
    with pytest.raises(Invalid) as error:
        bidding.draft(opportunity, actor=actor_of_organisation(opportunity.organisation), body=body)
    assert [(fault.pointer, fault.code) for fault in error.value.faults] == [("", "wrong_type")]


def test_rows_of_another_request_and_repeated_ones(opportunity: Opportunity, customer: User) -> None:
    other = bids.request(customer)
    (line,), must = bids.ids(opportunity.rfp, "lines"), bids.ids(opportunity.rfp, "requirements")[0]
    prices = [{"line": line, "unit_price": "1"}, {"line": line, "unit_price": "2"}]
    prices += [{"line": bids.ids(other, "lines")[0], "unit_price": "1"}]
    answers = [{"requirement": must, "value": True}, {"requirement": bids.ids(other, "requirements")[0], "value": 1}]
    assert refusal(opportunity, lines=prices, answers=answers) == [
        ("/lines/0/line", "duplicate"),
        ("/lines/1/line", "duplicate"),
        ("/lines/2/line", "unknown_line"),
        ("/answers/1/requirement", "unknown_requirement"),
    ]


@pytest.mark.parametrize(
    ("answer", "choices", "value", "code"),
    [
        ("yes_no", [], "yes", "wrong_type"),
        ("number", [], "many", "not_a_number"),
        ("number", [], True, "wrong_type"),
        ("choice", ["a", "b"], "c", "unknown_choice"),
        ("date", [], "soon", "not_a_date"),
        ("text", [], 5, "wrong_type"),
        ("document", [], ["x"], "wrong_type"),
    ],
)
def test_answers_have_the_form_that_was_asked(
    customer: User, supplier: Organisation, answer: str, choices: list[str], value: Any, code: str
) -> None:
    asked = {"text": "Tell us", "level": "should", "answer": answer, "choices": choices}
    rfp = bids.request(customer, requirements=[asked], criteria=[])
    answers = [{"requirement": bids.ids(rfp, "requirements")[0], "value": value}]
    assert refusal(bids.opportunity(rfp, supplier), answers=answers) == [("/answers/0/value", code)]


@pytest.mark.parametrize(
    ("budget", "faults"),
    [
        ({"amount": "995.99"}, [("", "over_budget")]),
        ({"amount": "996.00"}, []),
        ({"from": "500.00", "to": "990.00"}, [("", "over_budget")]),
        ({"from": "500.00", "to": "1000.00"}, []),
        (None, []),
    ],
)
def test_a_binding_budget_refuses_what_exceeds_what_was_shown(
    customer: User, supplier: Organisation, budget: Any, faults: Any
) -> None:
    rfp = bids.request(customer, version={"budget_binding": True, "announced": {"budget": budget}})
    opportunity = bids.opportunity(rfp, supplier)
    if faults:
        assert refusal(opportunity) == faults
    else:
        assert draft(opportunity).state == "submitted"


def test_no_bid_before_the_terms_are_accepted(rfp: Rfp, supplier: Organisation) -> None:
    with pytest.raises(Conflict) as error:
        draft(bids.opportunity(rfp, supplier, accepted=False))
    assert error.value.code == "terms_not_accepted"


@pytest.mark.parametrize(("places", "code"), [(1, "no_place_left"), (2, None)])
def test_a_lapsed_place_is_taken_again_while_there_is_one(
    customer: User, supplier: Organisation, rival: Organisation, places: int, code: str | None
) -> None:
    rfp = bids.request(customer, places=places)
    opportunity = bids.opportunity(rfp, supplier)
    bids.opportunity(rfp, rival)
    Opportunity.objects.filter(pk=opportunity.pk).update(place_until=datetime(2020, 1, 1, tzinfo=UTC))
    if code is None:
        assert draft(opportunity).state == "submitted"
        return
    with pytest.raises(Conflict) as error:
        draft(opportunity)
    assert error.value.code == code


def test_the_deadline_is_the_databases(opportunity: Opportunity) -> None:
    bid = draft(opportunity, submit=False)
    bids.pass_deadline(opportunity.rfp)
    for attempt in (
        lambda: draft(opportunity, option=2),
        lambda: again(opportunity, bidding.submit, bid),
        lambda: again(opportunity, bidding.change, bid, body={"note": "x"}),
        lambda: again(opportunity, bidding.withdraw, bid),
    ):
        with pytest.raises(Conflict) as error:
            attempt()
        assert error.value.code == "wrong_phase"


def test_the_version_answered_is_the_current_one(opportunity: Opportunity) -> None:
    with pytest.raises(Conflict) as error:
        draft(opportunity, version=2)
    assert error.value.code == "stale_version"


def test_one_live_bid_per_option(opportunity: Opportunity) -> None:
    first = draft(opportunity)
    with pytest.raises(Conflict) as error:
        draft(opportunity)
    assert error.value.code == "exists"
    assert draft(opportunity, option=2).option == 2
    with pytest.raises(IntegrityError, match="bids_one_live_bid_per_option"), transaction.atomic():
        Bid.objects.create(rfp=first.rfp, organisation=first.organisation, opportunity=opportunity, option=1)


def test_a_change_is_a_draft_beside_the_standing_version(opportunity: Opportunity) -> None:
    bid = draft(opportunity)
    line = bids.ids(opportunity.rfp, "lines")[0]
    changed = again(opportunity, bidding.change, bid, body={"lines": [{"line": line, "unit_price": "0.20"}]})
    assert changed.standing is not None
    assert changed.draft is not None
    assert (changed.state, changed.standing.number, changed.draft.number) == ("submitted", 1, 2)
    assert LinePrice.objects.get(version=changed.standing).unit_price == Decimal("0.24")
    first = changed.first_submitted_at
    submitted = again(opportunity, bidding.submit, changed)
    assert submitted.standing is not None
    assert (submitted.standing.number, submitted.draft, submitted.first_submitted_at) == (2, None, first)
    assert content_of(submitted.standing)["reference"] == "Q-1001"


def test_submitting_twice_or_unchanged_makes_nothing_new(opportunity: Opportunity) -> None:
    bid = draft(opportunity)
    same = again(opportunity, bidding.submit, bid)
    unchanged = again(opportunity, bidding.change, bid, body={"title": "12 months, fixed", "submit": True})
    assert same == unchanged == bid
    assert BidVersion.objects.filter(bid=bid).count() == 1
    assert Notice.objects.count() == 1


@pytest.mark.parametrize(("member", "value"), [("option", 2), ("rfp", "5ff19a52-cb8e-4b0e-a4b8-2a6b7f0e2c11")])
def test_a_bid_keeps_its_option_and_its_request(opportunity: Opportunity, member: str, value: Any) -> None:
    with pytest.raises(Invalid) as error:
        again(opportunity, bidding.change, draft(opportunity), body={member: value})
    assert [(fault.pointer, fault.code) for fault in error.value.faults] == [(f"/{member}", "fixed")]


def test_withdrawn_and_submitted_again_until_the_deadline(opportunity: Opportunity) -> None:
    bid = draft(opportunity)
    withdrawn = again(opportunity, bidding.withdraw, bid)
    assert (withdrawn.state, withdrawn.withdrawn_at is None) == ("withdrawn", False)
    standing = again(opportunity, bidding.submit, withdrawn)
    assert (standing.state, standing.withdrawn_at) == ("submitted", None)
    assert bid.first_submitted_at is not None
    assert standing.first_submitted_at is not None
    assert standing.first_submitted_at > bid.first_submitted_at


def test_a_withdrawn_bid_does_not_come_back_over_another(opportunity: Opportunity) -> None:
    withdrawn = again(opportunity, bidding.withdraw, draft(opportunity))
    draft(opportunity)
    with pytest.raises(Conflict) as error:
        again(opportunity, bidding.submit, withdrawn)
    assert error.value.code == "exists"


def test_a_viewer_a_rival_and_a_person_do_not_bid(
    opportunity: Opportunity, supplier: Organisation, rival: Organisation, customer: User
) -> None:
    viewer = replace(actor_of_organisation(supplier), role=Role.VIEWER)
    for actor in (viewer, actor_of_organisation(rival), actor_of_person(customer)):
        with pytest.raises(NotAllowed):
            bidding.draft(opportunity, actor=actor, body=bids.body(opportunity.rfp))


def test_a_supplier_without_a_valid_check_does_not_bid(opportunity: Opportunity) -> None:
    Check.objects.filter(organisation=opportunity.organisation).update(revoked_at=datetime.now(UTC))
    with pytest.raises(NotAllowed) as error:
        draft(opportunity)
    assert error.value.code == "not_checked"


def test_an_amended_request_wants_the_bid_confirmed_again(opportunity: Opportunity, rfp: Rfp) -> None:
    bid = draft(opportunity)
    new = bids.add_version(rfp, 2, bids.LINES, bids.REQUIREMENTS, [], horizon_months=12)
    Rfp.objects.filter(pk=rfp.pk).update(current=new)
    Bid.objects.filter(pk=bid.pk).update(state="needs_reconfirm")
    bid.refresh_from_db()
    with pytest.raises(Conflict) as error:
        again(opportunity, bidding.submit, bid)
    assert error.value.code == "stale_version"
    confirmed = again(opportunity, bidding.reconfirm, bid)
    assert confirmed.standing is not None
    assert (confirmed.state, confirmed.standing.number, confirmed.standing.rfp_version) == ("submitted", 2, new)
    rfp.refresh_from_db()
    assert [row["line"] for row in content_of(confirmed.standing)["lines"]] == bids.ids(rfp, "lines")
    with pytest.raises(Conflict) as error:
        again(opportunity, bidding.reconfirm, confirmed)
    assert error.value.code == "wrong_state"


def test_without_a_date_an_offer_holds_as_long_as_was_wanted(opportunity: Opportunity) -> None:
    bid = draft(opportunity, valid_until=None)
    assert bid.standing is not None
    assert opportunity.rfp.closes_at is not None
    assert bid.standing.valid_until_on == (opportunity.rfp.closes_at + timedelta(days=30)).date()


def test_of_a_sealed_request_one_notice_a_day(opportunity: Opportunity, rival: Organisation) -> None:
    draft(opportunity)
    draft(opportunity, option=2)
    draft(bids.opportunity(opportunity.rfp, rival))
    assert [(each.kind, each.number) for each in Notice.objects.all()] == [("bid.received", 1)]


@pytest.mark.parametrize("source", BidState.values)
@pytest.mark.parametrize("target", BidState.values)
def test_only_the_moves_of_the_table(customer: User, supplier: Organisation, source: str, target: str) -> None:
    bid = bids.bid(bids.request(customer), supplier, state=source)
    if allowed(BID_MOVES, source, target) and (target in ("withdrawn", "draft") or bid.standing):
        move(bid, target, BID_MOVES)
        bid.refresh_from_db()
        assert bid.state == target
    elif allowed(BID_MOVES, source, target):
        with pytest.raises(IntegrityError, match="bids_submitted_stands"), transaction.atomic():
            move(bid, target, BID_MOVES)
    else:
        with pytest.raises(Conflict):
            move(bid, target, BID_MOVES)
