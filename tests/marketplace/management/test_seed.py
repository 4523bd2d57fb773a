"""The demo's story: somebody in every role, a request in every phase."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organisation, User
from rfps.delivery.models import Subscription
from rfps.models import Rfp
from rfps.states import Phase

pytestmark = pytest.mark.django_db


def phases() -> list[str]:
    return sorted(Rfp.objects.with_phase().values_list("phase", flat=True))


def test_story_has_a_request_in_every_phase_and_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_PASSWORD", "a password for the demo")
    call_command("seed")
    first = (phases(), User.objects.count())
    assert first[0] == sorted(Phase.values)
    subscribed = Organisation.objects.filter(subscriptions__isnull=False).distinct()
    assert subscribed.count() == 12
    assert not Subscription.objects.filter(organisation__memberships__user__email__endswith="@demo.example").exists()
    call_command("seed")
    assert (phases(), User.objects.count()) == first


def test_no_password_no_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    with pytest.raises(CommandError, match="DEMO_PASSWORD is not set"):
        call_command("seed")
    assert User.objects.count() == 0
