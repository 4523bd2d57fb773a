"""How offers are judged, as a person writes it: criteria with weights, anchors, and the rows that they read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from marketplace.kernel.errors import Fault
from rfps.domain import checking
from rfps.domain.checking import Check, Faults, fault
from rfps.states import AnswerKind, CriterionKind

Row = Mapping[str, Any]

MAX_ROW = 99
SHARE = checking.number(4, 0, 1)
PRICED = frozenset({CriterionKind.TOTAL_PRICE, CriterionKind.LINE_PRICE})
RATED = frozenset({CriterionKind.RATING, CriterionKind.SUPPLIER_RATING})
# The type of answer that each kind reads.
ANSWER_OF = {
    CriterionKind.NUMBER: AnswerKind.NUMBER,
    CriterionKind.DURATION: AnswerKind.NUMBER,
    CriterionKind.DATE: AnswerKind.DATE,
    CriterionKind.CHOICE: AnswerKind.CHOICE,
    CriterionKind.YES_NO: AnswerKind.YES_NO,
}
# A duration that names no row is the lead time: of its line, or of all.
READS_LINE = frozenset({CriterionKind.LINE_PRICE, CriterionKind.DURATION})
ANCHORED = PRICED | {CriterionKind.NUMBER, CriterionKind.DURATION, CriterionKind.DATE}


def criterion(value: Any, pointer: str, faults: Faults) -> Any:
    """One criterion by itself; whether its rows exist is asked of the whole body."""
    row = checking.table(CRITERION, required=["kind", "weight"])(value, pointer, faults)
    if not row or not row.get("kind"):
        return row
    kind = row["kind"]
    for name, kinds in {"requirement": set(ANSWER_OF), "line": READS_LINE}.items():
        if name in row and kind not in kinds:
            fault(faults, f"{pointer}/{name}", "not_for_this_kind", _("This kind of criterion does not read it."))
    for name in ("best", "worst"):
        if row.get(name) is not None:
            row[name] = _anchor(kind, row[name], f"{pointer}/{name}", faults)
    if _alike(kind, row.get("best"), row.get("worst")):
        fault(faults, f"{pointer}/worst", "same_anchors", _("Best and worst must differ."))
    if row.get("scores") is not None:
        row["scores"] = _scores(kind, row["scores"], f"{pointer}/scores", faults)
    return row


def check_rows(row: Row, body: Row, pointer: str, faults: Faults) -> None:
    """Whether the rows that a criterion names exist and fit."""
    for name, rows in (("requirement", body["requirements"]), ("line", body["lines"])):
        if row.get(name) is not None and row[name] >= len(rows):
            fault(faults, f"{pointer}/{name}", "unknown_row", _("There is no such row; rows count from 0."))
            return
    if row.get("requirement") is None:
        return
    asked = body["requirements"][row["requirement"]]
    if asked["answer"] != ANSWER_OF.get(row["kind"]):
        fault(faults, f"{pointer}/requirement", "wrong_answer_type", _("That row asks for another type of answer."))
    elif row["kind"] == CriterionKind.CHOICE:
        for choice in row.get("scores") or {}:
            if choice not in (asked.get("choices") or []):
                fault(faults, f"{pointer}/scores/{checking.escaped(choice)}", "unknown_choice", _("No such choice."))


def missing(row: Row, pointer: str) -> Iterator[Fault]:
    """What a criterion lacks before offers can be judged by it."""
    kind = row["kind"]
    needed = ["best", "worst"] if kind in ANCHORED else []
    needed += ["requirement"] if kind in ANSWER_OF and kind != CriterionKind.DURATION else []
    needed += ["line"] if kind == CriterionKind.LINE_PRICE else []
    needed += ["scores"] if kind == CriterionKind.CHOICE else []
    for name in needed:
        if row.get(name) is None:
            yield Fault(f"{pointer}/{name}", "required", _("Offers cannot be judged without this."))


def _anchor(kind: str, value: Any, pointer: str, faults: Faults) -> Any:
    if kind in PRICED:
        return checking.decimal(6, low=Decimal(0))(value, pointer, faults)
    if kind == CriterionKind.DATE:
        return checking.day(value, pointer, faults)
    if kind in ANCHORED:
        return checking.decimal(6, loose=True)(value, pointer, faults)
    if kind in RATED:
        return checking.decimal(2, low=Decimal(0), high=Decimal(5), loose=True)(value, pointer, faults)
    return fault(faults, pointer, "not_for_this_kind", _("This kind of criterion has no anchors."))


def _alike(kind: str, best: str | None, worst: str | None) -> bool:
    if best is None or worst is None:
        return False
    return best == worst if kind == CriterionKind.DATE else Decimal(best) == Decimal(worst)


def _scores(kind: str, value: Any, pointer: str, faults: Faults) -> Any:
    if kind != CriterionKind.CHOICE:
        return fault(faults, pointer, "not_for_this_kind", _("Only a choice is scored by a table."))
    if not isinstance(value, dict) or not all(isinstance(name, str) and checking.storable(name) for name in value):
        return fault(faults, pointer, "wrong_type", _("An object is wanted here."))
    return {name: SHARE(share, f"{pointer}/{checking.escaped(name)}", faults) for name, share in value.items()}


CRITERION: Mapping[str, Check] = {
    "kind": checking.one_of(CriterionKind.values),
    "title": checking.text(200),
    "weight": checking.number(3, 0, 1000),
    "requirement": checking.whole(0, MAX_ROW),
    "line": checking.whole(0, MAX_ROW),
    "best": checking.anything,  # read again by the kind
    "worst": checking.anything,
    "scores": checking.anything,
}
