"""The rows of a draft one by one: its parts, and what is asked for. What counts goes along with the row it reads."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Fault, Invalid, require
from rfps.domain import drafting
from rfps.domain.composing import Body
from rfps.domain.holding import hold, unchanged
from rfps.models import Rfp
from rfps.policies import can_change_rfp
from rfps.states import CriterionKind, Phase

PARTS, ASKED = "lines", "requirements"
# The member of a criterion that names a row of each list.
READS = {PARTS: "line", ASKED: "requirement"}
Order = list[int | None]  # for each row as it will stand, where it stood; None for a new one


@transaction.atomic
def put(rfp: Rfp, name: str, at: int | None, row: Body, *, actor: Actor, revision: int) -> Rfp:
    """Write a row of a list (`lines`, `requirements`) anew, or with `at` None one more at its end."""
    held, body = _held(rfp, actor, revision)
    rows: list[Body] = list(body[name])
    order: Order = [*range(len(rows))]
    if at is None:
        rows, order = [*rows, row], [*order, None]
    else:
        _exists(name, at, rows)
        _still_read(body, at, row, name)
        rows[at] = row
    return _write(held, body, name, rows, order, rewritten=at, actor=actor)


@transaction.atomic
def move(rfp: Rfp, name: str, at: int, to: int, *, actor: Actor, revision: int) -> Rfp:
    """Put a row of a list to another place in it; past the ends is at the end."""
    held, body = _held(rfp, actor, revision)
    rows, order = list(body[name]), [*range(len(body[name]))]
    _exists(name, at, rows)
    to = max(0, min(to, len(rows) - 1))
    rows.insert(to, rows.pop(at))
    order.insert(to, order.pop(at))
    return _write(held, body, name, rows, [*order], actor=actor)


@transaction.atomic
def drop(rfp: Rfp, name: str, at: int, *, actor: Actor, revision: int) -> Rfp:
    """Take a row out of a list; what counted by it counts no more."""
    held, body = _held(rfp, actor, revision)
    rows, order = list(body[name]), [*range(len(body[name]))]
    _exists(name, at, rows)
    del rows[at], order[at]
    return _write(held, body, name, rows, [*order], actor=actor)


def readers(body: Body, name: str, at: int) -> list[Body]:
    """The criteria that read a row."""
    return [row for row in body["criteria"] if row.get(READS[name]) == at]


def _held(rfp: Rfp, actor: Actor, revision: int) -> tuple[Rfp, Body]:
    require(can_change_rfp(actor, rfp))
    held = hold(rfp, Phase.DRAFT)
    unchanged(held, revision)
    return held, drafting.content_of(held).body


def _exists(name: str, at: int, rows: list[Body]) -> None:
    if not 0 <= at < len(rows):
        raise Invalid([Fault(f"/{name}/{at}", "unknown_row", _("There is no such row; rows count from 0."))])


def _still_read(body: Body, at: int, row: Body, name: str) -> None:
    if name == ASKED and readers(body, name, at) and row.get("answer") != body[name][at]["answer"]:
        message = _("Offers are compared by this answer, so its kind stays. Add another question instead.")
        raise Invalid([Fault(f"/{name}/{at}/answer", "counts", message)])


def _write(
    held: Rfp, body: Body, name: str, rows: list[Body], order: Order, *, rewritten: int | None = None, actor: Actor
) -> Rfp:
    places = {was: now for now, was in enumerate(order) if was is not None}
    criteria = [_follow(row, name, places, rows) for row in body["criteria"] if row.get(READS[name]) in {None, *places}]
    # Rows that the template filled in may change with the answers; those that a criterion names by number may not.
    pinned = {other: body[other] for other in READS if any(READS[other] in row for row in criteria)}
    confirmed = _confirmed(body["confirmed"], name, places, rewritten)
    changed = {**pinned, name: rows, "criteria": criteria, "confirmed": confirmed}
    return drafting.change(held, actor=actor, body=changed)


def _follow(criterion: Body, name: str, places: dict[int, int], rows: list[Body]) -> Body:
    """The criterion with its row's new place, and a score for each of the row's choices."""
    was = criterion.get(READS[name])
    if was is None:
        return criterion
    followed: Body = {**criterion, READS[name]: places[was]}
    choices = rows[places[was]].get("choices")
    if criterion["kind"] == CriterionKind.CHOICE and isinstance(choices, list):
        scores = criterion.get("scores") or {}
        followed["scores"] = {choice: scores.get(choice, 0) for choice in choices if isinstance(choice, str)}
    return followed


def _confirmed(pointers: list[str], name: str, places: dict[int, int], rewritten: int | None) -> list[str]:
    """What the person said is meant so, for the same texts where they stand now."""
    kept = []
    for pointer in pointers:
        _root, member, *rest = pointer.split("/")
        if member != name or not rest or not rest[0].isdigit():
            kept.append(pointer)
        elif (was := int(rest[0])) in places and was != rewritten:
            kept.append("/".join(["", name, str(places[was]), *rest[1:]]))
    return kept
