"""Looking, declining, refusing the conditions."""

from __future__ import annotations

from dataclasses import replace
from threading import Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Organisation
from accounts.policies import actor_of_organisation
from marketplace.kernel.actors import Actor, Role
from marketplace.kernel.errors import Conflict, Invalid, NotAllowed
from rfps.delivery.domain import answering
from rfps.delivery.models import Opportunity
from rfps.models import Rfp
from tests.factories import delivery
from tests.faults.engines import await_true

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor(supplier: Organisation) -> Actor:
    return actor_of_organisation(supplier)


@pytest.fixture
def known(supplier: Organisation) -> Opportunity:
    return delivery.opportunity(delivery.open_rfp(), supplier)


def test_the_first_look_is_noted_once(known: Opportunity, actor: Actor) -> None:
    viewer = replace(actor, role=Role.VIEWER)
    first = answering.open_(known, actor=viewer).opened_at
    stale = Opportunity.objects.get()
    stale.opened_at = None
    assert first is not None
    assert answering.open_(stale, actor=actor).opened_at == first


def test_rivals_neither_look_nor_answer(known: Opportunity, rival: Organisation) -> None:
    other = actor_of_organisation(rival)
    for call in (answering.open_, answering.decline, answering.refuse_terms):
        with pytest.raises(NotAllowed):
            call(known, actor=other)
    known.refresh_from_db()
    assert (known.opened_at, known.declined_at, known.refused_at) == (None, None, None)


def test_declining_once_with_a_reason(known: Opportunity, actor: Actor) -> None:
    assert answering.decline(known, actor=actor, reason=" too far ").decline_reason == "too far"
    with pytest.raises(Conflict):
        answering.decline(known, actor=actor)
    with pytest.raises(Invalid):
        answering.decline(known, actor=actor, reason="x" * 501)


def test_a_viewer_speaks_for_nobody(known: Opportunity, actor: Actor) -> None:
    with pytest.raises(NotAllowed):
        answering.decline(known, actor=replace(actor, role=Role.VIEWER))


def test_conditions_are_refused_before_they_are_accepted(known: Opportunity, actor: Actor) -> None:
    refused = answering.refuse_terms(known, actor=actor, reason="No resale clause.")
    assert (refused.refused_at is not None, refused.refuse_reason) == (True, "No resale clause.")
    with pytest.raises(Conflict):
        answering.refuse_terms(known, actor=actor)
    Opportunity.objects.update(refused_at=None, accepted_at=timezone.now())
    with pytest.raises(Conflict):
        answering.refuse_terms(known, actor=actor)


def test_nobody_declines_what_is_over(supplier: Organisation, actor: Actor) -> None:
    over = delivery.opportunity(delivery.open_rfp(cancelled_at=timezone.now()), supplier)
    for call in (answering.decline, answering.refuse_terms):
        with pytest.raises(Conflict):
            call(over, actor=actor)


@pytest.mark.django_db(transaction=True)
def test_declining_waits_for_the_request_before_it_holds_anything(known: Opportunity, actor: Actor) -> None:
    def decline() -> None:
        answering.decline(known, actor=actor)
        connection.close()

    with transaction.atomic():
        Rfp.objects.select_for_update(no_key=True).get(pk=known.rfp_id)
        other = Thread(target=decline)
        other.start()
        await_true(lambda: waiting() == 1, 20)
        Opportunity.objects.select_for_update(no_key=True, nowait=True).get(pk=known.pk)
    other.join(20)
    known.refresh_from_db()
    assert known.declined_at is not None


def waiting() -> int:
    """How many connections to this database wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees what it saw first
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])
