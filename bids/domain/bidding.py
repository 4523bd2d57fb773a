"""Answering a request: drafts, submission, new versions beside the standing one, withdrawal."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.policies import is_checked
from bids.domain.checking import gaps
from bids.domain.composing import Content, compose
from bids.domain.loading import today, wanted_validity
from bids.domain.writing import carry_over, content_of, write
from bids.models import Bid, BidVersion
from bids.policies import can_bid, can_offer
from bids.states import BID_MOVES, STANDING, BidState
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.clock import database_now
from marketplace.kernel.errors import Conflict, Fault, refuse, require
from marketplace.kernel.fields import ClockTimestamp
from marketplace.kernel.transitions import move
from marketplace.mail import notices
from rfps.delivery.models import Opportunity
from rfps.disclosure.domain.accepting import retake_place
from rfps.domain.holding import hold
from rfps.models import Rfp, RfpVersion
from rfps.states import Phase, Sealing


@transaction.atomic
def draft(opportunity: Opportunity, *, actor: Actor, body: Any) -> Bid:
    """A new bid from the API's body; with `submit` true it is submitted at once, or nothing is kept.

    Raises Invalid with every fault, Conflict: wrong_phase, terms_not_accepted, no_place_left, stale_version, exists.
    """
    require(can_offer(actor, opportunity))
    _require_checked(opportunity)
    rfp = hold(opportunity.rfp, Phase.OPEN)
    retake_place(opportunity)
    content, submits = _read(body, rfp, {})
    option = content.setdefault("option", 1)
    live = Bid.objects.filter(rfp=rfp, organisation_id=opportunity.organisation_id, option=option)
    if live.exclude(state=BidState.WITHDRAWN).exists():
        raise Conflict(_("You have an offer under this option already; change that one."), code="exists")
    bid = Bid.objects.create(
        rfp=rfp, organisation_id=opportunity.organisation_id, opportunity=opportunity, option=option
    )
    _write_draft(bid, content, rfp, actor)
    record("bid.drafted", actor=actor, kind="bid", subject=bid.public_id, option=option)
    return _stand(bid, rfp, actor) if submits else bid


@transaction.atomic
def change(bid: Bid, *, actor: Actor, body: Any) -> Bid:
    """Write the members of `body` into the draft; a submitted version stands until the new one is submitted."""
    _require(actor, bid.opportunity)
    rfp = hold(bid.rfp, Phase.OPEN)
    held = _hold_bid(bid)
    retake_place(held.opportunity)
    content, submits = _read(body, rfp, {**latest_content(held, rfp), "option": held.option, "rfp": str(rfp.public_id)})
    refuse(_fixed(content, held))
    _write_draft(held, content, rfp, actor)
    record("bid.changed", actor=actor, kind="bid", subject=held.public_id)
    return _stand(held, rfp, actor) if submits else held


@transaction.atomic
def submit(bid: Bid, *, actor: Actor) -> Bid:
    """Let the draft stand. Repeating it changes nothing; a withdrawn bid stands again."""
    _require(actor, bid.opportunity)
    if Bid.objects.filter(pk=bid.pk, state=BidState.SUBMITTED, draft__isnull=True).exists():
        return bid
    rfp = hold(bid.rfp, Phase.OPEN)
    held = _hold_bid(bid)
    retake_place(held.opportunity)
    return _stand(held, rfp, actor)


@transaction.atomic
def withdraw(bid: Bid, *, actor: Actor) -> Bid:
    """Take the bid back, until the deadline; it may be submitted again until then."""
    _require(actor, bid.opportunity, checked=False)
    hold(bid.rfp, Phase.OPEN)
    held = _hold_bid(bid)
    move(held, BidState.WITHDRAWN, BID_MOVES, withdrawn_at=ClockTimestamp(), revision=held.revision + 1)
    record("bid.withdrawn", actor=actor, kind="bid", subject=held.public_id)
    return _again(held)


@transaction.atomic
def withdraw_all(opportunity: Opportunity, *, actor: Actor) -> None:
    """Take back every bid that stands on the opportunity; Conflict `wrong_phase` after the deadline."""
    standing = opportunity.bids.filter(state__in=[BidState.SUBMITTED, BidState.NEEDS_RECONFIRM])
    for bid in standing.select_related("opportunity", "rfp").order_by("pk"):
        withdraw(bid, actor=actor)


@transaction.atomic
def reconfirm(bid: Bid, *, actor: Actor) -> Bid:
    """Say that the offer holds for the amended request: the same content, as a new version."""
    _require(actor, bid.opportunity)
    rfp = hold(bid.rfp, Phase.OPEN)
    held = _hold_bid(bid)
    if held.state != BidState.NEEDS_RECONFIRM:
        raise Conflict(_("There is nothing to confirm again."), code="wrong_state")
    _write_draft(held, latest_content(held, rfp), rfp, actor)
    return _stand(held, rfp, actor)


def lock(bid: Bid) -> Bid:
    """The bid read again while nobody else can change it."""
    Rfp.objects.select_for_update(no_key=True).only("pk").get(pk=bid.rfp_id)
    return _hold_bid(bid)


def _require(actor: Actor, opportunity: Opportunity, *, checked: bool = True) -> None:
    require(can_bid(actor, opportunity.organisation_id))
    if checked:
        _require_checked(opportunity)


def _require_checked(opportunity: Opportunity) -> None:
    message = _("Your organisation has no valid check today; write to the operator.")
    require(is_checked(opportunity.organisation), message, code="not_checked")


def _hold_bid(bid: Bid) -> Bid:
    """The bid as it stands. Always after the request, so that two locks never wait for each other."""
    rows = Bid.objects.select_for_update(of=("self",))
    return rows.select_related("opportunity", "standing", "draft", "rfp").get(pk=bid.pk)


def _again(bid: Bid) -> Bid:
    bid.refresh_from_db()
    return bid


def _read(body: Any, rfp: Rfp, base: Content) -> tuple[Content, bool]:
    """`base` with the clean members of `body` over it, and whether it is to be submitted."""
    assert rfp.current is not None
    merged = {**base, **body} if isinstance(body, dict) else body
    content, faults = compose(merged, rfp.current, options=rfp.options)
    if content.get("version", rfp.current.number) != rfp.current.number:
        raise Conflict(_("The request has changed; answer its current version."), code="stale_version")
    submits = bool(content.pop("submit", False))
    if submits:
        faults = [*faults, *gaps(content, rfp.current, today=today(rfp))]
    refuse(faults)
    return content, submits


def _fixed(content: Content, bid: Bid) -> list[Fault]:
    wanted = {"option": bid.option, "rfp": str(bid.rfp.public_id)}
    return [
        Fault(f"/{name}", "fixed", _("This stays as it is; make another offer instead."))
        for name, value in wanted.items()
        if content.get(name) != value
    ]


def latest_content(bid: Bid, rfp: Rfp) -> Content:
    """What the supplier wrote last, in terms of the request's current version."""
    version = bid.draft or bid.standing
    assert version is not None
    assert rfp.current is not None
    return carry_over(content_of(version), version.rfp_version, rfp.current)


def _write_draft(bid: Bid, content: Content, rfp: Rfp, actor: Actor) -> None:
    assert rfp.current is not None
    version = bid.draft or BidVersion(bid=bid, number=_next_number(bid))
    version.actor_kind, version.actor_id = actor.kind, actor.public_id
    write(version, content, rfp.current)
    bid.draft, bid.revision = version, bid.revision + 1
    bid.save(update_fields=["draft", "revision"])


def _next_number(bid: Bid) -> int:
    last: int | None = bid.versions.aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _stand(bid: Bid, rfp: Rfp, actor: Actor) -> Bid:
    version, asked = bid.draft or bid.standing, rfp.current
    assert version is not None
    assert asked is not None
    if version.rfp_version_id != asked.pk:
        raise Conflict(_("The request has changed; answer its current version."), code="stale_version")
    content = content_of(version)
    refuse(gaps(content, asked, today=today(rfp)))
    if _unchanged(bid, content, asked):
        return _drop_draft(bid, version)
    _check_option_free(bid)
    now = database_now()
    if version.submitted_at is None:
        version.valid_until_on = version.valid_until_on or wanted_validity(rfp)
        version.submitted_at = now
        version.save(update_fields=["valid_until_on", "submitted_at"])
    first = bid.first_submitted_at if bid.state != BidState.WITHDRAWN else None
    changes: dict[str, Any] = {"standing": version, "draft": None, "withdrawn_at": None, "revision": bid.revision + 1}
    move(bid, BidState.SUBMITTED, BID_MOVES, first_submitted_at=first or now, **changes)
    record("bid.submitted", actor=actor, kind="bid", subject=bid.public_id, version=version.number)
    _tell_customer(rfp)
    return _again(bid)


def _unchanged(bid: Bid, content: Content, asked: RfpVersion) -> bool:
    standing = bid.standing
    if bid.state != BidState.SUBMITTED or standing is None or standing.rfp_version_id != asked.pk:
        return False
    return content_of(standing) == content


def _drop_draft(bid: Bid, version: BidVersion) -> Bid:
    if bid.draft_id is not None:
        Bid.objects.filter(pk=bid.pk).update(draft=None, revision=bid.revision + 1)
        version.delete()
    return _again(bid)


def _check_option_free(bid: Bid) -> None:
    others = Bid.objects.filter(rfp=bid.rfp_id, organisation=bid.organisation_id, option=bid.option)
    if others.exclude(pk=bid.pk).exclude(state=BidState.WITHDRAWN).exists():
        raise Conflict(_("Another offer of yours stands under this option."), code="exists")


def _tell_customer(rfp: Rfp) -> None:
    number = Bid.objects.filter(rfp=rfp, state__in=STANDING).count()
    sealed = rfp.sealing == Sealing.SEALED
    notices.bid_received(rfp.customer_id, rfp_id=rfp.public_id, number=number, sealed=sealed)
