"""The changes that would reach more suppliers: equal to the oracle, and made with one call."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import Organisation, User
from accounts.policies import actor_of_person
from marketplace.kernel.errors import Conflict, NotAllowed
from rfps.delivery.domain import counting
from rfps.delivery.domain.counting import roughly
from rfps.delivery.domain.matching import MatchFacts
from rfps.delivery.models import Subscription
from rfps.domain import blocking, drafting, widening
from rfps.domain.previewing import audience
from rfps.domain.sharing import share
from rfps.models import Rfp
from rfps.states import Phase
from tests.factories import delivery, people
from tests.factories import rfps as make
from tests.rfps.delivery import oracle
from tests.rfps.delivery.populations import requests, wishes

pytestmark = pytest.mark.django_db
CAPABLE = {"capabilities": ["smart"]}


def by_oracle(facts: MatchFacts) -> int:
    now = timezone.now()
    return len({wish.organisation_id for wish in Subscription.objects.all() if oracle.fits(facts, wish, now)})


def keys(rfp: Rfp) -> list[str]:
    return [one.key for one in widening.widenings(rfp, actor=actor_of_person(rfp.customer))]


def apply(rfp: Rfp, key: str) -> Rfp:
    return widening.apply(rfp, actor=actor_of_person(rfp.customer), key=key)


class ReachedTest(TestCase):
    """Four suppliers with up to three subscriptions each."""

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        variants=st.lists(requests(), max_size=4), wanted=st.lists(st.tuples(st.integers(0, 3), wishes()), max_size=9)
    )
    def test_equals_the_oracle(self, variants: list[MatchFacts], wanted: list[tuple[int, dict[str, Any]]]) -> None:
        organisations = [people.organisation(sandbox=each % 2 == 1) for each in range(4)]
        for owner, columns in wanted:
            delivery.subscription(organisations[owner], **columns)
        assert counting.reached(variants) == [by_oracle(facts) for facts in variants]

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(wanted=st.lists(wishes(), min_size=1, max_size=12))
    def test_every_change_counts_what_the_oracle_counts(self, wanted: list[dict[str, Any]]) -> None:
        for columns in wanted:
            delivery.subscription(people.organisation(), **columns)
        customer = people.person()
        rfp = make.published(customer, capabilities=["smart", "solar"])
        now = audience(rfp)["matched"]
        for change in widening._best(make.again(rfp)):
            facts = widening.varied(rfp, drafting.content_of(rfp), change.body)
            assert (change.reaches, change.gains) == (roughly(by_oracle(facts)), roughly(by_oracle(facts) - now))


def test_the_three_that_reach_most_more(customer: User) -> None:
    for number, columns in ((8, {}), (4, CAPABLE | {"budget_currency": "GBP", "budget_min": 5000})):
        for _ in range(number):
            delivery.subscription(**columns)
    for _ in range(5):
        delivery.subscription(area_kind="remote", capabilities=["smart"])
    rfp = make.published(customer, capabilities=["smart"])
    found = widening.widenings(rfp, actor=actor_of_person(customer))
    assert [(one.key, one.subject, one.reaches, one.gains) for one in found] == [
        ("capability:smart", "smart", 10, 10),
        ("remote", "", 5, 5),
        ("budget", "", 5, 5),
    ]


def test_only_what_reaches_more_is_offered_and_more_time(customer: User) -> None:
    rfp = make.published(customer)
    assert [(one.key, one.gains, one.at_once) for one in widening.widenings(rfp, actor=actor_of_person(customer))] == [
        ("time", 0, True)
    ]


def test_a_must_whose_words_keep_companies_away_can_go(customer: User, supplier: Organisation) -> None:
    delivery.subscription(supplier, excluded_keywords=["renewable"])
    rfp = make.published(customer, requirements=make.body()["requirements"])
    assert keys(rfp)[0] == "must:0"
    copy = apply(rfp, "must:0")
    body = drafting.content_of(copy).body
    assert [row["text"] for row in body["requirements"]] == ["Notice period"]
    assert [row.get("requirement") for row in body["criteria"]] == [None, 0, None]
    assert audience(copy)["matched"] == 1


def test_blocked_suppliers_are_not_counted(customer: User, supplier: Organisation) -> None:
    delivery.subscription(supplier)
    rfp = make.published(customer, capabilities=["smart"])
    assert keys(rfp)[0] == "capability:smart"
    blocking.block(supplier, actor=actor_of_person(customer))
    assert keys(rfp) == ["time"]


def test_more_time_moves_the_deadline_of_an_open_request(customer: User) -> None:
    rfp = make.published(customer)
    later = apply(rfp, "time")
    assert (later.pk, later.phase) == (rfp.pk, Phase.OPEN)
    assert rfp.closes_at is not None
    assert later.closes_at is not None
    assert later.closes_at - rfp.closes_at > timedelta(days=4)


@pytest.mark.parametrize("key", ["budget", "capability:smart", "must:0", "country", "remote"])
def test_every_other_change_of_an_open_request_is_a_copy(customer: User, key: str) -> None:
    rfp = make.published(customer, capabilities=["smart"])
    copy = apply(rfp, key)
    assert (copy.copy_of, copy.phase, make.again(rfp).revision) == (rfp, Phase.DRAFT, rfp.revision)
    before, after = drafting.content_of(rfp).body, drafting.content_of(copy).body
    member = {"budget": "budget", "capability": "capabilities", "must": "requirements"}.get(
        key.partition(":")[0], "area"
    )
    assert after[member] != before[member]


def test_after_the_deadline_more_time_is_a_copy_too(customer: User) -> None:
    rfp = make.in_phase(customer, Phase.DECIDING)
    copy = apply(rfp, "time")
    assert copy.copy_of == rfp
    assert drafting.content_of(copy).body["closes_at"]


def test_a_draft_is_changed_itself(customer: User) -> None:
    rfp = make.draft(customer, capabilities=["smart"])
    assert apply(rfp, "capability:smart").pk == rfp.pk
    assert drafting.content_of(make.again(rfp)).body["capabilities"] == []


def test_a_draft_about_nothing_yet_has_no_changes(customer: User) -> None:
    rfp = drafting.draft(actor=actor_of_person(customer), body={})
    assert keys(rfp) == []


def test_what_is_not_on_offer_is_refused(customer: User) -> None:
    with pytest.raises(Conflict) as refused:
        apply(make.published(customer), "capability:smart")
    assert refused.value.code == "no_such_change"


def test_who_looks_sees_the_changes_and_makes_none(customer: User, partner: User) -> None:
    rfp = share(make.published(customer), actor=actor_of_person(customer), sharing="decide")
    assert widening.widenings(rfp, actor=actor_of_person(partner))
    with pytest.raises(NotAllowed):
        widening.apply(rfp, actor=actor_of_person(partner), key="time")


def test_counting_costs_the_same_for_many_changes(customer: User, django_assert_num_queries: Any) -> None:
    for capabilities in (["smart"], ["smart", "solar", "night"]):
        rfp = make.published(customer, capabilities=capabilities)
        with django_assert_num_queries(7):
            widening.widenings(rfp, actor=actor_of_person(customer))
