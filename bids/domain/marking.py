"""The customer's ratings, note and hiding of one column, beside those of all others."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from bids.domain.evaluating import described, evaluate
from bids.models import Evaluation
from bids.policies import can_judge
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import require
from rfps.domain.holding import fresh
from rfps.models import Rfp, RfpQuerySet

Body = dict[str, Any]


@transaction.atomic
def mark(rfp: Rfp, *, actor: Actor, key: str, body: Body) -> Evaluation:
    """Write `ratings` ({criterion: value}, None takes it away), `note` or `hidden` of the column `key`; the rest stays.

    Raises Invalid, Conflict `sealed`.
    """
    require(can_judge(actor, rfp))
    held = fresh(RfpQuerySet(Rfp).select_for_update(of=("self",)), rfp)
    known, changed = described(held, actor=actor), {}
    if "ratings" in body:
        changed["ratings"] = _ratings(known["ratings"], key, body["ratings"])
    if "note" in body:
        said = [{"bid": key, "text": body["note"]}] if body["note"] else []
        changed["notes"] = [row for row in known["notes"] if row["bid"] != key] + said
    if "hidden" in body:
        changed["hidden"] = [each for each in known["hidden"] if each != key] + [key] * bool(body["hidden"])
    return evaluate(held, actor=actor, body=changed)


def _ratings(known: list[Body], key: str, given: Body) -> list[Body]:
    kept = [row for row in known if row["bid"] != key or row["criterion"] not in given]
    new = [{"bid": key, "criterion": name, "value": value} for name, value in given.items() if value is not None]
    return kept + new
