"""Requests as JSON for their owner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext

from rfps.catalogue import Category, said
from rfps.domain import asking, drafting, sharing
from rfps.domain.checking import as_instant
from rfps.domain.composing import Body
from rfps.models import Block, Criterion, LineItem, Requirement, Rfp, RfpVersion

FACTS = ("created_at", "published_at", "closed_early_at", "awarded_at", "cancelled_at", "ended_at")


def rfp_json(rfp: Rfp) -> dict[str, Any]:
    """Everything of the body, and the facts; public ids for the rows of a published request."""
    return rfps_json([rfp])[0]


def rfps_json(rows: Sequence[Rfp]) -> list[dict[str, Any]]:
    """Several requests with as many queries as one."""
    by_position = [
        Prefetch(f"current__{name}", model.objects.order_by("position"))
        for name, model in (("lines", LineItem), ("requirements", Requirement), ("criteria", Criterion))
    ]
    prefetch_related_objects(list(rows), *by_position)
    return [_rfp(row, body) for row, body in zip(rows, drafting.bodies_of(rows), strict=True)]


def _rfp(rfp: Rfp, body: Body) -> dict[str, Any]:
    if not rfp.owned:
        body = sharing.without_personal(body)
    if rfp.current is not None:
        for name in ("lines", "requirements", "criteria"):
            made = getattr(rfp.current, name).all()
            body[name] = [{"id": str(row.public_id), **said} for row, said in zip(made, body[name], strict=True)]
    if rfp.published_at is not None:
        body |= {name: _instant(getattr(rfp, name)) for name in ("closes_at", "decides_by")}
    return {
        "id": str(rfp.public_id),
        "phase": rfp.phase,
        "version": rfp.current.number if rfp.current else None,
        **body,
        "item": str(rfp.item.public_id) if rfp.item else None,
        "owner": "household" if rfp.owner.household_id else "person",
        "time_zone": rfp.time_zone,
        "questions_until": as_instant(asking.taken_until(rfp)) if rfp.published_at else None,
        "copy_of": str(rfp.copy_of.public_id) if rfp.copy_of else None,
        "cancel_reason": rfp.cancel_reason or None,
        "end_reason": rfp.end_reason or None,
        **{name: _instant(getattr(rfp, name)) for name in FACTS},
    }


def version_json(version: RfpVersion) -> dict[str, Any]:
    """One version: what suppliers were told, and the hash that both sides can check."""
    return {
        "id": str(version.public_id),
        "version": version.number,
        "created_at": _instant(version.created_at),
        "sha256": version.sha256,
        "announced": version.announced,
    }


def category_json(category: Category) -> dict[str, Any]:
    """A node of the tree."""
    return {
        "id": category.id,
        "label": gettext(category.label),
        "help": gettext(category.help),
        "parent": category.parent,
        "synonyms": list(said(category)),
    }


def block_json(block: Block) -> dict[str, Any]:
    """A supplier that hears of nothing."""
    return {"supplier": str(block.organisation.public_id), "created_at": _instant(block.created_at)}


def _instant(value: Any) -> str | None:
    return None if value is None else as_instant(value)
