"""Every verb in every phase, and what each leaves behind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Organisation, User
from accounts.policies import actor_of_member, actor_of_person
from marketplace.audit.models import AuditRow
from marketplace.kernel.clock import database_now
from marketplace.kernel.errors import Conflict, Invalid, NotAllowed
from marketplace.mail.models import Mail
from rfps import signals
from rfps.delivery.models import Event
from rfps.disclosure.models import Grant
from rfps.domain import closing, drafting, publishing, timing
from rfps.models import Rfp
from rfps.states import EndReason, Phase
from tests.factories import disclosure, people
from tests.factories import rfps as make

VERBS = {
    "change": lambda rfp, actor: drafting.change(rfp, actor=actor, body={"title": "Another"}),
    "discard": lambda rfp, actor: drafting.discard(rfp, actor=actor),
    "publish": lambda rfp, actor: publishing.publish(rfp, actor=actor),
    "copy": lambda rfp, actor: drafting.copy(rfp, actor=actor),
    "close": lambda rfp, actor: closing.close(rfp, actor=actor),
    "extend": lambda rfp, actor: closing.extend(
        rfp, actor=actor, closes_at=max(database_now(), rfp.closes_at or database_now()) + timedelta(days=1)
    ),
    "cancel": lambda rfp, actor: closing.cancel(rfp, actor=actor, reason=""),
    "end": lambda rfp, actor: closing.end(rfp, actor=actor, reason=EndReason.OTHER),
}
# What a verb makes of a phase; a pair that is not here is refused. A copy is a new draft and leaves the phase alone.
OUTCOMES = {
    ("change", Phase.DRAFT): Phase.DRAFT,
    ("discard", Phase.DRAFT): None,
    ("publish", Phase.DRAFT): Phase.OPEN,
    **{("copy", phase): phase for phase in Phase},
    ("close", Phase.OPEN): Phase.DECIDING,
    ("extend", Phase.OPEN): Phase.OPEN,
    ("cancel", Phase.OPEN): Phase.CANCELLED,
    ("cancel", Phase.DECIDING): Phase.CANCELLED,
    ("end", Phase.OPEN): Phase.ENDED,
    ("end", Phase.DECIDING): Phase.ENDED,
}


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_in_every_phase(verb: str, phase: Phase, customer: User) -> None:
    rfp, actor = make.in_phase(customer, phase), actor_of_person(customer)
    assert rfp.phase == phase
    if (verb, phase) not in OUTCOMES:
        with pytest.raises(Conflict) as refused:
            VERBS[verb](rfp, actor)
        assert (refused.value.code, make.again(rfp).phase) == ("wrong_phase", phase)
        return
    VERBS[verb](rfp, actor)
    left = Rfp.objects.filter(pk=rfp.pk).exists()
    assert (make.again(rfp).phase if left else None) == OUTCOMES[verb, phase]


@pytest.mark.parametrize("verb", VERBS)
def test_strangers_may_do_nothing(verb: str, customer: User) -> None:
    rfp = make.published(customer)
    with pytest.raises(NotAllowed):
        VERBS[verb](rfp, actor_of_person(people.person()))
    assert make.again(rfp).phase == Phase.OPEN


def test_a_supplier_may_do_nothing_even_with_the_customer_as_member(customer: User) -> None:
    rfp, own = make.published(customer), people.organisation(customer)
    with pytest.raises(NotAllowed):
        closing.close(rfp, actor=actor_of_member(customer, own))
    assert make.again(rfp).phase == Phase.OPEN


def test_the_partner_may_end_a_request_of_the_household_only(customer: User, partner: User) -> None:
    shared, own = make.published(customer, owner="household"), make.published(customer)
    closing.close(shared, actor=actor_of_person(partner))
    with pytest.raises(NotAllowed):
        closing.close(own, actor=actor_of_person(partner))
    assert [make.again(shared).phase, make.again(own).phase] == [Phase.DECIDING, Phase.OPEN]


def test_closing_early_is_told_and_recorded_once(customer: User) -> None:
    heard = _Listener(signals.closed)
    rfp = closing.close(make.published(customer), actor=actor_of_person(customer))
    assert (rfp.phase, rfp.closing_told_at is not None, heard.heard) == (Phase.DECIDING, True, [rfp.pk])
    assert _told(rfp) == ["rfp.published", "rfp.closed"]
    assert _recorded(rfp) == ["rfp.drafted", "rfp.published", "rfp.closed"]


def test_a_later_deadline_moves_the_day_of_decision_along(customer: User) -> None:
    rfp = make.published(customer)
    assert rfp.closes_at is not None
    assert rfp.decides_by is not None
    later = rfp.closes_at + timedelta(hours=5)
    extended = closing.extend(rfp, actor=actor_of_person(customer), closes_at=later)
    assert (extended.closes_at, extended.decides_by) == (later, rfp.decides_by + timedelta(hours=5))
    assert _told(rfp) == ["rfp.published", "rfp.amended"]
    said = Event.objects.get(rfp=rfp, type="rfp.amended").data
    assert (said["closes_at"], said["changed"]) == (make.as_instant(later), ["closes_at", "decides_by"])


@pytest.mark.parametrize(
    ("shift", "code"),
    [(timedelta(days=-20), "past"), (timedelta(0), "not_later"), (timedelta(minutes=-1), "not_later")],
)
def test_a_deadline_never_moves_to_earlier(shift: timedelta, code: str, customer: User) -> None:
    rfp = make.published(customer)
    assert rfp.closes_at is not None
    with pytest.raises(Invalid) as refused:
        closing.extend(rfp, actor=actor_of_person(customer), closes_at=rfp.closes_at + shift)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/closes_at", code)]
    assert make.again(rfp).closes_at == rfp.closes_at


def test_the_reason_of_a_cancellation_is_told_so_it_holds_no_contact(customer: User) -> None:
    rfp = make.published(customer, area={"country": "US", "postcode": "10001"})
    actor = actor_of_person(customer)
    with pytest.raises(Invalid) as refused:
        closing.cancel(rfp, actor=actor, reason="Call me: 0131 496 0123")
    assert [fault.code for fault in refused.value.faults] == ["contact_in_text"]
    with pytest.raises(Invalid) as refused:
        closing.cancel(rfp, actor=actor, reason="We leave 10001.")
    assert [fault.code for fault in refused.value.faults] == ["own_identifier"]
    heard = _Listener(signals.cancelled)
    cancelled = closing.cancel(rfp, actor=actor, reason="We moved.")
    assert (cancelled.phase, cancelled.cancel_reason, heard.heard) == (Phase.CANCELLED, "We moved.", [rfp.pk])
    assert Event.objects.get(rfp=rfp, type="rfp.cancelled").data["reason"] == "We moved."


def test_ending_while_open_also_closes_and_opens_nothing(customer: User) -> None:
    closed, ended = _Listener(signals.closed), _Listener(signals.ended)
    rfp = closing.end(make.published(customer), actor=actor_of_person(customer), reason=EndReason.TOO_DEAR)
    assert (rfp.phase, rfp.end_reason, closed.heard, ended.heard) == (Phase.ENDED, "too_dear", [], [rfp.pk])
    assert _told(rfp) == ["rfp.published", "rfp.closed"]
    assert not Mail.objects.filter(recipient=customer).exists()


def _told(rfp: Rfp) -> list[str]:
    return list(Event.objects.filter(rfp=rfp).order_by("pk").values_list("type", flat=True))


def _recorded(rfp: Rfp) -> list[str]:
    return list(AuditRow.objects.filter(object_id=rfp.public_id).order_by("pk").values_list("verb", flat=True))


class _Listener:
    """Hears a signal as long as the test holds it: signals hold receivers weakly."""

    def __init__(self, signal: Any) -> None:
        self.heard: list[int] = []
        signal.connect(self.receive)

    def receive(self, rfp: Rfp, **_: Any) -> None:
        self.heard.append(rfp.pk)


@pytest.mark.parametrize("cause", ["cancelled", "ended", "lapsed"])
def test_whoever_read_something_reads_nothing_afterwards(cause: str, customer: User, supplier: Organisation) -> None:
    rfp, actor = make.published(customer), actor_of_person(customer)
    disclosure.opportunity(rfp, supplier)
    if cause == "cancelled":
        closing.cancel(rfp, actor=actor)
    elif cause == "ended":
        closing.end(rfp, actor=actor, reason=EndReason.OTHER)
    else:
        make.moved_back(rfp, days=60)
        timing.tick()
    assert list(Grant.objects.filter(rfp=rfp, ended_at__isnull=False).values_list("end_cause", flat=True)) == [cause]
    assert not Grant.objects.filter(rfp=rfp, ended_at__isnull=True).exists()
