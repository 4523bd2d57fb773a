"""Shards are worked off once, whoever stops when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core import mail as outbox
from django.db import InternalError, OperationalError, connection
from django.db.models.functions import Now

from accounts.models import Organisation, User
from marketplace.mail import sending
from marketplace.mail.models import Mail
from marketplace.mail.queueing import language_of
from rfps.delivery.domain import bringing, emitting, fanning
from rfps.delivery.models import Event, FanoutShard, Match, Opportunity, QuickLink
from rfps.delivery.states import EventType, ShardState
from rfps.models import Rfp
from tests.factories import delivery, people

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanning, "CHUNK", 2)
    monkeypatch.setattr(emitting, "SUPPLIERS_PER_SHARD", 5)


def publish(rfp: Rfp | None = None, **facts: Any) -> Event:
    rfp = rfp or delivery.open_rfp()
    return emitting.announce(rfp, type="rfp.published", body={"title": "Power"}, match=delivery.facts(**facts))


def suppliers(number: int) -> set[int]:
    return {delivery.subscription().organisation_id for _ in range(number)}


def matched(event: Event) -> list[int]:
    return sorted(Match.objects.filter(event=event).values_list("organisation_id", flat=True))


@pytest.fixture
def poison(transactional_db: None) -> Iterator[Callable[[int], None]]:
    """Makes every match of one supplier fail in the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            """CREATE TABLE poison (organisation_id bigint);
            CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              IF EXISTS (SELECT 1 FROM poison p WHERE p.organisation_id = NEW.organisation_id)
              THEN RAISE EXCEPTION 'poison'; END IF; RETURN NEW;
            END $$;
            CREATE TRIGGER poison BEFORE INSERT ON delivery_match FOR EACH ROW EXECUTE FUNCTION poison()"""
        )
        yield lambda supplier: cursor.execute("INSERT INTO poison VALUES (%s)", [supplier])
        cursor.execute("DROP TRIGGER poison ON delivery_match; DROP FUNCTION poison; DROP TABLE poison")


def test_every_fitting_supplier_gets_one_opportunity_and_one_match() -> None:
    fitting = suppliers(7)
    delivery.subscription(categories=["home"])
    twice = next(iter(fitting))
    delivery.subscription(Organisation.objects.get(pk=twice), categories=["energy", "energy/electricity"])
    event = publish()
    fanning.fan_out()
    event.refresh_from_db()
    assert matched(event) == sorted(fitting)
    assert Opportunity.objects.filter(rfp=event.rfp_id).count() == 7
    assert len(Match.objects.get(organisation=twice).subscriptions) == 2
    assert event.fanned_out_at is not None
    assert set(FanoutShard.objects.values_list("state", flat=True)) == {ShardState.DONE}
    assert sum(FanoutShard.objects.values_list("matched", flat=True)) == 7


def test_a_chunk_moves_the_cursor_in_its_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emitting, "SUPPLIERS_PER_SHARD", 1_000_000)
    fitting = sorted(suppliers(3))
    event = publish()
    claimed = fanning.claim()
    assert claimed is not None
    assert fanning.bring_chunk(claimed) is True
    assert (FanoutShard.objects.get().cursor, matched(event)) == (fitting[1], fitting[:2])
    assert fanning.bring_chunk(claimed) is False
    assert matched(event) == fitting


def test_hints_in_tens_change_nothing() -> None:
    fitting = suppliers(3)
    event = publish()
    for _ in range(10):
        fanning.fan_out()
    assert matched(event) == sorted(fitting)
    assert fanning.anything_waits() is False


def test_a_lease_keeps_others_away_until_it_is_over() -> None:
    suppliers(1)
    publish()
    while fanning.claim():
        pass
    assert FanoutShard.objects.filter(state=ShardState.WAITING).exists()
    assert fanning.anything_waits() is False
    FanoutShard.objects.update(leased_until=Now())
    assert fanning.anything_waits() is True


def test_who_outlives_the_lease_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emitting, "SUPPLIERS_PER_SHARD", 1_000_000)
    suppliers(2)
    event = publish()
    stale = fanning.claim()
    FanoutShard.objects.update(leased_until=Now())
    fresh = fanning.claim()
    assert stale is not None
    assert fresh is not None
    with pytest.raises(fanning.FenceLost):
        fanning.bring_chunk(stale)
    fanning.fail(stale, ValueError())
    assert (matched(event), FanoutShard.objects.get().attempts) == ([], 0)
    assert fanning.bring_chunk(fresh) is False
    assert len(matched(event)) == 2


def test_later_events_go_to_whom_the_request_fitted(supplier: Organisation, rival: Organisation) -> None:
    rfp = delivery.open_rfp()
    delivery.opportunity(rfp, supplier)
    delivery.subscription(rival)
    closed = emitting.announce(rfp, type=EventType.RFP_CLOSED, body={})
    fanning.fan_out()
    assert matched(closed) == [supplier.pk]


def test_events_of_one_request_go_in_their_order() -> None:
    rfp = delivery.open_rfp()
    fitting = suppliers(2)
    first, second = publish(rfp), emitting.announce(rfp, type=EventType.RFP_CLOSED, body={})
    other = publish()
    order = []
    while claimed := fanning.claim():
        order.append(claimed.event_id)
    assert set(order) == {first.pk, other.pk}
    FanoutShard.objects.update(leased_until=None)
    fanning.fan_out()
    assert matched(first) == matched(second) == sorted(fitting)


def test_cancelled_on_its_way_tells_only_those_who_heard_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emitting, "SUPPLIERS_PER_SHARD", 1_000_000)
    rfp = delivery.open_rfp()
    fitting = sorted(suppliers(4))
    published = publish(rfp)
    claimed = fanning.claim()
    assert claimed is not None
    fanning.bring_chunk(claimed)
    cancelled = emitting.announce(rfp, type=EventType.RFP_CANCELLED, body={})
    with pytest.raises(fanning.FenceLost):
        fanning.bring_chunk(claimed)
    fanning.fan_out()
    assert matched(published) == matched(cancelled) == fitting[:2]
    assert not Event.objects.filter(fanned_out_at__isnull=True).exists()


def test_one_bad_row_stops_nobody_else(poison: Callable[[int], None], caplog: pytest.LogCaptureFixture) -> None:
    fitting = sorted(suppliers(6))
    event = publish()
    poison(fitting[2])
    while FanoutShard.objects.filter(state=ShardState.WAITING).exists():
        fanning.fan_out()
        FanoutShard.objects.update(leased_until=None)
    bad = FanoutShard.objects.get(state=ShardState.POISONED)
    event.refresh_from_db()
    assert matched(event) == [each for each in fitting if each != fitting[2]]
    assert (bad.cursor + 1, bad.last_supplier, bad.attempts) == (fitting[2], fitting[2], 5)
    assert event.fanned_out_at is not None
    assert "is poisoned" in caplog.text


def test_a_failing_shard_rests_and_a_lost_connection_does_not_count() -> None:
    suppliers(1)
    publish()
    claimed = fanning.claim()
    assert claimed is not None
    fanning.fail(claimed, OperationalError())
    assert FanoutShard.objects.get(pk=claimed.shard_id).attempts == 0
    fanning.fail(claimed, InternalError("secret"))
    shard = FanoutShard.objects.get(pk=claimed.shard_id)
    assert (shard.attempts, shard.error, shard.cursor) == (1, "InternalError", shard.first_supplier - 1)
    assert shard.leased_until is not None


def test_mail_at_once_goes_to_owners_and_bidders(supplier: Organisation, rival: Organisation) -> None:
    bidder, viewer = people.person(), people.person()
    supplier.memberships.create(user=bidder, role="bidder")
    supplier.memberships.create(user=viewer, role="viewer")
    delivery.subscription(supplier, mail="instant")
    delivery.subscription(rival, mail="digest")
    publish()
    fanning.fan_out()
    fanning.fan_out()
    owner = supplier.memberships.get(role="owner").user_id
    mails = Mail.objects.order_by("recipient_id")
    assert sorted(mails.values_list("recipient_id", flat=True)) == sorted([owner, bidder.pk])
    assert {mail.subject for mail in mails} == {"A request that fits: Power"}


def test_each_reader_gets_it_in_their_language_and_it_is_rendered_once_a_language(supplier: Organisation) -> None:
    locales = {"de": "de", "de-AT": "de", "en-GB": "en", "fr": "en", "": "en", "deu": "en"}
    readers = {locale: people.person() for locale in locales}
    for locale, reader in readers.items():
        User.objects.filter(pk=reader.pk).update(locale=locale)
        supplier.memberships.create(user=reader, role="bidder")
        assert language_of(reader.pk) == locales[locale], locale
    delivery.subscription(supplier, mail="instant")
    emitting.announce(
        delivery.open_rfp(), type="rfp.published", match=delivery.facts(),
        body={"title": "Power", "area": {"country": "DE", "label": "Germany"}},
    )  # fmt: skip
    fanning.fan_out()
    mails = {mail.recipient_id: mail for mail in Mail.objects.all()}
    subjects = {"de": "Eine Anfrage, die passt: Power", "en": "A request that fits: Power"}
    places = {"de": "Wo: Deutschland", "en": "Where: Germany"}
    for locale, reader in readers.items():
        assert mails[reader.pk].subject == subjects[locales[locale]]
        assert places[locales[locale]] in mails[reader.pk].body
    owner = supplier.memberships.get(role="owner").user_id
    assert len({mail.body for mail in mails.values()}) == 2
    assert mails[owner].subject == subjects["en"]


def test_each_mail_has_a_link_of_its_own_of_which_a_hash_stays(supplier: Organisation) -> None:
    bidder = people.person()
    supplier.memberships.create(user=bidder, role="bidder")
    delivery.subscription(supplier, mail="instant")
    publish()
    fanning.fan_out()
    opportunity = Opportunity.objects.get(organisation=supplier)
    links = {link.sha256: (link.person_id, link.opportunity_id) for link in QuickLink.objects.all()}
    tokens = dict(Mail.objects.values_list("recipient_id", "secret"))
    assert links == {sha256(token.encode()).hexdigest(): (who, opportunity.pk) for who, token in tokens.items()}
    assert len({token for token in tokens.values() if len(token) == 64}) == 2
    assert sending.send_due() == 2
    texts = "".join(str(mail.body) for mail in outbox.outbox)
    assert [token for token in tokens.values() if f"/quick/{token}/" not in texts] == []
    kept = "".join(f"{mail.subject}{mail.body}{mail.secret}{mail.dedupe_key}" for mail in Mail.objects.all())
    assert [token for token in tokens.values() if token in kept] == []


def test_no_mail_no_link(rival: Organisation) -> None:
    delivery.subscription(rival, mail="digest")
    publish()
    fanning.fan_out()
    assert (Opportunity.objects.count(), QuickLink.objects.count()) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_shards() -> None:
    fitting = suppliers(9)
    event = publish()
    together(2, fanning.fan_out)
    event.refresh_from_db()
    assert matched(event) == sorted(fitting)
    assert Opportunity.objects.count() == 9
    assert event.fanned_out_at is not None


def together(number: int, call: Callable[[], object]) -> None:
    """Run `call` in so many threads at once."""
    start = Barrier(number)

    def run() -> None:
        start.wait()
        try:
            call()
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def test_counts_of_a_chunk_are_those_of_the_statement() -> None:
    fitting = sorted(suppliers(3))
    event = publish()
    assert bringing.bring(event, after=0, upto=fitting[-1], limit=2) == (2, fitting[1])
    assert bringing.bring(event, after=fitting[1], upto=fitting[-1], limit=2) == (1, fitting[2])
    assert bringing.bring(event, after=fitting[2], upto=fitting[2], limit=2) == (0, 0)


def test_out_of_time_leaves_the_rest_free_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emitting, "SUPPLIERS_PER_SHARD", 1_000_000)
    fitting = sorted(suppliers(5))
    event = publish()
    claimed = fanning.claim()
    assert claimed is not None
    assert fanning._work(claimed, until=0) == 1
    assert (matched(event), fanning.anything_waits()) == (fitting[:2], True)
    FanoutShard.objects.update(lease_no=7)
    assert fanning._work(claimed, until=0) == 0
    assert matched(event) == fitting[:2]


def test_a_lost_connection_is_made_anew(transactional_db: None) -> None:
    suppliers(1)
    publish()
    claimed = fanning.claim()
    assert claimed is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (process,) = cursor.fetchone()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [process])
    other.close()
    assert fanning._work(claimed, until=0) == 0
    shard = FanoutShard.objects.get(pk=claimed.shard_id)
    assert (shard.attempts, shard.state) == (0, ShardState.WAITING)
