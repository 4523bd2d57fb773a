"""Who sees what: each fact that a request uses, from which stage on, and as what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.datastore import catalogue
from accounts.datastore.catalogue import Field
from accounts.datastore.domain import keeping, telling
from accounts.datastore.policies import owners_of
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Fault, Invalid, require
from rfps.domain import drafting, filling
from rfps.domain.drafting import Content
from rfps.domain.holding import hold
from rfps.models import Rfp
from rfps.policies import can_change_rfp
from rfps.states import Phase

ALL, OFFERING, SHORTLISTED, CHOSEN = "S0", "S1", "S2", "S3"


@dataclass(frozen=True, slots=True)
class Sight:
    """One fact: `shown` is what its stage sees, `exact` the value where that is more; empty where nothing is kept."""

    field: Field
    stage: str
    shown: str
    exact: str
    locked: bool
    moves: tuple[str, ...]  # the stages that it may be moved to


def sights(content: Content, *, actor: Actor) -> list[Sight]:
    """The facts that the request asks for, in its order; another member's values are not said."""
    held = set(owners_of(actor).values_list("pk", flat=True))
    live = {key: value for key, value in content.live.items() if value.owner_id in held}
    country = (content.body["area"] or {}).get("country")
    values = {key: keeping.read(live[key]) for row in content.body["fields"] if (key := row["field"]) in live}
    return [_sight(row["field"], row["stage"], values, country) for row in content.body["fields"]]


def left_out(content: Content) -> list[Field]:
    """Facts that the category's template would use and this request does not."""
    template = filling.template_of(content.body)
    used = {row["field"] for row in content.body["fields"]}
    wanted = template.fields if template else ()
    return [catalogue.field(one.field) for one in wanted if one.field not in used]


@transaction.atomic
def reveal(rfp: Rfp, key: str, stage: str, *, actor: Actor) -> Rfp:
    """Show a fact from this stage on; "" leaves it out of the request."""
    require(can_change_rfp(actor, rfp))
    held = hold(rfp, Phase.DRAFT)
    rows = [row for row in drafting.content_of(held).body["fields"] if row["field"] != key]
    if not catalogue.exists(key):
        raise Invalid([Fault("/field", "unknown_field_key", _("This is not a field that can be kept here."))])
    if stage:
        before = [row["field"] for row in drafting.content_of(held).body["fields"]]
        at = before.index(key) if key in before else len(rows)
        rows.insert(at, {"field": key, "stage": stage})
    return drafting.change(held, actor=actor, body={"fields": rows})


def _sight(key: str, stage: str, values: dict[str, Any], country: str | None) -> Sight:
    field = catalogue.field(key)
    if key not in values:
        return Sight(
            field, stage, "", "", field.is_closed, () if field.is_closed else _moves(stage, key, None, country)
        )
    value = values[key]
    projection = catalogue.project(key, value, stage, country=country)
    exact = telling.exact(key, value)
    shown = telling.shown(key, projection) if projection is not None else ""
    moves = () if field.is_closed else _moves(stage, key, value, country)
    return Sight(field, stage, shown, "" if shown == exact else exact, field.is_closed, moves)


def _moves(stage: str, key: str, value: Any, country: str | None) -> tuple[str, ...]:
    """The other two stages that a page offers; the first only where it would show anything."""
    first = value is not None and catalogue.project(key, value, ALL, country=country) is not None
    offered = [ALL] * first + [OFFERING, CHOSEN]
    return tuple(one for one in offered if one != stage)
