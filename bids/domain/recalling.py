"""What a supplier answered before, so that it need not say it again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.models import Organisation
from bids.models import Answer, BidVersion
from rfps.models import Requirement, RfpVersion
from rfps.states import AnswerKind, Level

Recalled = dict[str, dict[str, Any]]  # requirement's public id: {"value", "deviation"}
FORM = ("answer", "unit", "constraint")  # the same words may ask something else when one of these differs


def musts(asked: RfpVersion) -> list[Requirement]:
    """The must-haves, in order."""
    return [row for row in asked.requirements.all() if row.level == Level.MUST]


def recall(organisation: Organisation, asked: RfpVersion, rows: Iterable[Requirement]) -> Recalled:
    """The supplier's last submitted answer to each requirement of the same words in the same category."""
    wanted = {row.text: row for row in rows}
    given = Answer.objects.filter(
        version__bid__organisation=organisation,
        version__submitted_at__isnull=False,
        version__rfp_version__category=asked.category,
        requirement__text__in=list(wanted),
        value__isnull=False,
    )
    latest = given.order_by("requirement__text", "-version__submitted_at", "-pk").distinct("requirement__text")
    found: Recalled = {}
    for answer in latest.select_related("requirement"):
        row = wanted[answer.requirement.text]
        if _still_fits(answer, row):
            found[str(row.public_id)] = {"value": answer.value, "deviation": answer.deviation or None}
    return found


def last_vat(organisation: Organisation) -> tuple[str, bool] | None:
    """Rate and "included" of the last submitted offer: a hint for the next one, never taken for granted."""
    versions = BidVersion.objects.filter(bid__organisation=organisation, submitted_at__isnull=False)
    last = versions.order_by("-submitted_at", "-pk").only("vat_rate", "vat_included").first()
    return (format(last.vat_rate.normalize(), "f"), last.vat_included) if last else None


def _still_fits(answer: Answer, row: Requirement) -> bool:
    same = all(getattr(answer.requirement, name) == getattr(row, name) for name in FORM)
    return same and (row.answer != AnswerKind.CHOICE or answer.value in row.choices)
