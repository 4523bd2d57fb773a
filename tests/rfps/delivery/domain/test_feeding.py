"""The feed skips nothing, also not what commits late."""

from __future__ import annotations

from datetime import timedelta
from threading import Event as Flag
from threading import Thread
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Organisation
from accounts.policies import actor_of_organisation
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Gone
from rfps.delivery.domain import emitting, feeding
from rfps.delivery.domain.feeding import Position
from rfps.delivery.models import Event, Match, Opportunity
from tests.factories import delivery

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def actor(supplier: Organisation) -> Actor:
    return actor_of_organisation(supplier)


@pytest.fixture
def known(supplier: Organisation) -> Opportunity:
    return delivery.opportunity(delivery.open_rfp(), supplier)


def tell(known: Opportunity) -> int:
    return emitting.tell([known], type="bid.shortlisted", data={}).pk


def events(page: feeding.Page) -> list[int]:
    return [match.event_id for match in page.matches]


def walk(actor: Actor, limit: int) -> list[int]:
    found, after, more = [], None, True
    while more:
        page = feeding.read(actor=actor, after=after, limit=limit)
        found += events(page)
        after, more = page.position, page.has_more
    return found


def test_pages_follow_each_other(actor: Actor, known: Opportunity) -> None:
    told = [tell(known) for _ in range(5)]
    assert [walk(actor, limit) for limit in (1, 2, 5, 9)] == [told] * 4


def test_an_empty_page_stays_where_it_was(actor: Actor, known: Opportunity) -> None:
    tell(known)
    page = feeding.read(actor=actor, after=None, limit=9)
    again = feeding.read(actor=actor, after=page.position, limit=9)
    assert (again.matches, again.position, again.has_more) == ([], page.position, False)
    told = tell(known)
    assert events(feeding.read(actor=actor, after=page.position, limit=9)) == [told]


def test_only_what_reached_the_supplier(actor: Actor, rival: Organisation, attester: Organisation) -> None:
    tell(delivery.opportunity(delivery.open_rfp(), rival))
    assert walk(actor, 9) == []
    assert walk(actor_of_organisation(attester), 9) == []


def test_a_late_commit_is_not_skipped(actor: Actor, known: Opportunity) -> None:
    written, seen = Flag(), Flag()
    late: list[int] = []

    def write_slowly() -> None:
        with transaction.atomic():
            late.append(tell(known))
            written.set()
            seen.wait(20)
        connection.close()

    slow = Thread(target=write_slowly)
    slow.start()
    written.wait(20)
    quick = tell(known)
    page = feeding.read(actor=actor, after=None, limit=9)
    assert events(page) == []
    seen.set()
    slow.join(20)
    assert events(feeding.read(actor=actor, after=page.position, limit=9)) == [*late, quick]


def test_a_rollback_leaves_no_gap(actor: Actor, known: Opportunity) -> None:
    first = tell(known)
    with transaction.atomic():
        tell(known)
        transaction.set_rollback(True)
    second = tell(known)
    assert walk(actor, 1) == [first, second]


def test_transaction_ids_are_numbers_not_text(actor: Actor, known: Opportunity) -> None:
    told = [tell(known) for _ in range(3)]
    for event, xid in zip(told, ("10", "9", "100"), strict=True):
        Match.objects.filter(event=event).update(xid=xid)
    assert walk(actor, 1) == [told[1], told[0], told[2]]


def test_a_new_epoch_refuses_old_cursors_and_keeps_the_order(actor: Actor, known: Opportunity, capsys: Any) -> None:
    old = tell(known)
    Match.objects.update(xid=str(2**62))  # counted before the restore
    before = feeding.read(actor=actor, after=None, limit=9)
    assert events(before) == []
    call_command("bump_epoch")
    assert capsys.readouterr().out == "2\n"
    new = tell(known)
    assert walk(actor, 1) == [old, new]
    with pytest.raises(Gone):
        feeding.read(actor=actor, after=Position(1, 1, 5, 1, int(timezone.now().timestamp())), limit=9)


def test_ninety_days_are_kept(actor: Actor, known: Opportunity) -> None:
    old, new = tell(known), tell(known)
    Match.objects.filter(event=old).update(matched_at=timezone.now() - timedelta(days=90))
    assert walk(actor, 1) == [new]
    stale = Position(1, 1, 1, 1, int((timezone.now() - timedelta(days=91)).timestamp()))
    with pytest.raises(Gone) as gone:
        feeding.read(actor=actor, after=stale, limit=9)
    assert gone.value.code == "cursor_expired"


def test_who_stops_in_the_middle_is_as_old_as_the_last_item(actor: Actor, known: Opportunity) -> None:
    told = [tell(known) for _ in range(2)]
    long_ago = timezone.now() - timedelta(days=80)
    Match.objects.update(matched_at=long_ago)
    middle = feeding.read(actor=actor, after=None, limit=1)
    ended = feeding.read(actor=actor, after=middle.position, limit=1)
    assert (events(middle), events(ended)) == (told[:1], told[1:])
    assert middle.position.at == int(long_ago.timestamp())
    assert ended.position.at > int(long_ago.timestamp())
    assert Event.objects.count() == 2
