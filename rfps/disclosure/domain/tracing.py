"""Who has what: what each company may read now, what it has read, and which requests show a fact to whom.

From grants and the log of reads; a company whose name a blind request hides stays nameless, and apart from itself
elsewhere. A request that is not the reader's to see has no name here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max

from accounts.datastore import catalogue
from accounts.datastore.policies import owners_of
from marketplace.kernel.actors import Actor
from rfps.disclosure.domain.granting import OVER
from rfps.disclosure.models import Grant
from rfps.disclosure.policies import visible_disclosures, visible_grants
from rfps.disclosure.states import Outcome
from rfps.models import PhaseOf, RequestedField, Rfp, RfpQuerySet
from rfps.policies import readable_rfps
from rfps.states import Phase

SHOWING = (Phase.OPEN, Phase.DECIDING, Phase.AWARDED)
Place = tuple[str, UUID | None]  # a field, and the item it is about
Found = dict[tuple[UUID, int | None, str, UUID | None], "Sight"]  # by company, request and place


@dataclass(slots=True)
class Sight:
    """One company's view of one fact for one request; `stage` says how exactly, `version` is the last one read."""

    key: UUID  # of the company: its public id, or of the opportunity while its name is hidden
    supplier: UUID | None
    name: str | None
    field: str
    item: UUID | None
    rfp: UUID | None
    title: str
    stage: str
    may_read: bool = False
    reads: int = 0
    last_read_at: datetime | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Showing:
    """A live request that shows a fact from `stage` on."""

    rfp: UUID
    title: str
    stage: str


@dataclass(frozen=True, slots=True)
class Traces:
    """The same sights by company and by fact, and what live requests show; each in the order of the catalogue."""

    sights: tuple[Sight, ...] = ()
    by_supplier: dict[UUID, list[Sight]] = field(default_factory=dict)
    by_field: dict[Place, list[Sight]] = field(default_factory=dict)
    showing: dict[str, list[Showing]] = field(default_factory=dict)


def trace(actor: Actor) -> Traces:
    """Everything about the actor's own and their household's facts; four queries."""
    titles = dict(readable_rfps(actor).values_list("pk", "current__title"))
    found: Found = {}
    _add_grants(found, actor, titles)
    _add_reads(found, actor, titles)
    order = {one.key: at for at, one in enumerate(catalogue.all_fields())}
    traces = Traces(tuple(sorted(found.values(), key=lambda sight: order.get(sight.field, len(order)))))
    for sight in traces.sights:
        traces.by_supplier.setdefault(sight.key, []).append(sight)
        traces.by_field.setdefault((sight.field, sight.item), []).append(sight)
    for row in _requested(actor):
        showing = Showing(row.version.rfp.public_id, row.version.title, row.stage)
        traces.showing.setdefault(row.field, []).append(showing)
    return traces


def _add_grants(found: Found, actor: Actor, titles: dict[int, str]) -> None:
    rows = visible_grants(actor).filter(ended_at__isnull=True, opportunity__declined_at__isnull=True)
    live: Any = rows.alias(phase=PhaseOf("rfp__")).exclude(phase__in=OVER)
    for grant in live.select_related("opportunity", "organisation", "rfp__item").order_by("pk"):
        named = grant.named
        company = grant.organisation
        key = company.public_id if named else grant.opportunity.public_id
        for name in (entry["field"] for entry in grant.fields):
            item = _item_of(grant, name)
            found[key, grant.rfp_id, name, item] = Sight(
                key=key,
                supplier=company.public_id if named else None,
                name=company.name if named else None,
                field=name,
                item=item,
                rfp=grant.rfp.public_id,
                title=titles.get(grant.rfp_id) or "",
                stage=grant.stage,
                may_read=True,
            )


def _add_reads(found: Found, actor: Actor, titles: dict[int, str]) -> None:
    read: Any = visible_disclosures(actor).filter(outcome=Outcome.READ, organisation__isnull=False)
    rows = read.values(
        "field",
        "rfp_id",
        "named",
        request=F("rfp__public_id"),
        item=F("value__item__public_id"),
        company=F("organisation__public_id"),
        name=F("organisation__name"),
        opportunity=F("grant__opportunity__public_id"),
    ).annotate(reads=Count("pk"), last=Max("at"), highest=Max("value_version"), until=Max("stage"))
    for row in rows.order_by("last"):
        key = row["company"] if row["named"] else row["opportunity"]
        readable = row["rfp_id"] in titles
        sight = found.setdefault(
            (key, row["rfp_id"], row["field"], row["item"]),
            Sight(
                key=key,
                supplier=row["company"] if row["named"] else None,
                name=row["name"] if row["named"] else None,
                field=row["field"],
                item=row["item"],
                rfp=row["request"] if readable else None,
                title=titles.get(row["rfp_id"]) or "",
                stage=row["until"],
            ),
        )
        sight.reads, sight.last_read_at, sight.version = row["reads"], row["last"], row["highest"]


def _item_of(grant: Grant, name: str) -> UUID | None:
    item = grant.rfp.item
    about = item is not None and catalogue.exists(name) and catalogue.field(name).item_kind == item.kind
    return item.public_id if item is not None and about else None


def _requested(actor: Actor) -> Iterable[RequestedField]:
    live = RfpQuerySet(Rfp).filter(owner__in=owners_of(actor)).in_phase(*SHOWING)
    rows = RequestedField.objects.filter(version__current_of__in=live.values("pk"))
    return rows.select_related("version__rfp").order_by("-version__rfp", "pk")
