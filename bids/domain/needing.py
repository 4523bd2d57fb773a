"""What needs the person, over all their requests: derived from facts, nothing stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db.models import Count

from accounts.models import HouseholdMember
from bids.models import Approval, Bid, Contract
from bids.policies import countable_bids
from bids.states import STANDING, ContractStatus
from marketplace.kernel.actors import Actor
from marketplace.kernel.clock import database_now
from rfps.domain import drafting, widening
from rfps.domain.hearing import with_unanswered
from rfps.models import Rfp
from rfps.policies import visible_rfps
from rfps.states import LAPSE_DAYS, Phase, Sharing

SOON = timedelta(hours=24)
NEWS = timedelta(days=14)  # how long a yes stays news
MOST = 200  # requests looked at, the newest
ALIVE = (Phase.DRAFT, Phase.OPEN, Phase.DECIDING, Phase.AWARDED)


class Why(StrEnum):
    """The kinds of needs; those before CONFIRM_PENDING wait for the person."""

    ANSWER = "answer"  # companies asked `number` questions; due_at: the deadline
    APPROVE = "approve"  # somebody said yes to an offer, my yes is missing
    CHOOSE_AGAIN = "choose_again"  # the chosen company said no
    CHOOSE = "choose"  # offers are open; by due_at
    CHOICE_OVERDUE = "choice_overdue"  # the day to choose has passed; due_at: when the request lapses
    NO_OFFERS = "no_offers"  # the time is over and nothing came
    NOBODY_YET = "nobody_yet"  # a third of the time is over and nothing came; due_at: the deadline
    CLOSING_SOON = "closing_soon"  # the same in the last day
    CONFIRM_PENDING = "confirm_pending"  # the company has until due_at to say yes
    APPROVAL_PENDING = "approval_pending"  # my yes is given, another's is missing
    CONFIRMED = "confirmed"  # the company said yes
    DRAFT = "draft"  # not published yet


MINE = (
    Why.ANSWER, Why.APPROVE, Why.CHOOSE_AGAIN, Why.CHOOSE, Why.CHOICE_OVERDUE, Why.NO_OFFERS, Why.NOBODY_YET,
    Why.CLOSING_SOON,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Need:
    """One thing, with the request it is about; `number` counts its offers, `bid` is the one to approve."""

    why: Why
    rfp: UUID
    title: str
    due_at: datetime | None
    time_zone: str
    number: int = 0
    bid: UUID | None = None
    owned: bool = True

    @property
    def needs_me(self) -> bool:
        return self.why in MINE


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read of all requests at once."""

    now: datetime
    person_id: int
    counts: Mapping[int, int]
    contracts: Mapping[int, Contract]
    yeses: Mapping[int, list[Approval]] = field(default_factory=dict)
    living: Mapping[int, set[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attention:
    """What there is to see to, and the requests that are not over, the newest first, with how many offers each has."""

    needs: list[Need] = field(default_factory=list)
    rfps: list[Rfp] = field(default_factory=list)
    offers: Mapping[int, int] = field(default_factory=dict)


def needs(actor: Actor) -> list[Need]:
    """What needs the person first, the soonest first, then what they wait for, then drafts; five queries."""
    return attention(actor).needs


def attention(actor: Actor) -> Attention:
    """The same, with the requests that it was read from."""
    rows = visible_rfps(actor).select_related("owner__key", "current").filter(phase__in=ALIVE)  # type: ignore[misc]
    rfps = list(with_unanswered(rows).order_by("-pk")[:MOST])
    if not rfps:
        return Attention()
    known = _known(rfps, actor)
    found = [need for rfp in rfps for need in _needs(rfp, known)]
    late = datetime.max.replace(tzinfo=known.now.tzinfo)
    found.sort(key=lambda need: (not need.needs_me, need.why == Why.DRAFT, need.due_at or late))
    return Attention(found, rfps, known.counts)


def _known(rfps: list[Rfp], actor: Actor) -> _Known:
    counts = countable_bids(actor).filter(rfp__in=rfps).order_by().annotate(number=Count("pk"))
    contracts = {each.rfp_id: each for each in Contract.objects.filter(rfp__in=rfps).order_by("pk")}
    together = [rfp for rfp in rfps if rfp.sharing == Sharing.DECIDE]
    yeses: dict[int, list[Approval]] = {}
    living: dict[int, set[int]] = {}
    if together:
        rows = Approval.objects.filter(bid__rfp__in=together, bid__state__in=STANDING).select_related("bid")
        for approval in rows.order_by("pk"):
            if approval.version_id == approval.bid.standing_id:
                yeses.setdefault(approval.bid.rfp_id, []).append(approval)
        homes = {rfp.shared_with_id for rfp in together}
        for stay in HouseholdMember.objects.filter(household__in=homes, left_at__isnull=True):
            living.setdefault(stay.household_id, set()).add(stay.user_id)
    return _Known(
        now=database_now(),
        person_id=actor.person_key,
        counts=dict(counts.values_list("rfp_id", "number")),
        contracts=contracts,
        yeses=yeses,
        living=living,
    )


def _needs(rfp: Rfp, known: _Known) -> Iterable[Need]:
    decides = rfp.owned or rfp.sharing == Sharing.DECIDE
    if not decides:
        return
    if rfp.phase == Phase.DRAFT:
        yield _need(rfp, known, Why.DRAFT, None)
    elif rfp.phase == Phase.OPEN:
        yield from _while_open(rfp, known)
    elif rfp.phase == Phase.DECIDING:
        yield _to_decide(rfp, known)
    else:
        yield from _after(rfp, known)


def _while_open(rfp: Rfp, known: _Known) -> Iterable[Need]:
    assert rfp.closes_at is not None
    answer = _answer(rfp, known, rfp.closes_at)
    if answer:
        yield answer
    if rfp.owned and rfp.unanswered:  # type: ignore[attr-defined]  # annotated by attention
        asked: int = rfp.unanswered  # type: ignore[attr-defined]
        yield replace(_need(rfp, known, Why.ANSWER, rfp.closes_at), number=asked)
    if known.counts.get(rfp.pk) or known.now < widening.due_at(rfp):
        return
    soon = rfp.closes_at - known.now <= SOON
    yield _need(rfp, known, Why.CLOSING_SOON if soon else Why.NOBODY_YET, rfp.closes_at)


def _to_decide(rfp: Rfp, known: _Known) -> Need:
    assert rfp.decides_by is not None
    passed = known.now >= rfp.decides_by
    due_at = rfp.decides_by + timedelta(days=LAPSE_DAYS) if passed else rfp.decides_by
    if not known.counts.get(rfp.pk):
        return _need(rfp, known, Why.NO_OFFERS, due_at)
    answer = _answer(rfp, known, due_at)
    if answer:
        return answer
    if passed:
        return _need(rfp, known, Why.CHOICE_OVERDUE, due_at)
    contract = known.contracts.get(rfp.pk)
    declined = contract is not None and contract.status == ContractStatus.DECLINED
    return _need(rfp, known, Why.CHOOSE_AGAIN if declined else Why.CHOOSE, due_at)


def _answer(rfp: Rfp, known: _Known, due_at: datetime) -> Need | None:
    """Of a common decision: my yes that is missing, or the others' that I wait for."""
    said = known.yeses.get(rfp.pk, [])
    mine = {approval.bid_id for approval in said if approval.person_id == known.person_id}
    living = known.living.get(rfp.shared_with_id or 0, set())
    others = [one for one in said if one.bid_id not in mine and one.person_id in living]
    if others:
        return _need(rfp, known, Why.APPROVE, due_at, others[0].bid)
    return _need(rfp, known, Why.APPROVAL_PENDING, due_at) if mine else None


def _after(rfp: Rfp, known: _Known) -> Iterable[Need]:
    contract = known.contracts.get(rfp.pk)
    if contract is None:
        return
    if contract.status == ContractStatus.CHOSEN:
        yield _need(rfp, known, Why.CONFIRM_PENDING, contract.confirm_by)
    elif contract.confirmed_at is not None and known.now - contract.confirmed_at < NEWS:
        yield _need(rfp, known, Why.CONFIRMED, contract.confirmed_at)


def _need(rfp: Rfp, known: _Known, why: Why, due_at: datetime | None, bid: Bid | None = None) -> Need:
    return Need(
        why=why,
        rfp=rfp.public_id,
        title=rfp.current.title if rfp.current else drafting.given_of(rfp).get("title") or "",
        due_at=due_at,
        time_zone=rfp.time_zone,
        number=known.counts.get(rfp.pk, 0),
        bid=bid.public_id if bid else None,
        owned=rfp.owned,
    )
