"""What was bought: contracts as lines of a list, each with what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bids.domain.contracting import shape
from bids.models import Contract
from bids.states import ContractStatus


@dataclass(frozen=True, slots=True)
class Purchase:
    """One contract; `at` is when it was chosen, confirmed or declined, or until when the company has time."""

    rfp: UUID
    title: str
    company: str
    status: str
    at: datetime | None
    time_zone: str
    total: dict[str, Any] | None


def purchases(rows: Sequence[Contract]) -> list[Purchase]:
    """Rows of visible_contracts with owner and organisation; no query."""
    return [_purchase(row) for row in rows]


def _purchase(row: Contract) -> Purchase:
    snapshot = shape(row)
    dates = {ContractStatus.CHOSEN.value: row.confirm_by, ContractStatus.DECLINED.value: row.declined_at}
    return Purchase(
        rfp=row.rfp.public_id,
        title=snapshot["request"]["title"],
        company=row.organisation.name,
        status=row.status,
        at=dates.get(row.status, row.confirmed_at),
        time_zone=row.rfp.time_zone,
        total=snapshot["bid"].get("total"),
    )
