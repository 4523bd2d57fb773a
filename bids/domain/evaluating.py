"""The customer's own judging: weights, ratings, notes, hidden columns. Private, and free to change until the choice."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.datastore.domain.owning import seal_json
from bids.domain.gathering import opened_note, weights_of
from bids.models import Bid, Entry, Evaluation, Mark
from bids.policies import can_judge, is_sealed, visible_bids
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Conflict, refuse, require
from rfps.domain import checking
from rfps.domain.checking import Check, Faults, fault
from rfps.domain.holding import fresh
from rfps.models import Criterion, Rfp, RfpQuerySet
from rfps.states import CriterionKind, Phase

Body = dict[str, Any]
MOST_ROWS = 2000
WEIGHT = checking.number(3, 0, 1000)


@transaction.atomic
def evaluate(rfp: Rfp, *, actor: Actor, body: Any) -> Evaluation:
    """Replace the members that `body` names; those it leaves out stay. While sealed there is nothing but weights.

    Raises Invalid with every fault, Conflict: sealed, wrong_phase (what scores is fixed by the choice).
    """
    require(can_judge(actor, rfp))
    held = fresh(RfpQuerySet(Rfp).select_for_update(of=("self",)), rfp)
    faults: Faults = []
    given = checking.table(MEMBERS)(body, "", faults) or {}
    if any(given.get(name) for name in ("ratings", "notes", "hidden")) and is_sealed(held):
        raise Conflict(_("The offers are still closed; only weights can be set."), code="sealed")
    if held.phase == Phase.AWARDED and given.keys() & {"weights", "ratings"}:
        raise Conflict(_("You have chosen: weights and ratings stay as they were."), code="wrong_phase")
    criteria = {str(row.public_id): row for row in (held.current.criteria.all() if held.current else [])}
    columns = columns_of(held, actor)
    check_weights(given.get("weights"), criteria, faults)
    _check_ratings(given.get("ratings"), criteria, columns, faults)
    _check_columns(given, columns, faults)
    refuse(faults)
    evaluation, _created = Evaluation.objects.get_or_create(rfp=held)
    if "weights" in given:
        evaluation.weights = {name: str(weight) for name, weight in given["weights"].items()}
    evaluation.revision += 1
    evaluation.save()
    _write_ratings(held, given, criteria, columns)
    _write_notes(held, given, columns)
    record("rfp.evaluated", actor=actor, kind="rfp", subject=held.public_id, members=sorted(given))
    return evaluation


def described(rfp: Rfp, *, actor: Actor) -> Body:
    """The judging as it stands, in the form of the body; marks of columns that may be seen only."""
    columns = {(type(column), column.pk): name for name, column in columns_of(rfp, actor).items()}
    found: Body = {"weights": {}, "ratings": [], "notes": [], "hidden": []}
    found["weights"] = {name: _number(weight) for name, weight in weights_of(rfp).items()}
    for mark in rfp.marks.select_related("criterion").order_by("pk"):
        key = (Bid, mark.bid_id) if mark.bid_id else (Entry, mark.entry_id)
        name = columns.get(key)  # type: ignore[arg-type]
        if name is None:
            continue
        if mark.criterion is not None and mark.rating is not None:
            rating = {"bid": name, "criterion": str(mark.criterion.public_id), "value": _number(str(mark.rating))}
            found["ratings"].append(rating)
        if note := opened_note(mark, rfp):
            found["notes"].append({"bid": name, "text": note})
        if mark.hidden:
            found["hidden"].append(name)
    return found


def columns_of(rfp: Rfp, actor: Actor) -> dict[str, Bid | Entry]:
    """What may be judged now, by public id."""
    bids: list[Bid | Entry] = list(visible_bids(actor).filter(rfp=rfp))
    return {str(column.public_id): column for column in [*bids, *rfp.entries.all()]}


def check_weights(weights: Any, criteria: Mapping[str, Criterion], faults: Faults) -> None:
    """Read weights by criterion id in place; something has to count."""
    if weights is None:
        return
    for name in list(weights):
        pointer = f"/weights/{checking.escaped(name)}"
        if name not in criteria:
            fault(faults, pointer, "unknown_criterion", _("This is not a criterion of the request."))
        else:
            weights[name] = WEIGHT(weights[name], pointer, faults)
    merged = {name: weights.get(name, row.weight) for name, row in criteria.items()}
    if criteria and not any(merged.values()):
        fault(faults, "/weights", "no_weight", _("Something has to count."))


def _check_ratings(
    ratings: Any, criteria: Mapping[str, Criterion], columns: Mapping[str, Bid | Entry], faults: Faults
) -> None:
    seen = set()
    for position, row in enumerate(ratings or []):
        if not row:
            continue
        pointer, bid, criterion = f"/ratings/{position}", row.get("bid"), row.get("criterion")
        if bid is not None and bid not in columns:
            fault(faults, f"{pointer}/bid", "unknown_bid", _("This is not an offer of the request."))
        asked = criteria.get(criterion or "")
        if criterion is not None and (asked is None or asked.kind != CriterionKind.RATING):
            fault(faults, f"{pointer}/criterion", "unknown_criterion", _("This criterion is not rated by you."))
        if (bid, criterion) in seen:
            fault(faults, pointer, "duplicate", _("This stands here twice."))
        seen.add((bid, criterion))


def _check_columns(given: Body, columns: Mapping[str, Bid | Entry], faults: Faults) -> None:
    named = {f"/notes/{at}/bid": row.get("bid") for at, row in enumerate(given.get("notes") or []) if row}
    named |= {f"/hidden/{at}": bid for at, bid in enumerate(given.get("hidden") or [])}
    seen = set()
    for pointer, bid in named.items():
        if bid is not None and bid not in columns:
            fault(faults, pointer, "unknown_bid", _("This is not an offer of the request."))
        elif (pointer[1], bid) in seen:
            fault(faults, pointer, "duplicate", _("This stands here twice."))
        seen.add((pointer[1], bid))


def _write_ratings(
    rfp: Rfp, given: Body, criteria: Mapping[str, Criterion], columns: Mapping[str, Bid | Entry]
) -> None:
    if "ratings" not in given:
        return
    _marks(rfp, columns).filter(criterion__isnull=False).delete()
    Mark.objects.bulk_create(
        Mark(rfp=rfp, criterion=criteria[row["criterion"]], rating=row["value"], **_subject(columns[row["bid"]]))
        for row in given["ratings"]
    )


def _write_notes(rfp: Rfp, given: Body, columns: Mapping[str, Bid | Entry]) -> None:
    if not given.keys() & {"notes", "hidden"}:
        return
    marks = _marks(rfp, columns).filter(criterion__isnull=True).select_related("bid", "entry")
    notes, hidden = {}, set()
    for mark in marks:
        column = mark.bid or mark.entry
        assert column is not None  # a constraint of the table
        name = str(column.public_id)
        notes[name] = opened_note(mark, rfp)
        hidden |= {name} if mark.hidden else set()
    if "notes" in given:
        notes = {row["bid"]: row["text"] for row in given["notes"]}
    if "hidden" in given:
        hidden = set(given["hidden"])
    marks.delete()
    Mark.objects.bulk_create(
        Mark(rfp=rfp, sealed_note=_sealed(rfp, notes.get(name)), hidden=name in hidden, **_subject(columns[name]))
        for name in {**notes, **dict.fromkeys(hidden)}
    )


def _marks(rfp: Rfp, columns: Mapping[str, Bid | Entry]) -> QuerySet[Mark]:
    """Those of the columns that may be judged now; a withdrawn bid's wait until it stands again."""
    subjects = [_subject(column) for column in columns.values()]
    bids, entries = ([subject[name] for subject in subjects if name in subject] for name in ("bid", "entry"))
    return Mark.objects.filter(Q(bid__in=bids) | Q(entry__in=entries), rfp=rfp)


def _sealed(rfp: Rfp, note: str | None) -> bytes | None:
    return seal_json(rfp.owner, f"note|{rfp.public_id}", note) if note else None


def _subject(column: Bid | Entry) -> Body:
    return {"bid": column} if isinstance(column, Bid) else {"entry": column}


def _number(text: str) -> int | float:
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else float(value)


RATING: Mapping[str, Check] = {
    "bid": checking.identifier,
    "criterion": checking.identifier,
    "value": checking.decimal(2, low=Decimal(0), high=Decimal(5), loose=True),
}
NOTE: Mapping[str, Check] = {"bid": checking.identifier, "text": checking.text(2000)}
MEMBERS: Mapping[str, Check] = {
    "weights": checking.mapping,
    "ratings": checking.rows(checking.table(RATING, required=["bid", "criterion", "value"]), MOST_ROWS),
    "notes": checking.rows(checking.table(NOTE, required=["bid", "text"]), MOST_ROWS),
    "hidden": checking.rows(checking.identifier, MOST_ROWS),
}
