"""A supplier reads what it was granted; every value read, and every attempt that was stopped, is logged.

The log is written in the transaction that reads: if it cannot be written, nothing goes out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from accounts.datastore.models import FieldValue
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import require
from rfps.delivery.models import Opportunity
from rfps.disclosure.domain.granting import blocked_by, live_grant, lock
from rfps.disclosure.models import DisclosureEvent, Grant
from rfps.disclosure.policies import can_read, reach
from rfps.disclosure.projections import fields_at, owners_behind, project, values_of
from rfps.disclosure.states import Outcome, Stage
from rfps.models import RfpVersion


@transaction.atomic
def disclosed(opportunity: Opportunity, *, actor: Actor) -> list[dict[str, Any]]:
    """`[{field, value, stage}]` as the live grant shows them today; empty before the terms are accepted.

    Empty also once the grant ended or while the supplier has no valid checks; a withdrawn value is left out.
    """
    require(can_read(actor, opportunity))
    if opportunity.accepted_at is None:
        return []  # nothing was ever granted
    lock(opportunity)
    grant = live_grant(opportunity)
    rule = blocked_by(opportunity, grant)
    if rule is None and grant is not None and not grant.checked:  # type: ignore[attr-defined]
        rule = "not_checked"
    if rule is not None:
        last = Grant.objects.filter(opportunity=opportunity).order_by("-pk").first()
        fields = [entry["field"] for entry in last.fields] if last else []
        _log_blocked(opportunity, last, fields, rule, actor)
        return []
    if grant is None:
        return []
    return _read(opportunity, grant, actor)


def _read(opportunity: Opportunity, grant: Grant, actor: Actor) -> list[dict[str, Any]]:
    version, stage = _current(opportunity), reach(actor, Stage(grant.stage))
    granted = {entry["field"] for entry in grant.fields}
    fields = [field for field in fields_at(version, stage) if field in granted]
    values = values_of(opportunity.rfp, fields)
    _log_blocked(opportunity, grant, _withdrawn(opportunity, set(fields) - set(values)), "withdrawn", actor)
    shown = project(values, stage, country=version.country)
    order = {field: position for position, field in enumerate(fields)}
    shown.sort(key=lambda each: order[each.field])
    DisclosureEvent.objects.bulk_create(_event(opportunity, grant, each.source, stage, actor) for each in shown)
    return [{"field": each.field, "value": each.value, "stage": each.stage.value} for each in shown]


def _current(opportunity: Opportunity) -> RfpVersion:
    version = opportunity.rfp.current
    assert version is not None
    return version


def _withdrawn(opportunity: Opportunity, fields: Iterable[str]) -> list[str]:
    """Of the fields without a live value, those that had one which the person took back."""
    missing = list(fields)
    if not missing:
        return []
    owners = owners_behind(opportunity.rfp)
    gone = FieldValue.objects.filter(owner__in=owners, field__in=missing, withdrawn_at__isnull=False)
    return sorted(gone.values_list("field", flat=True).distinct())


def _event(opportunity: Opportunity, grant: Grant, source: FieldValue, stage: Stage, actor: Actor) -> DisclosureEvent:
    return DisclosureEvent(
        owner_id=source.owner_id,
        field=source.field,
        value=source,
        value_version=source.version,
        ciphertext_sha256=hashlib.sha256(bytes(source.ciphertext)).hexdigest(),
        rfp_id=opportunity.rfp_id,
        grant=grant,
        organisation_id=opportunity.organisation_id,
        actor_kind=actor.kind,
        actor_id=actor.public_id,
        stage=stage,
        purpose=grant.purpose,
    )


def _log_blocked(opportunity: Opportunity, grant: Grant | None, fields: Iterable[str], rule: str, actor: Actor) -> None:
    DisclosureEvent.objects.bulk_create(
        DisclosureEvent(
            owner_id=opportunity.rfp.owner_id,
            field=field,
            rfp_id=opportunity.rfp_id,
            grant=grant,
            organisation_id=opportunity.organisation_id,
            actor_kind=actor.kind,
            actor_id=actor.public_id,
            stage=grant.stage if grant else "",
            purpose=grant.purpose if grant else "",
            outcome=Outcome.BLOCKED,
            rule=rule,
        )
        for field in fields
    )
