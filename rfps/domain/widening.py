"""No offers yet: the changes of a request that would reach most more suppliers, counted by the matching itself.

Matching compares S0 facts: the area, the words, the capabilities, the budget as it is shown. So those are varied: the
place does not matter, or the whole country; a capability or a must left out; the budget not shown. What matching does
not read, the time, reaches nobody new, but gives those that fit more of it; it fills the list up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.clock import database_now
from marketplace.kernel.errors import Conflict, require
from rfps.delivery.domain import counting
from rfps.delivery.domain.matching import MatchFacts
from rfps.domain import announcing, closing, drafting, publishing
from rfps.domain.checking import as_instant, moment
from rfps.domain.composing import Body
from rfps.domain.drafting import Content
from rfps.domain.holding import fresh
from rfps.models import Rfp, RfpQuerySet
from rfps.policies import can_change_rfp, can_look
from rfps.states import BudgetDisclosure, Level, Phase

MOST = 3
TIME = "time"
SHORTEST = timedelta(days=3)  # of more time


@dataclass(frozen=True, slots=True)
class Change:
    """One change: `body` holds the members to replace; `reaches` and `gains` are suppliers, rounded to 5.

    `key` is time, remote, country, budget, capability:<its name> or must:<its place in the request, from 0>;
    `subject` is what a page names: the capability, the must's text, or "". `at_once` says that the open request itself
    can be changed so; otherwise a copy is made with the change.
    """

    key: str
    subject: str
    body: Body
    reaches: int
    gains: int
    at_once: bool

    @property
    def closes_at(self) -> datetime | None:
        """Until when offers would be taken, where the change is about that."""
        return moment(self.body["closes_at"]) if self.key == TIME else None


def widenings(rfp: Rfp, *, actor: Actor) -> list[Change]:
    """Up to three changes that would reach most more suppliers, the most first; counted in one query."""
    require(can_look(actor, rfp))
    return best(fresh(RfpQuerySet(Rfp), rfp))


def due_at(rfp: Rfp) -> datetime:
    """When a third of the time for offers has passed: without one until then, the changes are worth a look."""
    assert rfp.published_at is not None
    assert rfp.closes_at is not None
    return rfp.published_at + (rfp.closes_at - rfp.published_at) / 3


@transaction.atomic
def apply(rfp: Rfp, *, actor: Actor, key: str) -> Rfp:
    """Make the change: more time on an open request, any change of a draft; else a new draft that says it so.

    Raises Conflict `no_such_change` when it is not on offer any more.
    """
    require(can_change_rfp(actor, rfp))
    held = fresh(RfpQuerySet(Rfp), rfp)
    change = next((one for one in _candidates(held, drafting.content_of(held).body) if one[0] == key), None)
    if change is None:
        raise Conflict(_("The request has changed; look at what is offered now."), code="no_such_change")
    record("rfp.widened", actor=actor, kind="rfp", subject=held.public_id, change=key.partition(":")[0])
    body = change[2]
    if held.phase == Phase.DRAFT:
        return drafting.change(held, actor=actor, body=body)
    if held.phase == Phase.OPEN and key == TIME:
        return closing.extend(held, actor=actor, closes_at=moment(body["closes_at"]))
    return drafting.change(drafting.copy(held, actor=actor), actor=actor, body=body)


def varied(rfp: Rfp, content: Content, change: Body) -> MatchFacts:
    """What matching would know of the changed request, by way of the S0 body that would be announced."""
    # No fact of the data store is matched, so none is read.
    body = {**content.body, **change, "fields": []}
    announced = announcing.announced(rfp, replace(content, body=body), number=1, rows=None)
    return publishing.match_facts(rfp, announced, announcing.cell_of(body["area"]))


def best(rfp: Rfp) -> list[Change]:
    """The same of a row that says its phase and that the reader may see."""
    return _best(rfp)[:MOST]


def _best(rfp: Rfp) -> list[Change]:
    content = drafting.content_of(rfp)
    if not content.body["category"]:
        return []
    found = list(_candidates(rfp, content.body))
    facts = [varied(rfp, content, {}), *(varied(rfp, content, change) for _key, _subject, change in found)]
    now, *counts = counting.reached(facts, excluded=publishing.excluded(rfp, content.owners))
    wider = sorted(zip(found, counts, strict=True), key=lambda each: -each[1])  # stable: the gentler change first
    return [
        Change(key, subject, change, counting.roughly(count), counting.roughly(count - now), _at_once(rfp, key))
        for (key, subject, change), count in wider
        if count > now or key == TIME
    ]


def _at_once(rfp: Rfp, key: str) -> bool:
    return rfp.phase == Phase.DRAFT or (rfp.phase == Phase.OPEN and key == TIME)


def _candidates(rfp: Rfp, body: Body) -> Iterator[tuple[str, str, Body]]:
    """(key, subject, members to replace), the gentler changes first."""
    if rfp.closes_at is not None:
        yield TIME, "", _later(rfp)
    if body["budget"] and body["budget"]["disclosure"] != BudgetDisclosure.HIDDEN:
        yield "budget", "", {"budget": {**_given(body["budget"]), "disclosure": BudgetDisclosure.HIDDEN.value}}
    for name in body["capabilities"]:
        yield f"capability:{name}", name, {"capabilities": [one for one in body["capabilities"] if one != name]}
    for position, row in enumerate(body["requirements"]):
        if row["level"] == Level.MUST:
            yield f"must:{position}", row["text"], _without(body, position)
    area = body["area"] or {}
    if area.get("country") and len(area) > 1:
        yield "country", "", {"area": {"country": area["country"]}}
    if area and not area.get("remote"):
        yield "remote", "", {"area": {"remote": True}}


def _without(body: Body, position: int) -> Body:
    """The rows without this one; criteria that pointed at it go, the others point at the rows' new places."""
    kept = [row for at, row in enumerate(body["requirements"]) if at != position]
    criteria = []
    for row in body["criteria"]:
        at = row.get("requirement")
        if at is None or at < position:
            criteria.append(row)
        elif at > position:
            criteria.append({**row, "requirement": at - 1})
    return {"requirements": kept, "criteria": criteria}


def _later(rfp: Rfp) -> Body:
    """Half as long again as the request had, three days at least, from its deadline or from now."""
    assert rfp.closes_at is not None
    assert rfp.published_at is not None
    more = max(SHORTEST, (rfp.closes_at - rfp.published_at) / 2)
    from_then = max(rfp.closes_at, database_now())
    return {"closes_at": as_instant((from_then + more).replace(microsecond=0))}


def _given(budget: dict[str, Any]) -> Body:
    return {name: value for name, value in budget.items() if name in {"amount", "currency", "binding"}}
