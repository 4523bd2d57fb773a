"""The questions of a request's template: facts are kept by the person, the other answers stay in the draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.datastore import catalogue, places
from accounts.datastore.domain import keeping
from accounts.datastore.domain.owning import owner_of_field
from accounts.datastore.models import FieldValue
from accounts.datastore.policies import owners_of
from marketplace.kernel.actors import Actor
from marketplace.kernel.clock import database_now
from marketplace.kernel.errors import Fault, refuse, require
from rfps.blueprints import Part, Question, Template
from rfps.domain import drafting, filling
from rfps.domain.composing import Body
from rfps.domain.drafting import Content
from rfps.domain.filling import COUNTRY, POSTCODE
from rfps.domain.holding import hold, unchanged
from rfps.models import Rfp
from rfps.policies import can_change_rfp
from rfps.states import Phase

Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what is known: `value` None is not answered. `sees` is the stage it shows from, "" nobody."""

    question: Question
    value: Any
    sees: str
    kept_at: datetime | None = None  # only of a fact that was kept before
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """All questions of a draft; `country` and `postcode` say where; `placed`: the template does not ask where."""

    asked: list[Asked]
    country: str
    postcode: str
    placed: bool
    currency: str


def sheet(rfp: Rfp, *, actor: Actor) -> Sheet:
    """What the template asks, with the answers that there are; of others' facts neither."""
    content = drafting.content_of(rfp)
    template = filling.template_of(content.body)
    questions = template.questions if template else ()
    mine, now = _own(content, actor), database_now()
    rows = [_asked(one, content, mine, now) for one in questions if _may_answer(one, content, mine, rfp, actor)]
    area = content.body["area"] or {}
    asks_place = any(one.key == POSTCODE for one in questions)
    kept = {key: keeping.read(mine[key]) for key in (POSTCODE, COUNTRY) if key in mine}
    return Sheet(
        asked=[one for one in rows if one.question.key != POSTCODE],
        country=area.get("country") or kept.get(COUNTRY) or "",
        postcode=kept.get(POSTCODE, "") if asks_place else area.get("postcode", ""),
        placed=not asks_place,
        currency=content.body["currency"] or "",
    )


@transaction.atomic
def answer(rfp: Rfp, given: Given, *, actor: Actor, place: Body | None = None, revision: int | None = None) -> Rfp:
    """Keep each answer where it belongs; None takes an answer back. `place` is {"country", "postcode"}.

    Conflict `stale` after `revision`. Pointers of faults are /answers/{key}, /postcode and /country.
    """
    require(can_change_rfp(actor, rfp))
    held = hold(rfp, Phase.DRAFT)
    content = drafting.content_of(held)
    template, mine = filling.template_of(content.body), _own(content, actor)
    asked = {one.key: one for one in template.questions} if template else {}
    facts = {key: value for key, value in given.items() if key in asked and not asked[key].answer}
    facts = {key: value for key, value in facts.items() if _may_answer(asked[key], content, mine, held, actor)}
    own = {key: value for key, value in given.items() if key in asked and asked[key].answer}
    body: dict[str, Any] = {"answers": {key: value for key, value in own.items() if value is not None} or None}
    if place is not None:
        facts, body = _placed(facts, body, place, content, asks=POSTCODE in asked)
    if not _said_before(held, facts, body, mine):  # a button pressed twice says the same again
        unchanged(held, revision)
    refuse(fault for key, value in facts.items() for fault in _wrong(key, value))
    for key, value in facts.items():
        if key in content.live and key not in mine:
            continue  # another member's fact, which answers for both
        _keep(held, key, value, mine.get(key), actor=actor)
    return drafting.change(held, actor=actor, body=body | _criteria_kept(held, body, content))


def _said_before(held: Rfp, facts: Given, body: Body, mine: Mapping[str, FieldValue]) -> bool:
    before = drafting.given_of(held)
    kept = {key: keeping.read(mine[key]) for key in facts if key in mine}
    return all(kept.get(key) == facts[key] for key in facts) and all(before.get(name) == body[name] for name in body)


def _criteria_kept(held: Rfp, body: Body, before: Content) -> Body:
    """Criteria that the person changed stay with the rows they read, wherever those stand after the answers."""
    given = drafting.given_of(held)
    if not given.get("criteria"):
        return {}
    kept, rows = {name: value for name, value in given.items() if name not in body}, {}
    answered = {name: value for name, value in body.items() if value is not None}
    after = filling.complete(kept | answered, drafting.values_in_clear(held, [given]))
    for member, title in (("requirements", "text"), ("lines", "title")):
        places = {row[title]: at for at, row in enumerate(after[member])}
        rows[member] = [places.get(row[title]) for row in before.body[member]]
    return {"criteria": [row for each in given["criteria"] if (row := _moved(each, rows)) is not None]}


def _moved(row: Body, rows: Mapping[str, list[int | None]]) -> Body | None:
    """The criterion with the new place of its row; None when that row is gone."""
    found = dict(row)
    for name, member in (("requirement", "requirements"), ("line", "lines")):
        if row.get(name) is not None:
            found[name] = rows[member][row[name]]
    return None if None in (found.get(name, 0) for name in ("requirement", "line")) else found


def _placed(facts: Given, body: Body, place: Body, content: Content, *, asks: bool) -> tuple[dict[str, Any], Body]:
    """Where it is: a fact about home where the template asks for it, else the request's own."""
    country, postcode = str(place.get("country") or ""), str(place.get("postcode") or "").strip()
    known = places.locate(country, postcode) is not None if country and postcode else False
    if postcode and not known and country in places.PLACED:
        message = _("This postcode is not known there. Check it, or leave it empty: then the whole country counts.")
        refuse([Fault("/postcode", "unknown_postcode", message)])
    area = {"country": country, **({"postcode": postcode} if known else {})} if country else None
    if asks:
        facts = {**facts, POSTCODE: postcode or None, COUNTRY: country or None}
        area = None if known else area
    if (content.body["area"] or {}).get("remote"):
        return dict(facts), body
    return dict(facts), {**body, "area": area}


def _wrong(key: str, value: Any) -> list[Fault]:
    if value is None:
        return []
    pointer = "/postcode" if key == POSTCODE else "/country" if key == COUNTRY else f"/answers/{key}"
    found = catalogue.check_value(key, value)
    return [Fault(pointer, fault.code, fault.message) for fault in found]


def _keep(rfp: Rfp, key: str, value: Any, live: FieldValue | None, *, actor: Actor) -> None:
    if live is None and value is not None:
        item = rfp.item if rfp.item and catalogue.field(key).item_kind == rfp.item.kind else None
        owner = owner_of_field(rfp.customer, key, item)
        keeping.add(owner, actor=actor, field=key, value=value, item=item)
    elif live is not None and value is None:
        keeping.withdraw(live, actor=actor)
    elif live is not None and keeping.read(live) != value:
        keeping.correct(live, actor=actor, value=value)


def _own(content: Content, actor: Actor) -> dict[str, FieldValue]:
    """Of the values behind the request those that this person keeps, alone or with their household."""
    held = set(owners_of(actor).values_list("pk", flat=True))
    return {key: value for key, value in content.live.items() if value.owner_id in held}


def _may_answer(one: Question, content: Content, mine: Mapping[str, FieldValue], rfp: Rfp, actor: Actor) -> bool:
    """Anybody the rest, and each their own facts; of the household's those that it keeps."""
    if one.answer or one.key in mine:
        return True
    if one.key in content.live:
        return False
    return rfp.customer_id == actor.person_id or catalogue.field(one.key).belongs_to == "household"


def _asked(one: Question, content: Content, mine: Mapping[str, FieldValue], now: datetime) -> Asked:
    sees = _sees(one, content)
    if one.answer:
        return Asked(one, content.body["answers"].get(one.key), sees)
    live = mine.get(one.key)
    if live is None:
        return Asked(one, None, sees)
    half_life = catalogue.field(one.key).half_life_days
    stale = half_life is not None and now - live.observed_at > timedelta(days=half_life)
    return Asked(one, keeping.read(live), sees, live.observed_at, stale)


def _sees(one: Question, content: Content) -> str:
    """What the template's rows say of it shows to all that fit; else the fact's own stage."""
    template = filling.template_of(content.body)
    if template is not None and one.key in _written(template):
        return "S0"
    return next((row["stage"] for row in content.body["fields"] if row["field"] == one.key), "")


def _written(template: Template) -> set[str]:
    """Keys whose answers stand in texts and rows that everybody who fits reads."""
    parts: tuple[Part, ...] = (*template.need, *template.lines, *template.requirements)
    keys = {part.when.key for part in parts if part.when}
    keys |= {key for one in template.lines for key in (one.key, one.spec_key)}
    return keys | {
        key for one in template.requirements for key in (one.level_by, one.min_from, one.max_from, one.equals_from)
    }
