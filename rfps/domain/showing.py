"""What companies see of a published request, stage by stage, in the words of a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.datastore import catalogue
from accounts.datastore.domain import telling
from accounts.datastore.policies import owners_of
from marketplace.kernel import speaking
from marketplace.kernel.actors import Actor
from rfps.blueprints import Question
from rfps.domain import announcing, drafting, filling, sharing
from rfps.domain.composing import STAGES, Body
from rfps.models import Rfp

Announced = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact that the request may show: `cells` by stage, "" where nothing is shown yet."""

    label: str
    cells: tuple[str, ...]
    kept: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """The request as companies that fit read it, the facts by stage, and what the person answered."""

    announced: Announced
    budget: str
    area: str
    facts: tuple[Fact, ...]
    answers: tuple[tuple[str, str], ...]


def shown(rfp: Rfp, *, actor: Actor) -> Shown:
    """Of a published row of visible_rfps; who has it shared with them reads no personal fact. Three queries."""
    assert rfp.current is not None
    content = drafting.content_of(rfp)
    body = content.body if rfp.owned else sharing.without_personal(content.body)
    stages = {row.field: row.stage for row in rfp.current.fields.order_by("pk")}
    if not rfp.owned:
        stages = {key: stage for key, stage in stages.items() if sharing.of_household(key)}
    held = set(owners_of(actor).values_list("pk", flat=True))
    live = {key: row for key, row in content.live.items() if row.owner_id in held}
    asked = [{"field": key, "stage": stage} for key, stage in stages.items()]
    own = replace(content, live=live, body={"area": None, **content.body, "fields": asked})
    by_stage = [{row["field"]: row["value"] for row in announcing.projected(own, stage)} for stage in STAGES]
    facts = tuple(_fact(key, by_stage, kept=key in live) for key in stages if catalogue.exists(key))
    announced = rfp.current.announced
    return Shown(announced, _budget(announced.get("budget")), _area(announced), facts, tuple(_answers(body)))


def _fact(key: str, by_stage: list[dict[str, Any]], *, kept: bool) -> Fact:
    known = catalogue.field(key)
    return Fact(_(known.label), tuple(telling.shown(key, at[key]) if key in at else "" for at in by_stage), kept)


def _budget(budget: Mapping[str, Any] | None) -> str:
    if not budget:
        return _("hidden")
    if "amount" in budget:
        return speaking.money(Decimal(budget["amount"]), budget["currency"])
    ends = {name: speaking.money(Decimal(budget[name]), budget["currency"]) for name in ("from", "to")}
    return _("%(from)s to %(to)s") % ends


def _area(announced: Announced) -> str:
    area = announced.get("area") or {}
    return _("anywhere") if area.get("remote") else str(area.get("label") or "")


def _answers(body: Body) -> list[tuple[str, str]]:
    template, given = filling.template_of(body), body.get("answers") or {}
    rows = template.questions if template else ()
    return [(_(row.text), _answer(row, given[row.key])) for row in rows if given.get(row.key) is not None]


def _answer(row: Question, value: Any) -> str:
    label = next((choice.label for choice in row.choices if choice.value == value), None)
    if label is not None:
        return _(label)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)
