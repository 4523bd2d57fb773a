"""Settings of notices, and reading them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from accounts.domain.noticing import choose_pace, pace_of, read
from accounts.models import Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person, visible_notices
from marketplace.audit.models import AuditRow
from marketplace.kernel.errors import Invalid, NotAllowed
from marketplace.mail import notices
from marketplace.mail.models import NoticeSetting

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("pace", ["at_once", "daily", "needs_me"])
def test_a_person_chooses_their_pace(customer: User, pace: str) -> None:
    assert pace_of(customer) == "needs_me"
    choose_pace(customer, actor=actor_of_person(customer), pace=pace)
    assert (pace_of(customer), AuditRow.objects.get().details) == (pace, {"pace": pace})
    assert (NoticeSetting.objects.get().next_at is not None) == (pace == "daily")


@pytest.mark.parametrize("pace", ["hourly", "", None, 3])
def test_other_paces_are_refused(customer: User, pace: Any) -> None:
    with pytest.raises(Invalid):
        choose_pace(customer, actor=actor_of_person(customer), pace=pace)


def test_nobody_chooses_for_another(customer: User, partner: User, supplier: Organisation) -> None:
    for actor in (actor_of_person(partner), actor_of_organisation(supplier)):
        with pytest.raises(NotAllowed):
            choose_pace(customer, actor=actor, pace="daily")


def test_notices_are_seen_and_read_by_their_person(customer: User, partner: User, supplier: Organisation) -> None:
    for number in (1, 2):
        notices.bid_received(customer.pk, rfp_id=UUID(int=number), number=1, sealed=True)
    assert list(visible_notices(actor_of_person(partner))) == []
    assert list(visible_notices(actor_of_organisation(supplier))) == []
    actor = actor_of_person(customer)
    assert [read(actor=actor, rfp_id=UUID(int=1)), read(actor=actor), read(actor=actor)] == [1, 1, 0]
    assert read(actor=actor_of_person(partner)) == 0
