"""How a request ends: closed early, extended, cancelled, or ended without a choice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.clock import database_now
from marketplace.kernel.errors import Fault, refuse, require
from marketplace.kernel.fields import ClockTimestamp
from rfps import signals
from rfps.delivery.domain import emitting
from rfps.delivery.models import Opportunity
from rfps.delivery.states import EventType
from rfps.disclosure.domain import granting
from rfps.domain import announcing, drafting, scanning
from rfps.domain.checking import LAST_YEAR, as_instant
from rfps.domain.holding import change, hold
from rfps.models import Rfp
from rfps.policies import can_change_rfp
from rfps.states import EndReason, Phase


@transaction.atomic
def close(rfp: Rfp, *, actor: Actor) -> Rfp:
    """Take no more offers from now on; what is sealed opens at once."""
    require(can_change_rfp(actor, rfp))
    held = change(hold(rfp, Phase.OPEN), closed_early_at=ClockTimestamp())
    record("rfp.closed", actor=actor, kind="rfp", subject=held.public_id)
    return tell_closed(held, actor=actor)


@transaction.atomic
def extend(rfp: Rfp, *, actor: Actor, closes_at: datetime) -> Rfp:
    """Move the deadline later; the day of decision moves by as much."""
    require(can_change_rfp(actor, rfp))
    held = hold(rfp, Phase.OPEN)
    refuse(_extension_faults(held, closes_at))
    assert held.closes_at is not None
    assert held.decides_by is not None
    held = change(held, closes_at=closes_at, decides_by=held.decides_by + (closes_at - held.closes_at))
    record("rfp.extended", actor=actor, kind="rfp", subject=held.public_id)
    body = {**announced_now(held), "changed": ["closes_at", "decides_by"]}
    emitting.announce(held, type=EventType.RFP_AMENDED, body=body)
    signals.amended.send(sender=Rfp, rfp=held, actor=actor)
    return held


@transaction.atomic
def cancel(rfp: Rfp, *, actor: Actor, reason: str = "") -> Rfp:
    """Call the request off. Suppliers are told why, so the reason is scanned like every text that leaves."""
    require(can_change_rfp(actor, rfp))
    held = hold(rfp, Phase.OPEN, Phase.DECIDING)
    if reason:
        refuse(scanning.faults({"/reason": reason}, own=announcing.own_marks(drafting.content_of(held))))
    held = change(held, cancelled_at=ClockTimestamp(), cancel_reason=reason, closing_told_at=ClockTimestamp())
    record("rfp.cancelled", actor=actor, kind="rfp", subject=held.public_id)
    emitting.announce(held, type=EventType.RFP_CANCELLED, body={**summary(held), "reason": reason})
    end_grants(held, cause="cancelled", actor=actor)
    signals.cancelled.send(sender=Rfp, rfp=held, actor=actor)
    return held


@transaction.atomic
def end(rfp: Rfp, *, actor: Actor, reason: EndReason) -> Rfp:
    """Decide for none of the offers."""
    require(can_change_rfp(actor, rfp))
    held = hold(rfp, Phase.OPEN, Phase.DECIDING)
    if held.closing_told_at is None:
        held = _announce_closed(held)
    held = change(held, ended_at=ClockTimestamp(), end_reason=reason)
    record("rfp.ended", actor=actor, kind="rfp", subject=held.public_id, reason=str(reason))
    end_grants(held, cause="ended", actor=actor)
    signals.ended.send(sender=Rfp, rfp=held, actor=actor)
    return held


def tell_closed(held: Rfp, *, actor: Actor) -> Rfp:
    """Say once that a held request takes no more offers; who counts the offers writes to the customer."""
    held = _announce_closed(held)
    signals.closed.send(sender=Rfp, rfp=held, actor=actor)
    return held


def end_grants(rfp: Rfp, *, cause: str, actor: Actor) -> None:
    """End whatever any supplier may still read for this request."""
    for opportunity in Opportunity.objects.filter(rfp=rfp, grants__ended_at__isnull=True, grants__isnull=False):
        granting.end(opportunity, cause=cause, actor=actor)


def announced_now(rfp: Rfp) -> dict[str, Any]:
    """The S0 body with the dates of today: a later deadline makes no new version."""
    assert rfp.current is not None
    return {**rfp.current.announced, **_dates(rfp)}


def summary(rfp: Rfp) -> dict[str, Any]:
    """What an event says of a request that its readers know already."""
    known = ("rfp", "version", "kind", "title", "category")
    assert rfp.current is not None
    return {name: rfp.current.announced[name] for name in known} | _dates(rfp)


def _announce_closed(held: Rfp) -> Rfp:
    held = change(held, closing_told_at=ClockTimestamp())
    emitting.announce(held, type=EventType.RFP_CLOSED, body=summary(held))
    return held


def _dates(rfp: Rfp) -> dict[str, Any]:
    return {name: as_instant(getattr(rfp, name)) for name in ("closes_at", "decides_by")}


def _extension_faults(rfp: Rfp, closes_at: datetime) -> list[Fault]:
    if closes_at <= database_now():
        return [Fault("/closes_at", "past", _("This time is past."))]
    if rfp.closes_at is not None and closes_at <= rfp.closes_at:
        return [Fault("/closes_at", "not_later", _("A deadline only moves later; to end sooner, close the request."))]
    if closes_at.year > LAST_YEAR:
        return [Fault("/closes_at", "out_of_range", _("This year is out of range."))]
    return []
