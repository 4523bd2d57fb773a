"""What a stage shows of a request's facts: the same for a supplier's reading and the customer's preview."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from accounts.datastore import catalogue
from accounts.datastore.domain import keeping
from accounts.datastore.models import FieldValue, Owner
from accounts.datastore.policies import owners_of
from accounts.policies import actor_of_person
from rfps.disclosure.states import Stage
from rfps.models import Rfp, RfpVersion

READABLE = (Stage.ANNOUNCED, Stage.BIDDER, Stage.SHORTLISTED, Stage.AWARDED)


@dataclass(frozen=True, slots=True)
class Shown:
    """One fact as a stage shows it, and the version that it came from."""

    field: str
    value: Any
    stage: Stage
    source: FieldValue


def owners_behind(rfp: Rfp) -> list[Owner]:
    """Whose facts the request may show: its owner's and those its customer holds today."""
    held = owners_of(actor_of_person(rfp.customer))
    behind = Owner.objects.filter(Q(pk__in=held.values("pk")) | Q(pk=rfp.owner_id), erased_at__isnull=True)
    return list(behind.select_related("key", "person"))


def fields_at(version: RfpVersion, stage: Stage) -> list[str]:
    """The fields that this version shows at the stage or before; none at S4."""
    if stage not in READABLE:
        return []
    return [asked.field for asked in version.fields.order_by("pk") if asked.stage <= stage]


def values_of(rfp: Rfp, fields: Iterable[str]) -> dict[str, FieldValue]:
    """The live values that the request's fields are read from, about the item it names."""
    return keeping.live_values(owners_behind(rfp), fields, item=rfp.item)


def project(values: Mapping[str, FieldValue], stage: Stage, *, country: str = "") -> list[Shown]:
    """Each value as the stage shows it; what the stage's ladder hides is left out."""
    found = []
    for field, source in values.items():
        shown = catalogue.project(field, keeping.read(source), stage, country=country or None)
        if shown is not None:
            found.append(Shown(field, shown, stage, source))
    return found
