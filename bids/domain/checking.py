"""What keeps a bid from being submitted, all of it at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from bids.domain.composing import Content
from bids.domain.loading import lines_of, offer_of
from bids.domain.meeting import meets
from bids.domain.rounding import exact, money
from bids.domain.totalling import total
from bids.states import Firmness
from marketplace.kernel.errors import Fault
from rfps.models import RfpVersion
from rfps.states import Level

Row = tuple[int | None, dict[str, Any]]  # where it stands in the body, and what it says
NOWHERE: Row = (None, {})


def gaps(content: Content, asked: RfpVersion, *, today: date) -> list[Fault]:
    """Lines without a word, musts unanswered or missed in silence, a binding budget exceeded, a validity in the past.

    `content` may still hold rows that could not be read (None); they were named already.
    """
    found = [*_lines(content, asked), *_estimate(content), *unmet(content, asked)]
    valid_until = content.get("valid_until")
    if valid_until and date.fromisoformat(valid_until) < today:
        found.append(Fault("/valid_until", "in_the_past", _("This offer would have expired already.")))
    return found or [*_range(content, asked), *_budget(content, asked)]


def _lines(content: Content, asked: RfpVersion) -> Iterator[Fault]:
    rows: dict[str, Row] = {
        row["line"]: (at, row) for at, row in enumerate(content.get("lines") or []) if row and row.get("line")
    }
    if not rows and content.get("firmness") == Firmness.ESTIMATE:
        return  # an estimate may cover everything in one range
    for line in asked.lines.all():
        at, row = rows.get(str(line.public_id), NOWHERE)
        if row.get("offered", True) is False or row.get("unit_price") is not None:
            continue
        pointer = "/lines" if at is None else f"/lines/{at}/unit_price"
        message = _("“%(line)s” needs a price, or the word that you do not offer it.") % {"line": line.title}
        yield Fault(pointer, "missing_line", message)


def _estimate(content: Content) -> Iterator[Fault]:
    if content.get("firmness") == Firmness.ESTIMATE and (content.get("estimate") or {}).get("high") is None:
        yield Fault("/estimate/high", "required", _("An estimate needs its high end."))


def unmet(content: Content, asked: RfpVersion) -> Iterator[Fault]:
    """Musts unanswered, or missed without a word of what is offered instead."""
    rows = content.get("answers") or []
    answers: dict[str, Row] = {
        row["requirement"]: (at, row) for at, row in enumerate(rows) if row and row.get("requirement")
    }
    for requirement in asked.requirements.all():
        at, row = answers.get(str(requirement.public_id), NOWHERE)
        if requirement.level != Level.MUST or row.get("deviation"):
            continue
        pointer = "/answers" if at is None else f"/answers/{at}/value"
        text = {"text": requirement.text}
        if row.get("value") is None:
            yield Fault(pointer, "must_unanswered", _("“%(text)s” must be answered.") % text)
        elif not meets(requirement, row["value"]):
            message = _("“%(text)s” is a must. Say what you offer instead, or answer otherwise.") % text
            yield Fault(pointer, "must_failed_without_deviation", message)


def _range(content: Content, asked: RfpVersion) -> Iterator[Fault]:
    """An estimate ranks by its high end, so that cannot lie below the prices stated beside it."""
    rows = [*(content.get("lines") or []), *(content.get("charges") or [])]
    if content.get("firmness") != Firmness.ESTIMATE or None in rows:
        return
    offer = offer_of(content)
    stated = total(replace(offer, estimate_high=None), lines_of(asked), horizon_months=asked.horizon_months).amount
    counted = total(offer, lines_of(asked), horizon_months=asked.horizon_months).amount
    if stated > counted:
        amounts = {"stated": money(stated, asked.currency), "currency": asked.currency}
        message = _("The prices you state come to %(stated)s %(currency)s, more than the high end of your estimate.")
        yield Fault("/estimate/high", "below_stated_prices", message % amounts)


def _budget(content: Content, asked: RfpVersion) -> Iterator[Fault]:
    """Judged by what suppliers are shown: refusing by a hidden amount would tell it, one attempt after another."""
    budget = (asked.announced or {}).get("budget") or {}
    limit = budget.get("amount") or budget.get("to")
    if not (asked.budget_binding and limit):
        return
    costs = total(offer_of(content), lines_of(asked), horizon_months=asked.horizon_months).amount
    if costs > exact(Decimal(limit)):
        amounts = {"limit": limit, "currency": asked.currency}
        yield Fault("", "over_budget", _("This costs more than the binding %(limit)s %(currency)s.") % amounts)
