"""Grants, reads and terms as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from accounts.models import Organisation
from rfps.disclosure.models import DisclosureEvent, Grant, Terms
from rfps.disclosure.roster import Agreement


def grant_json(grant: Grant) -> dict[str, Any]:
    """A grant as both parties may see it; `named` comes from the policy."""
    acceptance = grant.acceptance
    return {
        "id": str(grant.public_id),
        "rfp": str(grant.rfp.public_id),
        "supplier": _party(grant.organisation if grant.named else None),  # type: ignore[attr-defined]
        "stage": grant.stage,
        "purpose": grant.purpose,
        "fields": grant.fields,
        "terms": _terms(acceptance.terms),
        "award_terms": _terms(acceptance.award_terms),
        "accepted_at": acceptance.created_at,
        "issued_at": grant.created_at,
        "ended_at": grant.ended_at,
        "end_cause": grant.end_cause or None,
        "supersedes": str(grant.supersedes.public_id) if grant.supersedes else None,
    }


def disclosure_json(event: DisclosureEvent) -> dict[str, Any]:
    """One line of the owner's log; never the value."""
    return {
        "at": event.at,
        "field": event.field,
        "version": event.value_version,
        "outcome": event.outcome,
        "rule": event.rule or None,
        "stage": event.stage or None,
        "purpose": event.purpose or None,
        "supplier": _party(event.organisation if event.named else None),  # type: ignore[attr-defined]
        "rfp": str(event.rfp.public_id) if event.rfp else None,
        "grant": str(event.grant.public_id) if event.grant else None,
    }


def agreement_json(agreement: Agreement) -> dict[str, Any]:
    """Everything that the hash covers, and the hash."""
    return {**asdict(agreement), "sha256": agreement.sha256}


def _party(organisation: Organisation | None) -> dict[str, str | None]:
    if organisation is None:
        return {"id": None, "name": None}
    return {"id": str(organisation.public_id), "name": organisation.name}


def _terms(terms: Terms) -> dict[str, str]:
    return {"id": terms.slug, "version": terms.version, "sha256": terms.sha256}
