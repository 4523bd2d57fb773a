"""What happens next, and when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person
from bids.domain import awarding
from bids.domain.planning import steps
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import NotAllowed
from rfps.disclosure.domain import granting
from rfps.disclosure.states import Stage
from rfps.domain.checking import moment
from rfps.models import Rfp
from rfps.states import Phase
from tests.factories import bids
from tests.factories import rfps as make

pytestmark = pytest.mark.django_db


def plan(rfp: Rfp) -> list[str]:
    return [f"{step.key} {step.when}" for step in steps(rfp, actor=actor_of_person(rfp.customer))]


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        (Phase.DRAFT, ["publish now", "close ahead", "choose ahead", "confirm ahead"]),
        (Phase.OPEN, ["publish done", "close now", "choose ahead", "confirm ahead"]),
        (Phase.DECIDING, ["publish done", "close done", "choose now", "lapse ahead", "confirm ahead"]),
        (Phase.AWARDED, ["publish done", "close done", "choose done", "confirm now"]),
        (Phase.ENDED, ["publish done", "close done", "end done"]),
        (Phase.CANCELLED, ["publish done", "cancel done"]),
        (Phase.LAPSED, ["publish done", "close done", "lapse done"]),
    ],
)
def test_every_phase_has_its_steps(customer: User, phase: Phase, expected: list[str]) -> None:
    assert plan(make.in_phase(customer, phase)) == expected


def test_steps_carry_the_requests_dates(customer: User) -> None:
    rfp = make.in_phase(customer, Phase.DECIDING)
    assert rfp.decides_by is not None
    found = {step.key: step.at for step in steps(rfp, actor=actor_of_person(customer))}
    assert found == {
        "publish": rfp.published_at,
        "close": rfp.closes_at,
        "choose": rfp.decides_by,
        "lapse": rfp.decides_by + timedelta(days=7),
        "confirm": None,
    }


def test_a_draft_plans_with_the_dates_it_names(customer: User) -> None:
    closes_at = make.soon(days=5)
    found = steps(make.draft(customer, closes_at=closes_at), actor=actor_of_person(customer))
    assert found[1].at == moment(closes_at)


def test_a_choice_is_confirmed_or_declined(customer: User, supplier: Organisation, rival: Organisation) -> None:
    rfp = bids.request(customer, closes_in=-timedelta(hours=1))
    for organisation, answer in ((supplier, awarding.decline), (rival, awarding.confirm)):
        bid = bids.bid(rfp, organisation)
        granting.grant(bid.opportunity, Stage.BIDDER, actor=SYSTEM)
        contract = awarding.award(rfp, actor=actor_of_person(customer), bid=bid)
        answer(contract, actor=actor_of_organisation(organisation))
    assert plan(rfp) == [
        "publish done",
        "close done",
        "choose done",
        "decline done",
        "choose done",
        "confirm done",
    ]


def test_only_who_may_look(customer: User, partner: User) -> None:
    rfp = make.published(customer)
    with pytest.raises(NotAllowed):
        steps(rfp, actor=actor_of_person(partner))
