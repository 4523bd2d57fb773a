"""Everything a comparison needs, read in a fixed number of queries whatever the number of bids."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import Case, Exists, Func, JSONField, Model, OuterRef, Subquery, TextField, When
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from accounts.datastore.domain.owning import open_json
from bids.domain.composing import Content
from bids.domain.loading import lines_of, offer_of
from bids.domain.rounding import exact
from bids.domain.scoring import Measure
from bids.domain.totalling import Fee, Line, Offer, Price
from bids.domain.writing import decimal
from bids.models import Answer, Award, Bid, Charge, Entry, Evaluation, LinePrice, Mark
from bids.policies import opened as opened_bids
from bids.policies import shows_supplier, visible_bids
from bids.states import EntryKind
from marketplace.kernel.actors import Actor
from marketplace.kernel.fields import ClockTimestamp
from rfps.models import Criterion, Requirement, Rfp, RfpVersion
from rfps.policies import readable_rfps
from rfps.states import CriterionKind

BID = "bid"
# What is read of a standing version's rows, in the order in which `_bid` reads it; decimals as text, because JSON
# numbers are not exact.
PRICE = (
    "line__public_id",
    Cast("unit_price", TextField()),
    Cast("quantity", TextField()),
    "offered",
    "lead_time_days",
)
FEE = ("label", Cast("amount", TextField()), "recurs", "periods", "from_period", "conditional")
GIVEN = ("requirement__public_id", "value", "evidence", "deviation")


@dataclass(frozen=True, slots=True)
class Given:
    """One answer as it was given."""

    value: Any
    evidence: str = ""
    deviation: str = ""


@dataclass(slots=True)
class Column:
    """A bid, what the customer has now, or an offer from elsewhere, before anything is calculated."""

    key: str
    source: str
    title: str
    supplier: dict[str, str | None]
    offer: Offer
    answers: Mapping[str, Given]
    option: int | None = None
    first_submitted_at: datetime | None = None
    valid_until_on: date | None = None
    shortlisted: bool = False
    state: str = ""
    content: Content = field(default_factory=dict)
    ratings: dict[str, Decimal] = field(default_factory=dict)
    note: str = ""
    hidden: bool = False
    declined: bool = False  # it was chosen, and its supplier said no

    @property
    def is_bid(self) -> bool:
        return self.source == BID


@dataclass(frozen=True, slots=True)
class Board:
    """The request's rows and every column beside each other. `exit_fee` is what leaving the present supplier costs."""

    rfp: Rfp
    asked: RfpVersion
    lines: Sequence[Line]
    requirements: Sequence[Requirement]
    criteria: Sequence[Criterion]
    measures: Sequence[Measure]
    columns: Sequence[Column]
    exit_fee: Decimal | None
    day: date  # where the request is, by the database's clock


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides how a request is compared, read in one query."""

    now: datetime  # by the database's clock
    unsealed: bool
    weights: Mapping[str, str]  # the customer's own; empty: as published


def facts_of(rfp: Rfp, actor: Actor) -> Facts | None:
    """None when the actor may not read the request."""
    rows = readable_rfps(actor).filter(pk=rfp.pk)
    open_now = Case(When(opened_bids(), then=True), default=False)
    found = rows.values_list(ClockTimestamp(), open_now, "evaluation__weights").first()
    return Facts(found[0], found[1], found[2] or {}) if found else None


def gather(
    rfp: Rfp,
    *,
    actor: Actor,
    weights: Mapping[str, str] | None = None,
    facts: Facts | None = None,
    marked: bool = True,
) -> Board:
    """What the actor may compare, under other weights than the customer's if given. Nothing sealed is read.

    Who has read the facts already passes them on; `marked` False leaves ratings, notes and hiding out.
    """
    assert rfp.current is not None
    facts = facts or facts_of(rfp, actor)
    assert facts is not None  # the caller has asked whether the actor may look
    asked = rfp.current
    criteria = list(asked.criteria.select_related("requirement", "line"))
    entries = [(entry, opened(entry, rfp)) for entry in rfp.entries.order_by("kind", "pk")]
    columns = [*_bids(rfp, actor), *(_entry(entry, content) for entry, content in entries)]
    if marked:
        _mark(rfp, columns)
    fees = [content.get("exit_fee") for entry, content in entries if entry.kind == EntryKind.CURRENT]
    return Board(
        rfp=rfp,
        asked=asked,
        lines=lines_of(asked),
        requirements=list(asked.requirements.all()),
        criteria=criteria,
        measures=measures_of(criteria, facts.weights if weights is None else weights),
        columns=columns,
        exit_fee=Decimal(fees[0]) if fees and fees[0] else None,
        day=facts.now.astimezone(ZoneInfo(rfp.time_zone)).date(),
    )


def weights_of(rfp: Rfp) -> dict[str, str]:
    """The customer's own weights by criterion id; empty: as published."""
    found = Evaluation.objects.filter(rfp=rfp).values_list("weights", flat=True).first()
    return dict(found or {})


def measures_of(criteria: Sequence[Criterion], weights: Mapping[str, str]) -> list[Measure]:
    """The criteria as the arithmetic takes them."""
    return [
        Measure(
            id=str(row.public_id),
            kind=row.kind,
            weight=exact(weights.get(str(row.public_id), row.weight)),
            title=title_of(row),
            best=row.best,
            worst=row.worst,
            scores=row.scores or {},
            requirement=str(row.requirement.public_id) if row.requirement else "",
            line=str(row.line.public_id) if row.line else "",
        )
        for row in criteria
    ]


def title_of(row: Criterion) -> str:
    """What the customer called it, or what it measures."""
    if row.title:
        return row.title
    if row.requirement:
        return row.requirement.text
    if row.line:
        return row.line.title
    return _("Price") if row.kind == CriterionKind.TOTAL_PRICE else str(row.get_kind_display())


def opened(entry: Entry, rfp: Rfp) -> Content:
    """The content of one of the customer's own columns."""
    content: Content = open_json(rfp.owner, f"entry|{entry.public_id}", bytes(entry.sealed_content))
    return content


def opened_note(mark: Mark, rfp: Rfp) -> str:
    """The customer's note on a column."""
    if mark.sealed_note is None:
        return ""
    return str(open_json(rfp.owner, f"note|{rfp.public_id}", bytes(mark.sealed_note)))


def disguise(bid: Bid) -> str:
    """A name that stays the same for every option of a supplier, and says nothing about it."""
    digits = sha256(f"disguise|{bid.opportunity.public_id}".encode()).hexdigest()[:4].upper()
    return _("Company %(digits)s") % {"digits": digits}


def supplier_of(bid: Bid) -> dict[str, str | None]:
    """Who offers, as far as the customer may know."""
    if not shows_supplier(bid):
        return {"id": None, "name": disguise(bid)}
    return {"id": str(bid.organisation.public_id), "name": bid.organisation.name}


def _bids(rfp: Rfp, actor: Actor) -> list[Column]:
    rows = visible_bids(actor).filter(rfp=rfp).select_related("standing", "organisation", "opportunity")
    fell_through = Award.objects.filter(bid=OuterRef("pk"), void_at__isnull=False)
    found = rows.annotate(
        fell_through=Exists(fell_through),
        prices=_rows(LinePrice, PRICE, "pk"),
        fees=_rows(Charge, FEE, "position"),
        given=_rows(Answer, GIVEN, "pk"),
    )
    return [_bid(bid, rfp) for bid in found.order_by("first_submitted_at", "pk")]


class _Together(JSONBAgg):
    """As JSON's text, which is made and read in one go; JSONB would be taken apart row by row."""

    function = "JSON_AGG"


def _rows(model: type[Model], members: Sequence[Any], order: str) -> Subquery:
    """The rows of the bid's standing version, read in the same query as the bid; None when it has none."""
    row = Func(*members, function="JSON_BUILD_ARRAY", output_field=JSONField())
    rows = model._default_manager.filter(version=OuterRef("standing")).order_by().values("version")
    return Subquery(rows.values_list(Cast(_Together(row, order_by=order), TextField())))


def _bid(bid: Any, rfp: Rfp) -> Column:
    """A column of a row that `_bids` annotated."""
    version, bid.rfp = bid.standing, rfp
    return Column(
        key=str(bid.public_id),
        source=BID,
        title=version.title,
        supplier=supplier_of(bid),
        offer=Offer(
            prices={line: _price(*row) for line, *row in _read(bid.prices)},
            fees=[Fee(label, Decimal(amount), *rest) for label, amount, *rest in _read(bid.fees)],
            delivery=version.delivery,
            vat_rate=version.vat_rate,
            vat_included=version.vat_included,
            estimate_high=version.estimate_high,
        ),
        answers={requirement: Given(*row) for requirement, *row in _read(bid.given)},
        option=bid.option,
        first_submitted_at=bid.first_submitted_at,
        valid_until_on=version.valid_until_on,
        declined=bid.fell_through,
        shortlisted=bid.shortlisted_at is not None,
        state=bid.state,
    )


def _read(rows: str | None) -> list[list[Any]]:
    return json.loads(rows) if rows else []


def _price(unit_price: str | None, quantity: str | None, offered: bool, lead_time_days: int | None) -> Price:
    return Price(decimal(unit_price), decimal(quantity), offered, lead_time_days)


def _entry(entry: Entry, content: Content) -> Column:
    title = content.get("title") or (
        _("What I have now") if entry.kind == EntryKind.CURRENT else _("An offer from elsewhere")
    )
    return Column(
        key=str(entry.public_id),
        source=entry.kind,
        title=title,
        supplier={"id": None, "name": content.get("supplier") or None},
        offer=offer_of(content),
        answers={row["requirement"]: Given(row.get("value")) for row in content.get("answers") or []},
        content=content,
    )


def _mark(rfp: Rfp, columns: Sequence[Column]) -> None:
    by_key = {column.key: column for column in columns}
    rows = rfp.marks.select_related("bid", "entry", "criterion")
    named = [f"{column}__public_id" for column in ("bid", "entry", "criterion")]
    for mark in rows.only("rfp", "rating", "hidden", "sealed_note", *named):
        subject = mark.bid or mark.entry
        column = by_key.get(str(subject.public_id)) if subject else None
        if column is None:
            continue
        if mark.criterion is not None and mark.rating is not None:
            column.ratings[str(mark.criterion.public_id)] = mark.rating
        else:
            column.note, column.hidden = opened_note(mark, rfp), mark.hidden
