"""Subscribing, changing, unsubscribing, and how often."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Organisation
from accounts.policies import actor_of_organisation
from marketplace.audit.models import AuditRow
from marketplace.kernel.actors import Actor, Role
from marketplace.kernel.errors import Conflict, Invalid, NotAllowed, TooMany
from rfps.delivery.domain import subscribing
from rfps.delivery.domain.wishing import Wish
from rfps.delivery.models import Interest, Subscription
from tests.factories import people

pytestmark = pytest.mark.django_db
ENERGY = Wish(name="Energy", categories=["energy", "home"], keywords=["Green Power"])


@pytest.fixture
def actor(supplier: Organisation) -> Actor:
    return actor_of_organisation(supplier)


def interests(subscription: Subscription) -> list[str]:
    return sorted(Interest.objects.filter(subscription=subscription).values_list("category", flat=True))


def test_subscribing_registers_interests_and_meets_open_requests(actor: Actor, supplier: Organisation) -> None:
    made = subscribing.subscribe(actor=actor, wish=ENERGY)
    made.refresh_from_db()
    assert (made.organisation, made.keywords, made.keyword_phrases) == (supplier, ["Green Power"], ["green power"])
    assert (made.rematch_at is not None, interests(made)) == (True, ["energy", "home"])
    assert AuditRow.objects.get().verb == "subscription.created"
    assert subscribing.wish_of(made) == ENERGY


def test_sandbox_is_the_organisations() -> None:
    trial = people.organisation(sandbox=True)
    assert subscribing.subscribe(actor=actor_of_organisation(trial), wish=ENERGY).sandbox is True


def test_viewers_attesters_and_people_do_not_subscribe(actor: Actor, attester: Organisation) -> None:
    viewer = replace(actor, role=Role.VIEWER)
    for each in (viewer, actor_of_organisation(attester)):
        with pytest.raises(NotAllowed):
            subscribing.subscribe(actor=each, wish=ENERGY)
    assert Subscription.objects.count() == 0


NOW = timezone.now()
MANY = ["x"] * 101
LISTED = {"keywords": ["!", "a b c d", "x" * 101], "kinds": ["rfq"]}
AREA = {"area_kind": "radius", "lat": 91.0, "radius_km": 9.9}
BUDGET = {"budget_currency": "GBP", "budget_min": Decimal("0.001"), "budget_max": Decimal("NaN")}


@pytest.mark.parametrize(
    ("columns", "faults"),
    [
        ({"categories": []}, ["/categories required"]),
        ({"categories": ["energy", "no/such"]}, ["/categories/1 unknown_category"]),
        ({"area_kind": "country", "country": "gb"}, ["/area/country unknown_country"]),
        ({"area_kind": "country", "country": "ZZ"}, ["/area/country unknown_country"]),
        (AREA, ["/area/lat out_of_range", "/area/lon required", "/area/radius_km out_of_range"]),
        (AREA | {"lat": float("nan"), "lon": 0.0, "radius_km": 500}, ["/area/lat out_of_range"]),
        ({"budget_min": Decimal(1)}, ["/budget/currency required"]),
        ({"budget_currency": "XXX"}, ["/budget/currency unknown_currency"]),
        (BUDGET, ["/budget/min too_many_decimals", "/budget/max out_of_range"]),
        (BUDGET | {"budget_min": Decimal(2), "budget_max": Decimal(1)}, ["/budget/max below_min"]),
        (
            LISTED,
            ["/keywords/0 no_word", "/keywords/1 too_many_words", "/keywords/2 length", "/kinds/0 unknown_choice"],
        ),
        ({"capabilities": [" "], "mail": "hourly"}, ["/capabilities/0 length", "/channels/mail unknown_choice"]),
        ({"area_kind": "moon"}, ["/area unknown_choice"]),
        ({"active_from_at": NOW, "active_until_at": NOW}, ["/active_until_at order"]),
        ({"name": "x" * 121, "excluded_keywords": MANY}, ["/name length", "/excluded_keywords too_many"]),
    ],
)
def test_every_fault_is_named_at_once(actor: Actor, columns: dict[str, Any], faults: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        subscribing.subscribe(actor=actor, wish=replace(Wish(categories=["energy"]), **columns))
    assert [f"{fault.pointer} {fault.code}" for fault in refused.value.faults] == faults


def test_at_most_fifty_live_ones(actor: Actor) -> None:
    made = [subscribing.subscribe(actor=actor, wish=ENERGY) for _ in range(50)]
    with pytest.raises(Conflict) as refused:
        subscribing.subscribe(actor=actor, wish=ENERGY)
    assert refused.value.code == "subscription_limit"
    subscribing.unsubscribe(made[0], actor=actor)
    assert subscribing.subscribe(actor=actor, wish=ENERGY).pk is not None


def test_deleting_and_making_anew_is_no_way_around(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscribing, "NEW_A_DAY", 2)
    for _ in range(2):
        subscribing.unsubscribe(subscribing.subscribe(actor=actor, wish=ENERGY), actor=actor)
    with pytest.raises(TooMany) as refused:
        subscribing.subscribe(actor=actor, wish=ENERGY)
    assert 86_000 < refused.value.retry_after <= 86_401
    Subscription.objects.update(created_at=timezone.now() - timedelta(days=1))
    assert subscribing.subscribe(actor=actor, wish=ENERGY).pk is not None


def test_a_change_keeps_interests_in_step(actor: Actor) -> None:
    made = subscribing.subscribe(actor=actor, wish=ENERGY)
    Subscription.objects.update(rematch_at=None)
    made.refresh_from_db()
    changed = subscribing.change(made, actor=actor, wish=replace(ENERGY, categories=["events"]))
    assert (interests(changed), changed.revision, changed.rematch_at is not None) == (["events"], 2, True)
    assert AuditRow.objects.latest("pk").details == {"fields": ["categories"]}


def test_ten_changes_of_what_it_matches_a_day(actor: Actor) -> None:
    made = subscribing.subscribe(actor=actor, wish=ENERGY)
    for number in range(10):
        made = subscribing.change(made, actor=actor, wish=replace(ENERGY, keywords=[str(number)]))
    with pytest.raises(TooMany):
        subscribing.change(made, actor=actor, wish=ENERGY)
    kept = replace(subscribing.wish_of(made), name="Other", mail="instant")
    assert subscribing.change(made, actor=actor, wish=kept).name == "Other"
    assert subscribing.change(made, actor=actor, wish=kept).revision == 12
    made.changes.update(at=timezone.now() - timedelta(days=1))
    assert subscribing.change(made, actor=actor, wish=ENERGY).keywords == ["Green Power"]


def test_a_stale_change_is_refused(actor: Actor) -> None:
    made = subscribing.subscribe(actor=actor, wish=ENERGY)
    stale = Subscription.objects.get()
    subscribing.change(made, actor=actor, wish=replace(ENERGY, name="One"))
    with pytest.raises(Conflict):
        subscribing.change(stale, actor=actor, wish=replace(ENERGY, name="Two"))
    assert Subscription.objects.get().name == "One"


def test_unsubscribing_ends_it_once(actor: Actor, rival: Organisation) -> None:
    made = subscribing.subscribe(actor=actor, wish=ENERGY)
    with pytest.raises(NotAllowed):
        subscribing.unsubscribe(made, actor=actor_of_organisation(rival))
    subscribing.unsubscribe(made, actor=actor)
    made.refresh_from_db()
    assert (made.deleted_at is not None, made.rematch_at, interests(made)) == (True, None, [])
    with pytest.raises(Conflict):
        subscribing.unsubscribe(made, actor=actor)


def test_a_supplier_that_may_match_again_is_matched_anew(actor: Actor, supplier: Organisation) -> None:
    live, gone = (subscribing.subscribe(actor=actor, wish=ENERGY) for _ in range(2))
    subscribing.unsubscribe(gone, actor=actor)
    Subscription.objects.update(rematch_at=None)
    subscribing.rematch_all(supplier)
    assert list(Subscription.objects.filter(rematch_at__isnull=False)) == [live]
