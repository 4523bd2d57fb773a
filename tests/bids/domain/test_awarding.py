"""The choice, what it moves, and the supplier's answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import rfc8785
from django.db import IntegrityError, connection, transaction

from accounts.models import Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person
from bids.domain import awarding, choosing, contracting
from bids.domain.shortlisting import shortlist
from bids.models import Award, Bid, Contract
from bids.states import CONTRACT_MOVES, ContractStatus
from bids.tasks import release
from marketplace.kernel.actors import SYSTEM, Role
from marketplace.kernel.errors import Conflict, DomainError, NotAllowed
from marketplace.kernel.transitions import allowed, move
from marketplace.mail.models import Mail, Notice
from rfps.delivery.models import Event, Opportunity
from rfps.disclosure.domain import granting
from rfps.disclosure.states import Stage
from rfps.domain import closing
from rfps.models import Rfp
from rfps.states import EndReason, Phase
from tests.factories import bids, people

HOUR = timedelta(hours=1)


def granted(bid: Bid) -> Bid:
    granting.grant(bid.opportunity, Stage.BIDDER, actor=SYSTEM)
    return bid


@pytest.fixture
def rfp(customer: User) -> Rfp:
    return bids.request(customer, closes_in=-HOUR)


@pytest.fixture
def winner(rfp: Rfp, supplier: Organisation) -> Bid:
    return granted(bids.bid(rfp, supplier))


@pytest.fixture
def loser(rfp: Rfp, rival: Organisation) -> Bid:
    return granted(bids.bid(rfp, rival))


def award(rfp: Rfp, bid: Bid) -> Contract:
    return awarding.award(rfp, actor=actor_of_person(rfp.customer), bid=bid)


def code(attempt: Callable[[], Any]) -> str:
    with pytest.raises(DomainError) as error, transaction.atomic():
        attempt()
    return error.value.code


def phase(rfp: Rfp) -> str:
    return Rfp.objects.with_phase().get(pk=rfp.pk).phase


def told(supplier: Organisation) -> list[tuple[str, dict[str, Any]]]:
    events = Event.objects.filter(matches__organisation=supplier, type__startswith="bid.").order_by("pk")
    return [(event.type, event.data) for event in events]


def test_a_choice_moves_everything_at_once(
    rfp: Rfp, winner: Bid, loser: Bid, supplier: Organisation, rival: Organisation, outsider: Organisation
) -> None:
    looker = bids.opportunity(rfp, outsider)
    granting.grant(looker, Stage.BIDDER, actor=SYSTEM)
    contract = award(rfp, winner)
    winner.refresh_from_db()
    loser.refresh_from_db()
    assert (phase(rfp), winner.state, loser.state, contract.status) == ("awarded", "awarded", "not_awarded", "chosen")
    assert granting.stage_of(winner.opportunity) == Stage.AWARDED
    assert {granting.stage_of(each) for each in (loser.opportunity, looker)} == {Stage.ENDED}
    confirm_by = contracting.instant(contract.confirm_by)
    ids = {"rfp": str(rfp.public_id)}
    assert told(supplier) == [("bid.awarded", {**ids, "bid": str(winner.public_id), "confirm_by": confirm_by})]
    assert told(rival) == [("bid.not_awarded", {**ids, "bid": str(loser.public_id), "outcome": "not_awarded"})]


def test_companies_get_a_mail_either_way_in_their_language(
    rfp: Rfp, winner: Bid, loser: Bid, supplier: Organisation, rival: Organisation, customer: User
) -> None:
    bids.bid(rfp, supplier, option=2)  # that its other option lost is no mail to the winner
    bids.bid(rfp, rival, option=2)
    supplier.memberships.create(user=people.person(), role="viewer")
    reader = rival.memberships.get(role="owner").user
    User.objects.filter(pk=reader.pk).update(locale="de")
    assert rfp.current is not None
    title = rfp.current.title
    contract = award(rfp, winner)
    chosen = Mail.objects.get(kind="bid.awarded")
    assert (chosen.recipient, chosen.subject) == (
        supplier.memberships.get(role="owner").user,
        f"Your offer was chosen: {title}",
    )
    assert f"Confirm it by {choosing.last_day_before(contract.confirm_by, rfp.time_zone)}" in chosen.body
    lost = Mail.objects.get(kind="bid.not_awarded")
    assert (lost.recipient, lost.subject) == (reader, f"Ein anderes Angebot wurde gewählt: {title}")
    for mail, company in ((chosen, supplier), (lost, rival)):
        assert f"/company/{company.public_id}/requests/" in mail.body
        assert customer.email not in mail.body
        assert supplier.name not in mail.body


def test_the_contract_hashes_what_both_sides_agreed(rfp: Rfp, winner: Bid) -> None:
    shape = contracting.shape(award(rfp, winner))
    assert {"sha256", "status", "request", "bid", "terms", "acceptance", "awarded_at"} <= set(shape)
    hashed = {name: shape[name] for name in ("request", "bid", "terms", "acceptance", "awarded_at")}
    assert shape["sha256"] == hashlib.sha256(rfc8785.dumps(hashed)).hexdigest()
    assert (shape["bid"]["total"], shape["bid"]["lines"][0]["unit_price"]) == (
        {"amount": "816.00", "currency": "GBP"},
        "0.24",
    )
    assert (shape["terms"]["id"], shape["terms"]["award"]["id"]) == ("PDC-INTENT", "SD-BASE")
    assert "1200" not in str(shape)  # the customer's budget
    assert b"Northlight" not in bytes(Contract.objects.get().sealed_snapshot)


def test_a_second_choice_is_refused(rfp: Rfp, winner: Bid, loser: Bid) -> None:
    award(rfp, winner)
    assert code(lambda: award(rfp, loser)) == "wrong_phase"
    assert code(lambda: award(rfp, winner)) == "wrong_phase"
    assert loser.standing is not None
    with pytest.raises(IntegrityError, match="bids_one_award_per_line"), transaction.atomic():
        Award.objects.create(rfp=rfp, bid=loser, version=loser.standing, actor_id=rfp.customer.public_id)


def test_a_sealed_request_is_closed_first_and_an_open_one_by_the_choice(customer: User, supplier: Organisation) -> None:
    sealed = bids.request(customer)
    assert code(lambda: award(sealed, bids.bid(sealed, supplier))) == "wrong_phase"
    open_ = bids.request(customer, sealing="open", version={"announced": bids.ANNOUNCED})
    award(open_, bids.bid(open_, supplier))
    open_.refresh_from_db()
    assert (phase(open_), open_.closed_early_at is None) == ("awarded", False)


@pytest.mark.parametrize("state", ["draft", "withdrawn", "needs_reconfirm"])
def test_only_a_standing_bid_can_be_chosen(rfp: Rfp, supplier: Organisation, state: str) -> None:
    assert code(lambda: award(rfp, bids.bid(rfp, supplier, state=state))) == "wrong_state"


def test_an_expired_bid_and_one_of_another_request_cannot_be_chosen(
    rfp: Rfp, supplier: Organisation, customer: User
) -> None:
    old = bids.bid(rfp, supplier, valid_until_on=date(2020, 1, 1))
    assert code(lambda: award(rfp, old)) == "expired"
    other = bids.bid(bids.request(customer, closes_in=-HOUR), supplier)
    assert code(lambda: award(rfp, other)) == "wrong_state"


def test_only_the_customer_chooses(rfp: Rfp, winner: Bid, supplier: Organisation, operator: User) -> None:
    for actor in (actor_of_organisation(supplier), actor_of_person(operator), actor_of_person(people.person())):
        with pytest.raises(NotAllowed):
            awarding.award(rfp, actor=actor, bid=winner)


def test_questions_have_no_winner(customer: User, supplier: Organisation) -> None:
    rfp = bids.request(customer, closes_in=-HOUR, kind="rfi")
    assert code(lambda: award(rfp, bids.bid(rfp, supplier))) == "no_offers"


def test_the_supplier_confirms_once(rfp: Rfp, winner: Bid, supplier: Organisation) -> None:
    contract, actor = award(rfp, winner), actor_of_organisation(supplier)
    assert awarding.confirm(contract, actor=actor).status == "confirmed"
    assert code(lambda: awarding.confirm(contract, actor=actor)) == "wrong_state"
    assert code(lambda: awarding.decline(contract, actor=actor)) == "wrong_state"
    assert Notice.objects.filter(kind="award.confirmed").count() == 1


def test_late_is_too_late(rfp: Rfp, winner: Bid, supplier: Organisation) -> None:
    contract = award(rfp, winner)
    Contract.objects.filter(pk=contract.pk).update(confirm_by=datetime(2020, 1, 1, tzinfo=UTC))
    assert code(lambda: awarding.confirm(contract, actor=actor_of_organisation(supplier))) == "too_late"


def test_what_nobody_confirms_falls_through(
    rfp: Rfp, winner: Bid, loser: Bid, supplier: Organisation, customer: User
) -> None:
    confirmed = award(rfp, winner)
    awarding.confirm(confirmed, actor=actor_of_organisation(supplier))
    other = bids.request(customer, closes_in=-HOUR)
    late = award(other, bids.bid(other, supplier))
    assert awarding.release_unconfirmed() == 0
    Contract.objects.update(confirm_by=datetime(2020, 1, 1, tzinfo=UTC))
    release()
    late.refresh_from_db()
    confirmed.refresh_from_db()
    assert (late.status, confirmed.status, phase(other), phase(rfp)) == (
        "declined",
        "confirmed",
        "deciding",
        "awarded",
    )
    assert awarding.release_unconfirmed() == 0


def test_after_a_decline_the_customer_chooses_another(
    rfp: Rfp, winner: Bid, loser: Bid, supplier: Organisation, rival: Organisation
) -> None:
    contract, actor = award(rfp, winner), actor_of_organisation(supplier)
    assert code(lambda: awarding.decline(contract, actor=actor, reason="x" * 501)) == "invalid"
    declined = awarding.decline(contract, actor=actor, reason=" No capacity ")
    assert (declined.status, declined.decline_reason, phase(rfp)) == ("declined", "No capacity", "deciding")
    assert granting.stage_of(winner.opportunity) == Stage.ENDED
    assert code(lambda: award(rfp, winner)) == "declined"
    assert award(rfp, loser).organisation == rival
    loser.refresh_from_db()
    assert (loser.state, granting.stage_of(loser.opportunity)) == ("awarded", Stage.AWARDED)
    assert Mail.objects.filter(kind="award.declined").count() == 1


def test_a_decline_leaves_a_week_to_choose_again(customer: User, supplier: Organisation) -> None:
    rfp = bids.request(customer, closes_in=timedelta(days=-20))
    contract = award(rfp, bids.bid(rfp, supplier))
    Rfp.objects.filter(pk=rfp.pk).update(decides_by=datetime.now(UTC) - timedelta(days=15))
    awarding.decline(contract, actor=actor_of_organisation(supplier))
    assert phase(rfp) == "deciding"


def test_a_viewer_or_rival_does_not_answer(
    rfp: Rfp, winner: Bid, supplier: Organisation, rival: Organisation, customer: User
) -> None:
    contract = award(rfp, winner)
    viewer = replace(actor_of_organisation(supplier), role=Role.VIEWER)
    for actor in (viewer, actor_of_organisation(rival), actor_of_person(customer)):
        for verb in (awarding.confirm, awarding.decline):
            with pytest.raises(NotAllowed):
                verb(contract, actor=actor)


@pytest.mark.parametrize(
    ("start", "days", "zone", "expected"),
    [
        ("2030-01-02T10:00+00:00", 3, "Europe/London", "2030-01-08T00:00+00:00"),  # Wednesday: Thu, Fri, Mon
        ("2030-01-04T10:00+00:00", 1, "Europe/London", "2030-01-08T00:00+00:00"),  # Friday: Monday
        ("2030-01-05T10:00+00:00", 1, "Europe/London", "2030-01-08T00:00+00:00"),  # Saturday: Monday
        ("2030-03-29T10:00+00:00", 1, "Europe/Berlin", "2030-04-02T00:00+02:00"),  # over the change of clocks
    ],
)
def test_working_days(start: str, days: int, zone: str, expected: str) -> None:
    found = contracting.working_days_later(datetime.fromisoformat(start), days, zone)
    assert found == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("outcome", "end"),
    [
        ("cancelled", lambda rfp, actor: closing.cancel(rfp, actor=actor, reason="")),
        ("ended", lambda rfp, actor: closing.end(rfp, actor=actor, reason=EndReason.TOO_DEAR)),
    ],
)
def test_the_end_of_a_request_is_the_end_of_its_bids(
    customer: User, supplier: Organisation, outcome: str, end: Callable[..., Any]
) -> None:
    rfp = bids.request(customer, version={"announced": bids.ANNOUNCED})
    bid, draft = bids.bid(rfp, supplier), bids.bid(rfp, supplier, state="draft", option=2)
    end(rfp, actor_of_person(customer))
    bid.refresh_from_db()
    draft.refresh_from_db()
    assert (bid.state, draft.state) == ("not_awarded", "draft")
    assert [data["outcome"] for kind, data in told(supplier) if kind == "bid.not_awarded"] == [outcome]


def test_the_shortlist_opens_the_second_stage(rfp: Rfp, winner: Bid, supplier: Organisation) -> None:
    actor = actor_of_person(rfp.customer)
    assert shortlist(rfp, actor=actor, bid=winner).shortlisted_at is not None
    assert shortlist(rfp, actor=actor, bid=winner).shortlisted_at is not None
    assert granting.stage_of(winner.opportunity) == Stage.SHORTLISTED
    assert [kind for kind, _data in told(supplier)] == ["bid.shortlisted"]
    assert shortlist(rfp, actor=actor, bid=winner, shortlisted=False).shortlisted_at is None


def test_no_shortlist_while_sealed_or_after_the_choice(
    customer: User, supplier: Organisation, rfp: Rfp, winner: Bid
) -> None:
    sealed, actor = bids.request(customer), actor_of_person(customer)
    hidden = bids.bid(sealed, supplier)
    assert code(lambda: shortlist(sealed, actor=actor, bid=hidden)) == "wrong_state"
    award(rfp, winner)
    assert code(lambda: shortlist(rfp, actor=actor, bid=winner)) == "wrong_phase"


@pytest.mark.parametrize("source", ContractStatus.values)
@pytest.mark.parametrize("target", ContractStatus.values)
def test_only_the_moves_of_the_table(rfp: Rfp, winner: Bid, source: str, target: str) -> None:
    contract = award(rfp, winner)
    Contract.objects.filter(pk=contract.pk).update(status=source)
    contract.refresh_from_db()
    if allowed(CONTRACT_MOVES, source, target):
        move(contract, target, CONTRACT_MOVES, field="status")
        assert Contract.objects.get().status == target
    else:
        assert code(lambda: move(contract, target, CONTRACT_MOVES, field="status")) == "wrong_state"


@pytest.mark.django_db(transaction=True)
def test_fifty_choices_at_once_make_one(customer: User) -> None:
    rfp = bids.request(customer, closes_in=-HOUR)
    offers = [bids.bid(rfp, people.organisation()) for _number in range(5)]

    def attempt(number: int) -> str:
        try:
            return award(rfp, offers[number % 5]).status
        except Conflict as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=10) as pool:
        answers = list(pool.map(attempt, range(50)))
    assert sorted(answers) == ["chosen", *["wrong_phase"] * 49]
    assert Award.objects.count() == Contract.objects.count() == Bid.objects.filter(state="awarded").count() == 1
    assert Opportunity.objects.count() == 5
    assert phase(rfp) == Phase.AWARDED
