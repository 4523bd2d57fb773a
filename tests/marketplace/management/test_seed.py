"""The demo's story: somebody in every role, a request in every phase."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person, visible_check_requests, visible_suspensions
from bids.domain import comparing, needing, watching
from bids.domain.needing import Why
from bids.policies import visible_bids
from bids.states import BidState
from marketplace.demo.story import LISTENERS
from rfps.delivery.models import Subscription
from rfps.delivery.policies import visible_opportunities
from rfps.models import Rfp
from rfps.policies import visible_rfps
from rfps.states import Phase

pytestmark = pytest.mark.django_db


def phases() -> list[str]:
    return sorted(Rfp.objects.with_phase().values_list("phase", flat=True))


def test_story_has_a_request_in_every_phase_and_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_PASSWORD", "a password for the demo")
    call_command("seed")
    first = (phases(), User.objects.count())
    assert set(first[0]) == set(Phase.values)
    live = Subscription.objects.filter(deleted_at__isnull=True)
    assert live.values("organisation").distinct().count() == 12
    assert not live.filter(organisation__memberships__user__email__endswith="@demo.example").exists()
    call_command("seed")
    assert (phases(), User.objects.count()) == first


def test_no_password_no_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    with pytest.raises(CommandError, match="DEMO_PASSWORD is not set"):
        call_command("seed")
    assert User.objects.count() == 0


def test_everybody_who_can_sign_in_has_something_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_PASSWORD", "a password for the demo")
    call_command("seed")
    people = {
        user.email.partition("@")[0]: actor_of_person(user)
        for user in User.objects.filter(email__endswith="@demo.example")
    }
    why = {name: {need.why for need in needing.needs(actor)} for name, actor in people.items()}
    assert Why.CHOOSE in why["customer"]
    assert Why.APPROVE in why["partner"]
    calder, ravensworth = (actor_of_organisation(Organisation.objects.get(name=name)) for name in LISTENERS)
    for actor in (calder, ravensworth):
        assert {"open", "deciding", "awarded"} == {row.phase for row in visible_opportunities(actor)}
    states = set(visible_bids(calder).values_list("state", flat=True))
    assert {BidState.DRAFT, BidState.SUBMITTED, BidState.AWARDED} <= states
    assert visible_check_requests(people["operator"]).count() == 5
    assert watching.unmatched_count(actor=people["operator"]) == 2
    assert visible_suspensions(people["operator"]).count() == 1

    rfp = visible_rfps(people["customer"]).get(current__title="Electricity for a year")
    rows = comparing.compare(rfp, actor=people["customer"])["bids"]
    offers = {row["supplier"]["name"]: row for row in rows if row["source"] == "bid"}
    assert len(offers) == 6
    assert {row["source"] for row in rows} == {"bid", "current", "own_entry"}
    assert (offers["Northlight Energy"]["rank"], offers["Northlight Energy"]["total"]["amount"]) == (1, "864.40")
    assert not offers["Tidewater Power"]["eligible"]
    assert "estimate" in offers["Kestrel Green"]["flags"]
    assert "missing_line" in offers["Ravensworth Power"]["flags"]
