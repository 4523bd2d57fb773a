"""What was bought: contracts as lines of a list, by what they wait for, each with what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from bids.domain.contracting import shape
from bids.models import Contract
from bids.states import ContractStatus
from rfps.models import Rfp, RfpQuerySet
from rfps.states import Phase

# In this order: first what the person has to do something about.
GROUPS: dict[str, Q] = {
    "needs": Q(status=ContractStatus.DECLINED, undecided=True)
    | Q(status__in=[ContractStatus.DELIVERED, ContractStatus.DISPUTED]),
    "waiting": Q(status=ContractStatus.CHOSEN),
    "running": Q(status__in=[ContractStatus.CONFIRMED, ContractStatus.IN_PROGRESS]),
    "done": Q(status=ContractStatus.ACCEPTED),
    "declined": Q(status=ContractStatus.DECLINED),
}


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
    undecided: bool  # the company said no, and the person can still choose another


def in_groups(rows: QuerySet[Contract]) -> QuerySet[Contract]:
    """The contracts with their group's place as `group`."""
    deciding = RfpQuerySet(Rfp).in_phase(Phase.DECIDING).filter(pk=OuterRef("rfp"))
    place = Case(
        *(When(which, then=Value(at)) for at, which in enumerate(GROUPS.values())), output_field=IntegerField()
    )
    return rows.annotate(undecided=Exists(deciding)).annotate(group=place)


def purchases(rows: Sequence[Contract]) -> list[tuple[str, list[Purchase]]]:
    """Rows of in_groups, in its order, with owner and organisation, by the name of their group; no query."""
    names = list(GROUPS)
    return [(names[at], [_purchase(row) for row in found]) for at, found in groupby(rows, key=_group)]


def _group(row: Contract) -> int:
    group: int = row.group  # type: ignore[attr-defined]  # from in_groups
    return group


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
        undecided=row.undecided,  # type: ignore[attr-defined]  # from in_groups
    )
