"""A request shared with those who live with its customer: who reads what, and until when."""

from __future__ import annotations

import pytest

from accounts.datastore import catalogue
from accounts.datastore.domain import keeping
from accounts.datastore.domain.owning import owner_of_facts
from accounts.domain import sharing as households
from accounts.models import HouseholdMember, User
from accounts.policies import actor_of_person, household_of
from marketplace.audit.models import AuditRow
from marketplace.kernel.errors import Invalid, NotAllowed
from rfps.domain import closing, drafting
from rfps.domain.previewing import preview
from rfps.domain.sharing import share, without_personal
from rfps.models import Rfp
from rfps.policies import can_change_rfp, can_help, can_look, visible_rfps
from rfps.states import Phase
from tests.factories import people
from tests.factories import rfps as make

pytestmark = pytest.mark.django_db
WAYS = ["none", "look", "help", "decide"]


def seen(user: User) -> list[Rfp]:
    return list(visible_rfps(actor_of_person(user)))


def leave(user: User) -> None:
    home = household_of(user)
    assert home is not None
    households.leave(home, user, actor=actor_of_person(user))


@pytest.fixture
def rfp(customer: User, partner: User) -> Rfp:
    return make.published(customer)


@pytest.mark.parametrize("way", WAYS)
def test_each_way_allows_what_it_says(rfp: Rfp, customer: User, partner: User, way: str) -> None:
    share(rfp, actor=actor_of_person(customer), sharing=way)
    actor = actor_of_person(partner)
    assert seen(partner) == ([] if way == "none" else [rfp])
    assert (can_look(actor, rfp), can_help(actor, rfp)) == (way != "none", way in {"help", "decide"})
    assert not can_change_rfp(actor, rfp)


@pytest.mark.parametrize("before", WAYS)
@pytest.mark.parametrize("after", WAYS)
def test_every_way_may_follow_every_other(rfp: Rfp, customer: User, before: str, after: str) -> None:
    actor = actor_of_person(customer)
    share(rfp, actor=actor, sharing=before)
    held = share(rfp, actor=actor, sharing=after)
    assert (held.sharing, held.shared_with) == (after, None if after == "none" else household_of(customer))
    told = AuditRow.objects.filter(verb="rfp.shared").count()
    assert told == (before != "none") + (before != after)


@pytest.mark.parametrize("phase", Phase)
def test_a_draft_is_nobody_elses(customer: User, partner: User, phase: Phase) -> None:
    rfp = make.in_phase(customer, phase)
    share(rfp, actor=actor_of_person(customer), sharing="decide")
    assert seen(partner) == ([] if phase == Phase.DRAFT else [rfp])


def test_owned_tells_ones_own_from_what_is_shared(rfp: Rfp, customer: User, partner: User) -> None:
    share(rfp, actor=actor_of_person(customer), sharing="look")
    assert [(row.owned) for row in (seen(customer)[0], seen(partner)[0])] == [True, False]


def test_a_household_sees_no_other_households_requests(rfp: Rfp, customer: User) -> None:
    share(rfp, actor=actor_of_person(customer), sharing="decide")
    stranger, cohabitant = people.person(), people.person()
    people.household(stranger, cohabitant)
    assert seen(stranger) == []


def test_only_the_customer_shares(rfp: Rfp, customer: User, partner: User) -> None:
    share(rfp, actor=actor_of_person(customer), sharing="decide")
    for user in (partner, people.person()):
        with pytest.raises(NotAllowed):
            share(rfp, actor=actor_of_person(user), sharing="none")
        with pytest.raises(NotAllowed):
            closing.close(rfp, actor=actor_of_person(user))
        with pytest.raises(NotAllowed):
            drafting.copy(rfp, actor=actor_of_person(user))


@pytest.mark.parametrize(
    ("way", "code"), [("all", "unknown_choice"), (None, "unknown_choice"), ("look", "no_household")]
)
def test_sharing_needs_a_known_way_and_a_household(way: str, code: str) -> None:
    alone = people.person()
    with pytest.raises(Invalid) as refused:
        share(make.published(alone), actor=actor_of_person(alone), sharing=way)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/sharing", code)]


def test_leaving_ends_what_one_may_read(rfp: Rfp, customer: User, partner: User) -> None:
    third = people.person()
    HouseholdMember.objects.create(household=household_of(customer), user=third)
    share(rfp, actor=actor_of_person(customer), sharing="look")
    leave(partner)
    assert (seen(partner), seen(third), make.again(rfp).sharing) == ([], [rfp], "look")
    leave(third)
    assert (seen(third), make.again(rfp).sharing) == ([], "none")


def test_the_customer_takes_their_request_along(rfp: Rfp, customer: User, partner: User) -> None:
    share(rfp, actor=actor_of_person(customer), sharing="decide")
    leave(customer)
    assert (seen(partner), make.again(rfp).sharing, seen(customer)) == ([], "none", [rfp])
    cohabitant = people.person()
    people.household(customer, cohabitant)
    assert seen(cohabitant) == []


def test_no_personal_value_comes_with_sharing(customer: User, partner: User) -> None:
    keep = {"identity.full_name": "Morag Sutherland-Quill", "home.postcode": "EH1 1AA"}
    for field, value in keep.items():
        owner = owner_of_facts(customer, catalogue.field(field).belongs_to)
        keeping.add(owner, actor=actor_of_person(customer), field=field, value=value)
    fields = [{"field": field, "stage": "S3"} for field in keep]
    rfp = make.published(customer, fields=fields)
    share(rfp, actor=actor_of_person(customer), sharing="look")
    shown = {
        user: {row["field"] for row in preview(rfp, "S3", actor=actor_of_person(user))["disclosed"]}
        for user in (customer, partner)
    }
    assert shown == {customer: set(keep), partner: {"home.postcode"}}


def test_answers_about_the_person_stay_theirs() -> None:
    body = {
        "title": "x",
        "answers": {"identity.full_name": "M", "energy.kwh_per_year": 1, "budget": 3},
        "confirmed": ["M"],
    }
    assert without_personal(body) == {"title": "x", "answers": {"energy.kwh_per_year": 1}, "confirmed": []}
