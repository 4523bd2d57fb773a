"""What choosing an offer would mean: with whom, for what price, what is sent, and until when one may cancel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.datastore import catalogue
from accounts.datastore.domain import telling
from accounts.models import Organisation
from accounts.policies import valid_checks
from bids.domain import tabling, wording
from bids.domain.comparing import calculate
from bids.domain.contracting import working_days_later
from bids.domain.gathering import facts_of, gather
from bids.domain.tabling import Head, Table
from bids.models import Bid, Contract
from bids.policies import shows_supplier, visible_bids
from marketplace.kernel import speaking
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import require
from rfps import templates
from rfps.disclosure.projections import READABLE, project, values_of
from rfps.disclosure.states import Stage
from rfps.models import RequestedField, Rfp
from rfps.states import Sharing

# Contracts made at a distance: Directive 2011/83/EU, article 9; in the United Kingdom the Consumer Contracts
# (Information, Cancellation and Additional Charges) Regulations 2013, regulation 30.
DAYS_TO_CANCEL = 14
CANCELLABLE = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split()
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that would be sent, in words."""

    key: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Trader:
    """The full identity of the company; nothing of it while names are hidden."""

    name: str
    legal_name: str
    country: str
    website: str
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Everything that the page before the button shows."""

    bid: Bid
    head: Head
    table: Table
    trader: Trader | None
    sent: tuple[Fact, ...]
    confirm_on: str  # the last day to confirm
    cancel_until: str  # when they confirm today; empty where no law says so
    others: int  # companies whose offers would not be chosen
    together: bool  # it takes the yes of everybody with whom the customer decides


def candidates(rfp: Rfp, actor: Actor) -> QuerySet[Bid]:
    """The bids that may be chosen from, each with what is said of its company and what it would be shown."""
    kinds = valid_checks().filter(organisation=OuterRef("organisation")).order_by("kind").values("kind").distinct()
    asked = RequestedField.objects.filter(version=rfp.current, stage__in=READABLE).order_by("pk")
    rows = visible_bids(actor).filter(rfp=rfp).select_related("organisation__supplier", "opportunity", "rfp")
    return rows.annotate(checks=ArraySubquery(kinds), fields=ArraySubquery(asked.values("field")))


def choice(rfp: Rfp, *, actor: Actor, bid: Any) -> Choice | None:
    """What choosing this one of the candidates would do; None while the offers are sealed or when it stands no more."""
    facts = facts_of(rfp, actor)
    require(facts is not None)
    if rfp.current is None or facts is None or not facts.unsealed:
        return None
    key = str(bid.public_id)
    comparison = calculate(gather(rfp, actor=actor, facts=facts, marked=False))
    table = tabling.laid_out(comparison, records={}, picked=[key])
    if [head.key for head in table.heads] != [key]:
        return None
    days = templates.for_category(rfp.current.category).confirm_within_working_days
    until = last_day(comparison.board.day, rfp.current.country or bid.organisation.country)
    others = {each.column.supplier["name"] for each in comparison.results if each.column.is_bid}
    return Choice(
        bid=bid,
        head=table.heads[0],
        table=table,
        trader=trader_of(bid.organisation, bid.checks) if shows_supplier(bid) else None,
        sent=facts_for_winner(rfp, bid.fields, told=actor.person_id == rfp.customer_id),
        confirm_on=last_day_before(working_days_later(facts.now, days, rfp.time_zone), rfp.time_zone),
        cancel_until=wording.whole_day(until) if until else "",
        others=len(others) - 1,
        together=rfp.sharing == Sharing.DECIDE,
    )


def last_day(confirmed_on: date, country: str) -> date | None:
    """The last day on which a contract that was confirmed on this day may be cancelled; None where no law says so."""
    return confirmed_on + timedelta(days=DAYS_TO_CANCEL) if country in CANCELLABLE else None


def last_day_before(end: datetime, time_zone: str) -> str:
    """The day that is over at `end`, in full: "by Friday" and not "by Saturday, 00:00"."""
    return wording.whole_day((end - timedelta(microseconds=1)).astimezone(ZoneInfo(time_zone)).date())


def trader_of(organisation: Organisation, checks: Iterable[str]) -> Trader:
    """Who the contract would be with, and what was found out about them that holds today."""
    supplier = getattr(organisation, "supplier", None)
    words = {"identity": _("who they are"), "trade": _("their licence to trade"), "insurance": _("their insurance")}
    return Trader(
        name=organisation.name,
        legal_name=organisation.legal_name,
        country=speaking.country(organisation.country),
        website=supplier.website if supplier else "",
        checks=tuple(words[kind] for kind in checks if kind in words),
    )


def counterpart(contract: Contract) -> Trader:
    """Whom a contract is with; the customer chose them, so their name is known."""
    kinds = valid_checks().filter(organisation=contract.organisation).order_by("kind")
    return trader_of(contract.organisation, kinds.values_list("kind", flat=True).distinct())


def facts_for_winner(rfp: Rfp, fields: Sequence[str], *, told: bool) -> tuple[Fact, ...]:
    """What only the chosen company would see, as it would see it today, in the order of the request.

    Those who decide with the customer are told which facts (`told` False), not what they say: some are the customer's.
    """
    assert rfp.current is not None
    shown = project(values_of(rfp, fields), Stage.AWARDED, country=rfp.current.country)
    by_field = {each.field: each.value for each in shown}
    return tuple(
        Fact(field, _(catalogue.field(field).label), telling.shown(field, by_field[field]) if told else "")
        for field in fields
        if field in by_field
    )
