"""A grant is issued, superseded and ended, never edited."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person
from marketplace.audit.models import AuditRow
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import Conflict, NotAllowed
from rfps import signals
from rfps.delivery.models import Match, Opportunity
from rfps.disclosure.domain import granting
from rfps.disclosure.models import Grant
from rfps.disclosure.policies import visible_grants
from rfps.disclosure.states import Stage
from rfps.models import Rfp
from tests.factories import disclosure
from tests.racing import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def fitting(customer: User, supplier: Organisation) -> Opportunity:
    """The supplier accepted the customer's terms."""
    return disclosure.opportunity(disclosure.request(customer), supplier)


def test_stages_supersede_each_other(customer: User, fitting: Opportunity) -> None:
    first = Grant.objects.get()
    second = granting.grant(fitting, Stage.SHORTLISTED, actor=actor_of_person(customer))
    third = granting.grant(fitting, Stage.AWARDED, actor=actor_of_person(customer))
    first.refresh_from_db()
    assert (first.end_cause, second.supersedes, third.supersedes) == ("superseded", first, second)
    assert (first.purpose, third.purpose) == ("prepare_offer", "perform_contract")
    assert [entry["field"] for entry in first.fields] == ["energy.kwh_per_year", "identity.birth_date"]
    assert {entry["stage"] for entry in third.fields} == {"S3"}
    assert len(third.fields) == 5
    assert granting.stage_of(fitting) == Stage.AWARDED


def test_a_stage_is_granted_once_and_never_taken_back_in_part(customer: User, fitting: Opportunity) -> None:
    second = granting.grant(fitting, Stage.SHORTLISTED, actor=actor_of_person(customer))
    for stage in (Stage.SHORTLISTED, Stage.BIDDER):
        assert granting.grant(fitting, stage, actor=actor_of_person(customer)) == second
    assert Grant.objects.count() == 2


def test_nothing_without_the_terms(customer: User, rival: Organisation) -> None:
    made = disclosure.opportunity(disclosure.request(customer), rival, accepted=False)
    with pytest.raises(Conflict) as refused:
        granting.grant(made, Stage.AWARDED, actor=actor_of_person(customer))
    assert (refused.value.code, granting.stage_of(made)) == ("terms_not_accepted", Stage.ANNOUNCED)


def test_only_the_customer_opens_more(fitting: Opportunity, partner: User, supplier: Organisation) -> None:
    for actor in (actor_of_organisation(supplier), actor_of_person(partner)):
        with pytest.raises(NotAllowed):
            granting.grant(fitting, Stage.SHORTLISTED, actor=actor)


def test_an_ended_grant_stays_ended(customer: User, fitting: Opportunity) -> None:
    told: list[str] = []

    def listen(sender: object, cause: str, **_kwargs: object) -> None:
        told.append(cause)

    signals.grant_ended.connect(listen)
    ended = granting.end(fitting, cause="withdrawn", actor=actor_of_person(customer))
    assert granting.end(fitting, cause="withdrawn", actor=actor_of_person(customer)) is None
    signals.grant_ended.disconnect(listen)
    assert ended is not None
    assert (ended.end_cause, ended.ended_at is None, told) == ("withdrawn", False, ["withdrawn"])
    assert granting.stage_of(fitting) == Stage.ENDED
    with pytest.raises(Conflict) as refused:
        granting.grant(fitting, Stage.AWARDED, actor=actor_of_person(customer))
    assert refused.value.code == "grant_ended"


def test_a_supplier_that_lost_may_still_be_chosen(fitting: Opportunity, customer: User) -> None:
    actor = actor_of_person(customer)
    granting.grant(fitting, Stage.BIDDER, actor=SYSTEM)
    granting.end(fitting, cause="lost", actor=actor)
    with pytest.raises(Conflict):
        granting.grant(fitting, Stage.SHORTLISTED, actor=actor)
    assert granting.grant(fitting, Stage.AWARDED, actor=actor).stage == Stage.AWARDED
    assert granting.stage_of(fitting) == Stage.AWARDED


def test_who_lost_may_be_chosen_after_all(customer: User, fitting: Opportunity) -> None:
    granting.grant(fitting, Stage.SHORTLISTED, actor=actor_of_person(customer))
    lost = granting.end(fitting, cause="lost", actor=actor_of_person(customer))
    with pytest.raises(Conflict):
        granting.grant(fitting, Stage.SHORTLISTED, actor=actor_of_person(customer))
    chosen = granting.grant(fitting, Stage.AWARDED, actor=actor_of_person(customer))
    assert (chosen.supersedes, granting.stage_of(fitting)) == (lost, Stage.AWARDED)
    assert lost is not None
    lost.refresh_from_db()
    assert lost.end_cause == "lost"
    assert Match.objects.order_by("-id")[0].event.type == "grant.issued"


def test_strangers_end_nothing(fitting: Opportunity, rival: Organisation, partner: User) -> None:
    for actor in (actor_of_organisation(rival), actor_of_person(partner)):
        with pytest.raises(NotAllowed):
            granting.end(fitting, cause="lost", actor=actor)


@pytest.mark.parametrize("fact", ["cancelled_at", "ended_at"])
def test_a_request_that_is_over_shows_nothing(fitting: Opportunity, fact: str) -> None:
    Rfp.objects.update(**{fact: timezone.now()})
    assert granting.stage_of(fitting) == Stage.ENDED


def test_a_lapsed_request_shows_nothing(fitting: Opportunity) -> None:
    past = timezone.now() - timezone.timedelta(days=40)
    Rfp.objects.update(
        published_at=past, closes_at=past + timezone.timedelta(1), decides_by=past + timezone.timedelta(2)
    )
    assert granting.stage_of(fitting) == Stage.ENDED


def test_the_supplier_is_told_the_stage_and_nothing_else(customer: User, fitting: Opportunity) -> None:
    granting.grant(fitting, Stage.SHORTLISTED, actor=actor_of_person(customer))
    granting.end(fitting, cause="lost", actor=SYSTEM)
    told = [(match.event.type, match.event.data) for match in Match.objects.order_by("id").select_related("event")]
    about = {"rfp": str(fitting.rfp.public_id), "opportunity": str(fitting.public_id)}
    assert told == [
        ("grant.issued", {**about, "stage": "S1"}),
        ("grant.superseded", {**about, "stage": "S2"}),
        ("grant.ended", {**about, "stage": "S4"}),
    ]


def test_grants_are_immutable_in_the_database(fitting: Opportunity) -> None:
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        Grant.objects.update(stage="S3")


def test_both_parties_see_the_grant(
    customer: User, partner: User, supplier: Organisation, rival: Organisation, fitting: Opportunity
) -> None:
    actors = [actor_of_person(customer), actor_of_organisation(supplier)]
    strangers = [actor_of_person(partner), actor_of_organisation(rival)]
    assert [list(visible_grants(actor)) for actor in actors] == [[Grant.objects.get()]] * 2
    assert [list(visible_grants(actor)) for actor in strangers] == [[], []]


def test_every_change_is_recorded(customer: User, fitting: Opportunity) -> None:
    granting.end(fitting, cause="lost", actor=actor_of_person(customer))
    grant = Grant.objects.get()
    rows = AuditRow.objects.filter(object_kind="grant").order_by("id").values_list("verb", "object_id", "details")
    assert list(rows) == [
        ("grant.issued", grant.public_id, {"stage": "S1", "supersedes": None}),
        ("grant.ended", grant.public_id, {"cause": "lost"}),
    ]


@pytest.mark.django_db(transaction=True)
def test_grants_at_once_make_one_chain(customer: User, supplier: Organisation) -> None:
    made = disclosure.opportunity(disclosure.request(customer), supplier)
    outcomes = race(lambda: granting.grant(made, Stage.AWARDED, actor=actor_of_person(customer)), times=4)
    assert {type(outcome) for outcome in outcomes} == {Grant}
    assert list(Grant.objects.order_by("pk").values_list("stage", flat=True)) == ["S1", "S3"]
