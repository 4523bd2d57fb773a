"""Published requests, accepted opportunities and bids, written straight into the tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from accounts.datastore.domain.owning import owner_for_person
from accounts.models import Organisation, User
from accounts.policies import actor_of_organisation
from bids.models import Answer, Bid, BidVersion, Charge, LinePrice
from bids.states import BidState
from marketplace.kernel.clock import database_now
from rfps.delivery.models import Opportunity
from rfps.disclosure.models import Terms, TermsAcceptance
from rfps.domain import drafting, filling
from rfps.models import Criterion, LineItem, Requirement, Rfp, RfpVersion

Row = dict[str, Any]
# What events of a request quote from its announced body.
ANNOUNCED: Row = {"rfp": "", "version": 1, "kind": "rfp", "title": "Electricity", "category": "energy/electricity"}
LINES: list[Row] = [{"title": "Electricity, kWh", "quantity": Decimal(3400), "unit": "kWh"}]
REQUIREMENTS: list[Row] = [
    {"text": "100 % renewable", "level": "must", "answer": "yes_no", "constraint": {"equals": True}},
    {"text": "Notice period", "level": "should", "answer": "number", "unit": "day", "constraint": {"max": 30}},
]
CRITERIA: list[Row] = [
    {"kind": "total_price", "weight": 60, "best": "600.00", "worst": "1400.00"},
    {"kind": "number", "requirement": 1, "weight": 25, "best": "0", "worst": "90"},
    {"kind": "rating", "title": "Trust", "weight": 15},
]


def request(
    customer: User,
    *,
    sealing: str = "sealed",
    closes_in: timedelta = timedelta(days=3),
    lines: Sequence[Row] = LINES,
    requirements: Sequence[Row] = REQUIREMENTS,
    criteria: Sequence[Row] = CRITERIA,
    version: Row | None = None,
    **facts: Any,
) -> Rfp:
    """A published request whose deadline is `closes_in` from now (negative: it has passed)."""
    owner, now = owner_for_person(customer), database_now()
    dates = {"published_at": now - timedelta(days=40), "closes_at": now + closes_in}
    dates["decides_by"] = dates["closes_at"] + timedelta(days=14)
    rfp = Rfp(owner=owner, customer=customer, sealing=sealing, currency="GBP")
    rfp.sealed_draft = drafting.seal_body(rfp, filling.complete({}, {}))
    rfp.save()
    content = {"horizon_months": 12, "budget_amount": Decimal(1200), "budget_disclosure": "exact", **(version or {})}
    current = add_version(rfp, 1, lines, requirements, criteria, **content)
    Rfp.objects.filter(pk=rfp.pk).update(current=current, **{**dates, **facts})
    rfp.refresh_from_db()
    return rfp


def add_version(
    rfp: Rfp, number: int, lines: Sequence[Row], requirements: Sequence[Row], criteria: Sequence[Row], **content: Any
) -> RfpVersion:
    """One version with its rows; criteria name requirements and lines by position."""
    made = RfpVersion.objects.create(
        rfp=rfp,
        number=number,
        need="Power.",
        currency=rfp.currency,
        terms="PDC-INTENT",
        terms_sha256="0" * 64,
        sha256=f"{number:064x}",
        **{
            "title": "Electricity for a flat",
            "announced": {},
            "category": "energy/electricity",
            "terms_version": "1",
            **content,
        },
    )
    priced = [LineItem.objects.create(version=made, position=at, **row) for at, row in enumerate(lines)]
    asked = [Requirement.objects.create(version=made, position=at, **row) for at, row in enumerate(requirements)]
    for at, row in enumerate(criteria):
        links = {"requirement": asked, "line": priced}
        values = {name: links[name][value] if name in links else value for name, value in row.items()}
        Criterion.objects.create(version=made, position=at, **values)
    return made


def opportunity(rfp: Rfp, supplier: Organisation, *, accepted: bool = True) -> Opportunity:
    """A request that fits the supplier, its terms accepted unless told otherwise."""
    now = database_now()
    made = Opportunity.objects.create(
        rfp=rfp,
        organisation=supplier,
        accepted_at=now if accepted else None,
        place_until=now + timedelta(hours=48) if accepted else None,
    )
    if accepted:
        actor = actor_of_organisation(supplier)
        TermsAcceptance.objects.create(
            opportunity=made,
            terms=terms("PDC-INTENT"),
            award_terms=terms("SD-BASE"),
            actor_kind=actor.kind,
            actor_id=actor.public_id,
        )
    return made


def terms(slug: str) -> Terms:
    """The newest version of a standard agreement, or a short one of the tests' own."""
    found = Terms.objects.filter(slug=slug).order_by("-pk").first()
    return found or Terms.objects.create(
        slug=slug, version="1", title=slug, text=f"Text of {slug}.", sha256=slug.ljust(64, "0")
    )


def bid(
    rfp: Rfp,
    supplier: Organisation,
    *,
    prices: Sequence[str | None] = ("0.24",),
    answers: Sequence[Any] = (True, 30),
    charges: Sequence[Row] = (),
    state: str = BidState.SUBMITTED,
    option: int = 1,
    at: datetime | None = None,
    **content: Any,
) -> Bid:
    """A bid in `state` with one version; prices and answers in the order of the request, None: not given."""
    found = Opportunity.objects.filter(rfp=rfp, organisation=supplier).first() or opportunity(rfp, supplier)
    made = Bid.objects.create(rfp=rfp, organisation=supplier, opportunity=found, option=option)
    version = BidVersion.objects.create(
        bid=made,
        number=1,
        rfp_version=rfp.current,
        currency=rfp.currency,
        actor_kind="organisation",
        actor_id=supplier.public_id,
        **{"title": "12 months, fixed", "valid_until_on": date(2099, 1, 1), **content},
    )
    assert rfp.current is not None
    LinePrice.objects.bulk_create(
        LinePrice(version=version, line=line, offered=price is not None, unit_price=price)
        for line, price in zip(rfp.current.lines.all(), prices, strict=True)
    )
    Answer.objects.bulk_create(
        Answer(version=version, requirement=requirement, value=value)
        for requirement, value in zip(rfp.current.requirements.all(), answers, strict=True)
        if value is not None
    )
    Charge.objects.bulk_create(Charge(version=version, position=at, **charge) for at, charge in enumerate(charges))
    _settle(made, version, state, at or datetime.now(UTC))
    return made


def ids(rfp: Rfp, rows: str) -> list[str]:
    """The public ids of the request's `lines` or `requirements`, in order."""
    return [str(row.public_id) for row in getattr(rfp.current, rows).all()]


def body(rfp: Rfp, **changes: Any) -> Row:
    """The contract's example of a bid on a request with one line: 0.24 · 3400 + 12 · 15 = 996."""
    values = {"yes_no": True, "number": 30, "date": "2030-01-15", "text": "We do.", "document": "offer.pdf"}
    assert rfp.current is not None
    charge = {"label": "Standing charge", "amount": "15.00", "recurs": "month", "periods": 12, "from_period": 1}
    return {
        "rfp": str(rfp.public_id),
        "version": 1,
        "option": 1,
        "title": "12 months, fixed",
        "firmness": "firm",
        "currency": "GBP",
        "vat_rate": "0.20",
        "vat_included": True,
        "lines": [
            {"line": line, "unit_price": "0.2400", "quantity": "3400", "lead_time_days": 5, "offered": True}
            for line in ids(rfp, "lines")
        ],
        "charges": [{**charge, "conditional": False}],
        "delivery": "0.00",
        "answers": [
            {
                "requirement": str(asked.public_id),
                "value": values.get(asked.answer),
                "evidence": "certificate",
                "deviation": None,
            }
            for asked in rfp.current.requirements.all()
        ],
        "valid_until": "2090-03-01",
        "reference": "Q-1001",
        "note": "",
        "submit": True,
        **changes,
    }


def _settle(made: Bid, version: BidVersion, state: str, at: datetime) -> None:
    if state == BidState.DRAFT:
        Bid.objects.filter(pk=made.pk).update(draft=version)
    else:
        BidVersion.objects.filter(pk=version.pk).update(submitted_at=at)
        Bid.objects.filter(pk=made.pk).update(state=state, standing=version, first_submitted_at=at)
    Opportunity.objects.filter(pk=made.opportunity_id).update(place_until=None)
    made.refresh_from_db()


def pass_deadline(rfp: Rfp) -> None:
    """Move the request's dates so that its deadline was a minute ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE rfps_rfp SET closes_at = clock_timestamp() - interval '1 minute' WHERE id = %s", [rfp.pk]
        )
    rfp.refresh_from_db()
