"""Grants: issued, superseded by a later stage, ended. A grant is never edited."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.policies import checked_suppliers
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Conflict, require
from rfps import signals
from rfps.delivery.domain import emitting
from rfps.delivery.models import Opportunity
from rfps.delivery.states import EventType
from rfps.disclosure.models import Grant, TermsAcceptance
from rfps.disclosure.policies import can_end, can_grant
from rfps.disclosure.projections import fields_at
from rfps.disclosure.states import Stage
from rfps.models import PhaseOf, Rfp, RfpQuerySet
from rfps.states import Phase

SUPERSEDED = "superseded"
LOST = "lost"
DECLINED = "declined"
PURPOSES = {
    Stage.BIDDER: "prepare_offer",
    Stage.SHORTLISTED: "prepare_offer",
    Stage.AWARDED: "perform_contract",
}
# What a grant that ended so may still be followed by.
SECOND_CHANCES = {(LOST, Stage.AWARDED), (DECLINED, Stage.BIDDER)}
# A request in these phases shows nothing more, also before anybody has ended its grants.
OVER = frozenset({Phase.ENDED, Phase.CANCELLED, Phase.LAPSED})


@transaction.atomic
def grant(opportunity: Opportunity, stage: Stage, *, actor: Actor) -> Grant:
    """Let the supplier read what `stage` shows; a grant of this stage or a later one stands as it is.

    A supplier that lost may still be chosen when the first choice falls through, and one that declined may accept
    again while the request is open. Raises Conflict `terms_not_accepted`,
    or `grant_ended` once everything was taken back.
    """
    require(can_grant(actor, opportunity, stage))
    lock(opportunity)
    acceptance = _accepted(opportunity)
    latest = Grant.objects.filter(opportunity=opportunity).order_by("-pk").first()
    if latest is not None and latest.ended_at is not None and (latest.end_cause, stage) not in SECOND_CHANCES:
        raise Conflict(_("What this supplier could read was taken back for good."), code="grant_ended")
    lives = latest is not None and latest.ended_at is None
    if latest is not None and lives and latest.stage >= stage:
        return latest
    if latest is not None and lives:
        Grant.objects.filter(pk=latest.pk).update(ended_at=Now(), end_cause=SUPERSEDED)
    issued = _issue(opportunity, acceptance, stage, latest)
    record("grant.issued", actor=actor, kind="grant", subject=issued.public_id, stage=stage, supersedes=_id(latest))
    _tell(opportunity, EventType.GRANT_SUPERSEDED if lives else EventType.GRANT_ISSUED, stage)
    return issued


@transaction.atomic
def end(opportunity: Opportunity, *, cause: str, actor: Actor) -> Grant | None:
    """Nothing is readable from now on; None when nothing was."""
    require(can_end(actor, opportunity))
    lock(opportunity)
    live = live_grant(opportunity)
    if live is None:
        return None
    Grant.objects.filter(pk=live.pk).update(ended_at=Now(), end_cause=cause)
    live.refresh_from_db(fields=["ended_at", "end_cause"])
    record("grant.ended", actor=actor, kind="grant", subject=live.public_id, cause=cause)
    _tell(opportunity, EventType.GRANT_ENDED, Stage.ENDED)
    signals.grant_ended.send(Grant, grant=live, opportunity=opportunity, cause=cause, actor=actor)
    return live


def lock(opportunity: Opportunity) -> None:
    """The lock of the pair's chain of grants: no grant begins or ends while another transaction reads under one."""
    Opportunity.objects.select_for_update(no_key=True).only("pk").get(pk=opportunity.pk)


def live_grant(opportunity: Opportunity) -> Grant | None:
    """The grant of the pair that was not ended, with the request's `phase` and whether the supplier is `checked`."""
    checked = Exists(checked_suppliers().filter(pk=OuterRef("organisation_id")))
    rows = Grant.objects.annotate(phase=PhaseOf("rfp__"), checked=checked)
    return rows.filter(opportunity=opportunity, ended_at__isnull=True).first()


def stage_of(opportunity: Opportunity) -> Stage:
    """What the supplier may read now: S0 before the terms are accepted, S4 when it is over."""
    live = live_grant(opportunity)
    if blocked_by(opportunity, live) is not None:
        return Stage.ENDED
    return Stage.ANNOUNCED if live is None else Stage(live.stage)


def blocked_by(opportunity: Opportunity, live: Grant | None) -> str | None:
    """The rule that stops this supplier from reading, if any; phases by the database's clock."""
    if live is None and Grant.objects.filter(opportunity=opportunity).exists():
        return "grant_ended"
    if opportunity.declined_at is not None:
        return "declined"
    phase = live.phase if live else RfpQuerySet(Rfp).with_phase().get(pk=opportunity.rfp_id).phase  # type: ignore[attr-defined]
    return f"request_{phase}" if phase in OVER else None


def _accepted(opportunity: Opportunity) -> TermsAcceptance:
    acceptance = TermsAcceptance.objects.filter(opportunity=opportunity).first()
    if acceptance is None:
        raise Conflict(_("This supplier has not accepted your conditions."), code="terms_not_accepted")
    return acceptance


def _issue(opportunity: Opportunity, acceptance: TermsAcceptance, stage: Stage, before: Grant | None) -> Grant:
    rfp = opportunity.rfp
    assert rfp.current is not None
    return Grant.objects.create(
        opportunity=opportunity,
        rfp=rfp,
        organisation_id=opportunity.organisation_id,
        owner_id=rfp.owner_id,
        acceptance=acceptance,
        stage=stage,
        purpose=PURPOSES[stage],
        fields=[{"field": field, "stage": stage} for field in fields_at(rfp.current, stage)],
        supersedes=before,
    )


def _tell(opportunity: Opportunity, event: EventType, stage: Stage) -> None:
    data = {"rfp": str(opportunity.rfp.public_id), "opportunity": str(opportunity.public_id), "stage": stage}
    emitting.tell([opportunity], type=event, data=data)


def _id(earlier: Grant | None) -> str | None:
    return str(earlier.public_id) if earlier else None
