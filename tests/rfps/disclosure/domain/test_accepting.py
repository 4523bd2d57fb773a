"""Terms are accepted before anything is shown, and places are counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.policies import actor_of_member, actor_of_organisation, actor_of_person
from marketplace.audit.models import AuditRow
from marketplace.kernel.errors import Conflict, Invalid, NotAllowed
from rfps.delivery.domain import answering
from rfps.delivery.models import Opportunity
from rfps.disclosure import roster
from rfps.disclosure.domain import accepting
from rfps.disclosure.models import Grant, TermsAcceptance
from rfps.models import Rfp
from tests.factories import delivery, disclosure, people
from tests.racing import race

pytestmark = pytest.mark.django_db


def accept(opportunity: Opportunity, terms: str = "PDC-INTENT") -> TermsAcceptance:
    return accepting.accept(opportunity, actor=actor_of_organisation(opportunity.organisation), terms=terms)


def test_acceptance_includes_the_terms_of_performance(customer: User, supplier: Organisation) -> None:
    made = disclosure.opportunity(disclosure.request(customer), supplier, accepted=False)
    acceptance = accept(made)
    assert (acceptance.terms.slug, acceptance.award_terms.slug) == ("PDC-INTENT", "SD-BASE")
    assert (acceptance.actor_id, Grant.objects.get().stage) == (supplier.public_id, "S1")
    assert made.accepted_at is not None
    assert made.place_until is not None
    assert timedelta(hours=47) < made.place_until - timezone.now() <= timedelta(hours=48)
    row = AuditRow.objects.get(verb="terms.accepted")
    assert row.details["terms"] == [acceptance.terms.sha256, acceptance.award_terms.sha256]


def test_the_version_of_the_request_is_what_is_accepted(customer: User, supplier: Organisation) -> None:
    made = disclosure.opportunity(disclosure.request(customer), supplier, accepted=False)
    disclosure.terms("PDC-INTENT", "999")
    disclosure.terms("SD-BASE", "999")
    acceptance = accept(made)
    assert (acceptance.terms.version, acceptance.award_terms.sha256) == ("1", roster.agreement("SD-BASE").sha256)


def test_accepting_twice_is_one_acceptance(customer: User, supplier: Organisation) -> None:
    made = disclosure.opportunity(disclosure.request(customer), supplier)
    first = TermsAcceptance.objects.get()
    assert accept(made) == first
    Rfp.objects.update(closed_early_at=timezone.now())
    assert accept(made) == first
    assert (Grant.objects.count(), AuditRow.objects.filter(verb="terms.accepted").count()) == (1, 1)


def test_other_terms_are_refused(customer: User, supplier: Organisation) -> None:
    made = disclosure.opportunity(disclosure.request(customer), supplier, accepted=False)
    with pytest.raises(Invalid) as refused:
        accept(made, "SD-BASE")
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/terms", "other_terms")]
    assert Grant.objects.count() == 0


def test_only_who_may_bid_accepts(customer: User, supplier: Organisation, rival: Organisation) -> None:
    made = disclosure.opportunity(disclosure.request(customer), supplier, accepted=False)
    viewer = people.person()
    people.member(supplier, viewer, "viewer")
    for actor in (actor_of_member(viewer, supplier), actor_of_organisation(rival), actor_of_person(customer)):
        with pytest.raises(NotAllowed):
            accepting.accept(made, actor=actor, terms="PDC-INTENT")


def test_an_unchecked_supplier_accepts_nothing(customer: User) -> None:
    unchecked = people.organisation(checked=False)
    made = disclosure.opportunity(disclosure.request(customer), unchecked, accepted=False)
    with pytest.raises(NotAllowed) as refused:
        accept(made)
    assert refused.value.code == "not_checked"


@pytest.mark.parametrize("fact", ["closed_early_at", "cancelled_at", "ended_at", "awarded_at"])
def test_only_an_open_request_is_accepted(customer: User, supplier: Organisation, fact: str) -> None:
    made = disclosure.opportunity(disclosure.request(customer, **{fact: timezone.now()}), supplier, accepted=False)
    with pytest.raises(Conflict) as refused:
        accept(made)
    assert (refused.value.code, TermsAcceptance.objects.count()) == ("not_open", 0)


def test_places_are_counted(customer: User, supplier: Organisation, rival: Organisation) -> None:
    rfp = disclosure.request(customer, places=1)
    taken = disclosure.opportunity(rfp, supplier)
    other = disclosure.opportunity(rfp, rival, accepted=False)
    assert accepting.places_left(rfp) == 0
    with pytest.raises(Conflict) as refused:
        accept(other)
    assert (refused.value.code, TermsAcceptance.objects.count()) == ("no_place_left", 1)
    Opportunity.objects.filter(pk=taken.pk).update(declined_at=timezone.now())
    accept(other)
    assert accepting.places_left(rfp) == 0


def test_a_place_lapses_without_a_draft(customer: User, supplier: Organisation, rival: Organisation) -> None:
    rfp = disclosure.request(customer, places=1)
    first = disclosure.opportunity(rfp, supplier)
    Opportunity.objects.filter(pk=first.pk).update(place_until=timezone.now() - timedelta(seconds=1))
    second = disclosure.opportunity(rfp, rival)
    for attempt in (lambda: accept(first), lambda: accepting.retake_place(first)):
        with pytest.raises(Conflict) as refused:
            attempt()
        assert refused.value.code == "no_place_left"
    Opportunity.objects.filter(pk=second.pk).update(declined_at=timezone.now())
    accepting.retake_place(first)
    assert (first.place_until, TermsAcceptance.objects.count()) == (None, 2)


def test_a_draft_keeps_the_place_for_good(customer: User, supplier: Organisation, rival: Organisation) -> None:
    rfp = disclosure.request(customer, places=1)
    first = disclosure.opportunity(rfp, supplier)
    accepting.retake_place(first)
    assert first.place_until is None
    with pytest.raises(Conflict):
        accept(disclosure.opportunity(rfp, rival, accepted=False))


def test_no_place_before_the_terms(customer: User, supplier: Organisation) -> None:
    made = disclosure.opportunity(disclosure.request(customer), supplier, accepted=False)
    with pytest.raises(Conflict) as refused:
        accepting.retake_place(made)
    assert refused.value.code == "terms_not_accepted"


def test_who_declined_may_think_again(customer: User, supplier: Organisation) -> None:
    made = disclosure.opportunity(disclosure.request(customer), supplier)
    Opportunity.objects.filter(pk=made.pk).update(declined_at=timezone.now(), decline_reason="too far")
    accept(made)
    assert (made.declined_at, made.decline_reason) == (None, "")


def test_who_refused_may_think_again(customer: User, supplier: Organisation) -> None:
    made = disclosure.opportunity(disclosure.request(customer), supplier, accepted=False)
    Opportunity.objects.filter(pk=made.pk).update(refused_at=timezone.now(), refuse_reason="too strict")
    accept(made)
    assert (made.refused_at, made.refuse_reason) == (None, "")


@pytest.mark.django_db(transaction=True)
def test_the_last_place_goes_once(customer: User) -> None:
    rfp = disclosure.request(customer, places=2)
    waiting = [delivery.opportunity(rfp, people.organisation()) for _ in range(5)]
    outcomes = race(lambda: accept(waiting.pop()), times=5)
    refused = [outcome.code for outcome in outcomes if isinstance(outcome, Conflict)]
    assert (refused, TermsAcceptance.objects.count()) == (["no_place_left"] * 3, 2)


def test_declining_ends_the_grant_and_accepting_again_gives_another(customer: User, supplier: Organisation) -> None:
    made = disclosure.opportunity(disclosure.request(customer), supplier, accepted=False)
    accept(made)
    answering.decline(made, actor=actor_of_organisation(supplier))
    assert [(each.stage, each.end_cause) for each in made.grants.all()] == [("S1", "declined")]
    accept(made)
    assert [(each.stage, each.end_cause) for each in made.grants.order_by("id")] == [("S1", "declined"), ("S1", "")]


def test_who_declined_accepts_again_before_a_bid(customer: User, supplier: Organisation) -> None:
    made = disclosure.opportunity(disclosure.request(customer), supplier, accepted=False)
    accept(made)
    answering.decline(made, actor=actor_of_organisation(supplier))
    with pytest.raises(Conflict) as refused:
        accepting.retake_place(made)
    assert refused.value.code == "declined"
