"""A supplier's first answers: it looked, or it will not offer."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Conflict, Fault, refuse, require
from marketplace.kernel.fields import ClockTimestamp
from rfps.delivery import signals
from rfps.delivery.models import Opportunity
from rfps.delivery.policies import can_decline, can_open
from rfps.delivery.states import OpportunityStatus
from rfps.models import PhaseOf, Rfp
from rfps.states import Phase

MAX_REASON = 500


@transaction.atomic
def open_(opportunity: Opportunity, *, actor: Actor) -> Opportunity:
    """Note the first look, once."""
    require(can_open(actor, opportunity))
    if opportunity.opened_at is None:
        rows = Opportunity.objects.filter(pk=opportunity.pk, opened_at__isnull=True)
        rows.update(opened_at=ClockTimestamp())
        opportunity.refresh_from_db(fields=["opened_at"])
    return opportunity


@transaction.atomic
def decline(opportunity: Opportunity, *, actor: Actor, reason: str = "") -> Opportunity:
    """The supplier will not offer; its place goes to another. Raises Conflict `wrong_state` when it is too late."""
    require(can_decline(actor, opportunity))
    refuse(check_reason(reason))
    # First the request's row, as every verb that takes both: bids are withdrawn under its lock.
    Rfp.objects.select_for_update(no_key=True).only("pk").get(pk=opportunity.rfp_id)
    rows = Opportunity.objects.filter(pk=opportunity.pk, declined_at__isnull=True)
    if not _running(rows).update(declined_at=ClockTimestamp(), decline_reason=reason.strip()):
        raise Conflict(_("You declined this before, or it is over."), code="wrong_state")
    opportunity.refresh_from_db(fields=["declined_at", "decline_reason"])
    record("opportunity.declined", actor=actor, kind="opportunity", subject=opportunity.public_id)
    signals.declined.send(Opportunity, opportunity=opportunity, actor=actor)
    return opportunity


@transaction.atomic
def refuse_terms(opportunity: Opportunity, *, actor: Actor, reason: str = "") -> Opportunity:
    """The supplier does not take the customer's conditions. It may think better of it while the request is open."""
    require(can_decline(actor, opportunity))
    refuse(check_reason(reason))
    rows = Opportunity.objects.filter(pk=opportunity.pk, accepted_at__isnull=True, refused_at__isnull=True)
    if not _running(rows).update(refused_at=ClockTimestamp(), refuse_reason=reason.strip()):
        raise Conflict(_("You answered these conditions before, or it is over."), code="wrong_state")
    opportunity.refresh_from_db(fields=["refused_at", "refuse_reason"])
    record("terms.refused", actor=actor, kind="opportunity", subject=opportunity.public_id)
    return opportunity


def _running(rows: QuerySet[Opportunity]) -> QuerySet[Opportunity]:
    """Those whose request still waits for offers or a choice."""
    running = rows.alias(phase=PhaseOf("rfp__")).filter(phase__in=[Phase.OPEN, Phase.DECIDING])
    return Opportunity.objects.filter(pk__in=running.values("pk"))


def status_of(opportunity: Opportunity) -> OpportunityStatus:
    """How far the supplier went."""
    if opportunity.declined_at is not None:
        return OpportunityStatus.DECLINED
    if opportunity.refused_at is not None:
        return OpportunityStatus.REFUSED
    if opportunity.accepted_at is not None:
        return OpportunityStatus.BIDDING if opportunity.place_until is None else OpportunityStatus.ACCEPTED
    return OpportunityStatus.NEW if opportunity.opened_at is None else OpportunityStatus.OPENED


def check_reason(reason: str) -> list[Fault]:
    """A reason is a short text or nothing."""
    if len(reason) > MAX_REASON:
        message = _("Write at most %(most)d characters.") % {"most": MAX_REASON}
        return [Fault("/reason", "too_long", message)]
    return []
