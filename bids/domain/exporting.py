"""The comparison as a table that a spreadsheet opens and does not execute."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from bids.domain.comparing import Comparison, Result, calculate, part_shape, sealed
from bids.domain.gathering import gather
from bids.domain.rounding import money, rounded
from bids.policies import is_sealed
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import require
from rfps.models import Rfp
from rfps.policies import can_look

PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
Row = list[Any]


def as_csv(rfp: Rfp, *, actor: Actor) -> str:
    """One column per bid, grouped rows; of a sealed request the number of bids alone."""
    require(can_look(actor, rfp))
    if rfp.current is None or is_sealed(rfp):
        return write([[_("Offers, still closed"), sealed(rfp, actor=actor)["bid_count"]]])
    return write(rows(calculate(gather(rfp, actor=actor))))


def write(table: Sequence[Row]) -> str:
    """RFC 4180 with every cell made harmless (CWE-1236)."""
    text = io.StringIO()
    csv.writer(text).writerows([neutral(cell) for cell in row] for row in table)
    return text.getvalue()


def neutral(cell: Any) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay numbers."""
    if cell is None:
        return ""
    text = {True: _("yes"), False: _("no")}[cell] if isinstance(cell, bool) else str(cell)
    if PLAIN_NUMBER.fullmatch(text) or not text.lstrip(" ").startswith(STARTS_FORMULA):
        return text
    return "'" + text


def rows(comparison: Comparison) -> list[Row]:
    """Head, totals, parts, answers, scores."""
    board, results = comparison.board, comparison.results
    currency = board.rfp.currency
    return [
        [_("Offer"), *(result.column.title for result in results)],
        [_("Kind"), *(result.column.source for result in results)],
        [_("Company"), *(result.column.supplier["name"] for result in results)],
        [_("Option"), *(result.column.option for result in results)],
        [_("Total (%(currency)s)") % {"currency": currency}, *(money(r.total.amount, currency) for r in results)],
        [_("Points of 100"), *(rounded(result.score.amount, 2) for result in results)],
        [_("Rank"), *(result.rank for result in results)],
        [_("Meets every must"), *(not result.failed_musts for result in results)],
        [_("Warnings"), *(" ".join(result.flags) for result in results)],
        *([line.title, *(_line(result, line.id, currency) for result in results)] for line in board.lines),
        *(
            [requirement.text, *(_answer(result, str(requirement.public_id)) for result in results)]
            for requirement in board.requirements
        ),
        *(
            [_("Points: %(title)s") % {"title": measure.title}, *(_points(result, at, currency) for result in results)]
            for at, measure in enumerate(board.measures)
        ),
        [_("Note"), *(result.column.note for result in results)],
    ]


def _line(result: Result, line: str, currency: str) -> str | None:
    term = result.total.lines().get(line)
    return money(term.amount, currency) if term else None


def _answer(result: Result, requirement: str) -> Any:
    given = result.column.answers.get(requirement)
    if given is None:
        return None
    return f"{given.value} ({given.deviation})" if given.deviation else given.value


def _points(result: Result, at: int, currency: str) -> str:
    return str(part_shape(result.score.parts[at], currency)["contribution"])
