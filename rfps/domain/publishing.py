"""Publishing: everything missing is said at once; then one short transaction, however many suppliers listen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

import rfc8785
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.datastore.domain.owning import seal_json
from accounts.datastore.models import Owner
from accounts.datastore.places import Cell
from accounts.models import Membership
from accounts.policies import require_account
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.clock import database_now
from marketplace.kernel.errors import Fault, refuse, require
from rfps import catalogue, signals
from rfps.delivery.domain import emitting
from rfps.delivery.domain.matching import MatchFacts, lexemes
from rfps.delivery.states import EventType
from rfps.disclosure.domain.proffering import proffer
from rfps.domain import announcing, composing, drafting, judging, scanning
from rfps.domain.checking import Faults, moment
from rfps.domain.composing import Body
from rfps.domain.drafting import Content
from rfps.domain.holding import change, hold
from rfps.models import Block, Rfp, RfpVersion
from rfps.policies import can_publish_rfp
from rfps.states import Phase, RfpKind


@transaction.atomic
def publish(rfp: Rfp, *, actor: Actor) -> Rfp:
    """Make the draft's content a version and announce it. The cost does not grow with the number of suppliers."""
    yours = _("Only the person who began this request can publish it: it may carry facts of theirs.")
    require(can_publish_rfp(actor, rfp), yours, code="not_the_customer")
    held = hold(rfp, Phase.DRAFT)
    require_account(held.customer)
    content, now = drafting.content_of(held), database_now()
    _refuse(gaps_of(content, now))
    proffer(content.body["terms"])
    version = _write_version(held, content)
    held = change(held, published_at=now, **_facts(held, content.body, version))
    record("rfp.published", actor=actor, kind="rfp", subject=held.public_id, version=version.number)
    emitting.announce(
        held,
        type=EventType.RFP_PUBLISHED,
        body=version.announced,
        match=match_facts(held, version.announced, announcing.cell_of(content.body["area"])),
        excluded=excluded(held, content.owners),
    )
    signals.published.send(sender=Rfp, rfp=held, actor=actor)
    return held


def gaps(rfp: Rfp) -> list[Fault]:
    """Everything that keeps this draft from being published, with pointers into its body."""
    return gaps_of(drafting.content_of(rfp), database_now())


def match_facts(rfp: Rfp, announced: Body, cell: Cell | None) -> MatchFacts:
    """What matching may know: read from the S0 body, so that it cannot know more."""
    area, budget = announced["area"], announced["budget"] or {}
    low, high = budget.get("from", budget.get("amount")), budget.get("to", budget.get("amount"))
    asked = (row["text"] for row in announced["requirements"])
    said = (text for line in announced["lines"] for text in (line["title"], line["spec"]))
    return MatchFacts(
        sandbox=rfp.sandbox,
        kind=announced["kind"],
        categories=tuple(node.id for node in catalogue.ancestors(announced["category"])),
        country=area.get("country", ""),
        remote=bool(area.get("remote")),
        lat=cell.lat if cell else None,
        lon=cell.lon if cell else None,
        budget_low=None if low is None else Decimal(low),
        budget_high=None if high is None else Decimal(high),
        budget_currency=budget.get("currency"),
        lexemes=tuple(lexemes(announced["title"], announced["need"], *asked, *said)),
        capabilities=tuple(announced["capabilities"]),
    )


def excluded(rfp: Rfp, owners: Iterable[Owner]) -> list[int]:
    """Suppliers that never hear of it: those that the owners behind it blocked, and the customer's own."""
    blocked = Block.objects.filter(owner__in=owners).values_list("organisation_id", flat=True)
    own = Membership.objects.filter(user=rfp.customer).values_list("organisation_id", flat=True)
    return sorted(blocked.union(own))


def gaps_of(content: Content, now: datetime) -> Faults:
    """The same for content that was read already."""
    body = content.body
    return [
        *_missing(body),
        *_late(body, now),
        *composing.check_whole(body),
        *scanning.faults(announcing.texts(body), own=announcing.own_marks(content), confirmed=body["confirmed"]),
    ]


def _refuse(faults: Faults) -> None:
    missing = [fault for fault in faults if fault.code == "required"]
    if missing:
        message = _("Not published yet: %(n)d answers are missing. Everything you wrote is saved.")
        refuse(faults, message % {"n": len(missing)}, code="incomplete")
    refuse(faults)


def _missing(body: Body) -> Faults:
    needed = ["title", "category", "closes_at", "area", "currency"]
    needed += ["requirements"] if body["kind"] == RfpKind.RFI else ["lines", "criteria"]
    empty = [name for name in needed if not body[name]]
    faults = [Fault(f"/{name}", "required", _("This is needed before suppliers are told.")) for name in empty]
    for position, row in enumerate(body["lines"]):
        if not row.get("quantity"):
            faults.append(Fault(f"/lines/{position}/quantity", "required", _("How many?")))
    for position, row in enumerate(body["criteria"]):
        faults += judging.missing(row, f"/criteria/{position}")
    if body["criteria"] and not sum(row["weight"] for row in body["criteria"]):
        faults.append(Fault("/criteria", "no_weight", _("At least one of the criteria must count.")))
    return faults


def _late(body: Body, now: datetime) -> Faults:
    if body["closes_at"] and moment(body["closes_at"]) <= now:
        return [Fault("/closes_at", "past", _("This time is past."))]
    return []


def _facts(rfp: Rfp, body: Body, version: RfpVersion) -> dict[str, Any]:
    return {
        "current": version,
        "sealed_draft": drafting.seal_body(rfp, body),
        "closes_at": moment(body["closes_at"]),
        "decides_by": moment(body["decides_by"]),
        "time_zone": rfp.customer.time_zone,
        **{name: body[name] for name in ("kind", "sealing", "blind", "currency", "places", "options")},
    }


def _write_version(rfp: Rfp, content: Content) -> RfpVersion:
    body = content.body
    version = RfpVersion(rfp=rfp, number=1 + (rfp.current.number if rfp.current else 0))
    cell = announcing.cell_of(body["area"])
    rows = announcing.Rows.of(version, body)
    version.announced = announcing.announced(rfp, content, number=version.number, rows=rows)
    version.sha256 = hashlib.sha256(rfc8785.dumps(version.announced)).hexdigest()
    for name in ("title", "need", "category", "currency", "horizon_months", "valid_for_days", "capabilities"):
        setattr(version, name, body[name])
    version.country, version.remote = body["area"].get("country", ""), bool(body["area"].get("remote"))
    if cell:
        version.cell_label, version.cell_lat, version.cell_lon = cell.label, cell.lat, cell.lon
    version.sealed_area = seal_json(rfp.owner, f"area|{rfp.public_id}|{version.number}", body["area"])
    terms = version.announced["terms"]
    version.terms, version.terms_version, version.terms_sha256 = terms["id"], terms["version"], terms["sha256"]
    budget = body["budget"] or {}
    version.budget_amount = Decimal(budget["amount"]) if budget else None  # type: ignore[assignment]  # nullable
    version.budget_disclosure = budget.get("disclosure", "hidden")
    version.budget_binding = budget.get("binding", False)
    version.save()
    rows.save()
    return version
