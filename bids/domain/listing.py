"""Requests as lines of a list: what each is called, how it stands, what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from bids.policies import countable_bids
from marketplace.kernel.actors import Actor
from rfps.domain import drafting
from rfps.models import Rfp
from rfps.states import Phase


@dataclass(frozen=True, slots=True)
class Line:
    """One request; `at` is the date that comes next, None when nothing is dated any more."""

    rfp: UUID
    title: str
    phase: str
    at: datetime | None
    time_zone: str
    offers: int
    owned: bool
    shared: bool


def lines(rows: Sequence[Rfp], *, actor: Actor) -> list[Line]:
    """Rows of visible_rfps with owner and version; one query for the offers of all."""
    counts = countable_bids(actor).filter(rfp__in=rows).order_by().annotate(number=Count("pk"))
    return drawn(rows, dict(counts.values_list("rfp_id", "number")) if rows else {})


def drawn(rows: Sequence[Rfp], offers: Mapping[int, int]) -> list[Line]:
    """The same where it is known how many offers each has."""
    return [
        Line(
            rfp=rfp.public_id,
            title=title_of(rfp),
            phase=rfp.phase,
            at=_next(rfp),
            time_zone=rfp.time_zone,
            offers=offers.get(rfp.pk, 0),
            owned=rfp.owned,
            shared=rfp.shared_with_id is not None,
        )
        for rfp in rows
    ]


def title_of(rfp: Rfp) -> str:
    """The title, of a draft the one that was written so far; empty before there is any."""
    if rfp.current is not None:
        return rfp.current.title
    return str(drafting.given_of(rfp).get("title") or "")


def _next(rfp: Rfp) -> datetime | None:
    return {Phase.OPEN.value: rfp.closes_at, Phase.DECIDING.value: rfp.decides_by}.get(rfp.phase)
