"""What happens next with a request, and when: dated steps derived from its facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bids.models import Contract
from bids.states import ContractStatus
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import require
from rfps.domain import drafting
from rfps.domain.checking import moment
from rfps.domain.holding import fresh
from rfps.models import Rfp, RfpQuerySet
from rfps.policies import can_look
from rfps.states import LAPSE_DAYS, Phase


class When(StrEnum):
    DONE = "done"
    NOW = "now"  # what is waited for; `at` is until when
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: publish, close, choose, lapse, confirm, decline, end or cancel; `at` is None when nobody knows yet."""

    key: str
    at: datetime | None
    when: When


def steps(rfp: Rfp, *, actor: Actor) -> list[Step]:
    """The steps of the request in order, those behind it and those ahead; two queries besides the permission's."""
    require(can_look(actor, rfp))
    return plan(fresh(RfpQuerySet(Rfp), rfp))


def plan(held: Rfp) -> list[Step]:
    """The same of a row that says its phase and that the reader may see; one query."""
    if held.phase == Phase.DRAFT:
        return list(_of_draft(held))
    contracts = list(Contract.objects.filter(rfp=held).order_by("pk"))
    closed_at = held.closed_early_at or held.closes_at
    found = [Step("publish", held.published_at, When.DONE)]
    if held.cancelled_at is not None:
        return [*found, Step("cancel", held.cancelled_at, When.DONE)]
    if held.phase == Phase.OPEN:
        return [*found, Step("close", closed_at, When.NOW), *_choice(held, When.AHEAD)]
    found += [Step("close", closed_at, When.DONE), *_declined(contracts)]
    if held.phase == Phase.DECIDING:
        return [*found, *_choice(held, When.NOW)]
    if held.phase == Phase.AWARDED:
        return [*found, *_chosen(held, contracts)]
    if held.phase == Phase.ENDED:
        return [*found, Step("end", held.ended_at, When.DONE)]
    return [*found, Step("lapse", _lapses_at(held), When.DONE)]


def _of_draft(rfp: Rfp) -> Iterator[Step]:
    body = drafting.content_of(rfp).body
    yield Step("publish", None, When.NOW)
    for key, name in (("close", "closes_at"), ("choose", "decides_by")):
        yield Step(key, moment(body[name]) if body[name] else None, When.AHEAD)
    yield Step("confirm", None, When.AHEAD)


def _choice(rfp: Rfp, when: When) -> Iterator[Step]:
    yield Step("choose", rfp.decides_by, when)
    if when == When.NOW:
        yield Step("lapse", _lapses_at(rfp), When.AHEAD)
    yield Step("confirm", None, When.AHEAD)


def _declined(contracts: list[Contract]) -> Iterator[Step]:
    for contract in contracts:
        if contract.status == ContractStatus.DECLINED:
            yield Step("choose", contract.awarded_at, When.DONE)
            yield Step("decline", contract.declined_at, When.DONE)


def _chosen(rfp: Rfp, contracts: list[Contract]) -> Iterator[Step]:
    yield Step("choose", rfp.awarded_at, When.DONE)
    standing = next((one for one in reversed(contracts) if one.status != ContractStatus.DECLINED), None)
    if standing is None or standing.confirmed_at is None:
        yield Step("confirm", standing.confirm_by if standing else None, When.NOW)
    else:
        yield Step("confirm", standing.confirmed_at, When.DONE)


def _lapses_at(rfp: Rfp) -> datetime | None:
    return rfp.decides_by + timedelta(days=LAPSE_DAYS) if rfp.decides_by else None
