"""Writing the change record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marketplace.audit.models import AuditRow
from marketplace.kernel.actors import Actor


def record(verb: str, *, actor: Actor, kind: str, subject: UUID, **details: Any) -> None:
    """Insert one audit row in the caller's transaction. `details` hold ids, names of fields and counts only."""
    if actor.member_id is not None:
        details["member"] = str(actor.member_id)
    AuditRow.objects.create(
        actor_kind=actor.kind,
        actor_id=actor.public_id,
        verb=verb,
        object_kind=kind,
        object_id=subject,
        details=details,
    )
