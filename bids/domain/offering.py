"""The quick offer: one page behind the link in the mail, one offer, no password.

The link's holder sees the request at its first two stages, accepts its conditions and sends one offer, or declines.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from accounts.policies import is_checked
from bids.domain import bidding, condensing
from bids.domain.checking import unmet
from bids.domain.composing import check_rows
from bids.domain.loading import today
from bids.domain.recalling import Recalled, last_vat, musts, recall
from bids.models import Bid
from bids.policies import offer_of_link
from bids.states import BidState
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Conflict, DomainError, Fault, Gone, Invalid, NotAllowed, refuse
from rfps.delivery.domain import answering, linking
from rfps.delivery.models import Opportunity, QuickLink
from rfps.delivery.policies import visible_opportunities
from rfps.disclosure.domain import accepting, reading
from rfps.domain.closing import announced_now
from rfps.domain.hearing import Heard, heard, with_questions
from rfps.models import Requirement, RfpVersion
from rfps.states import Phase


@dataclass(frozen=True, slots=True)
class Quick:
    """What the page behind a link shows. `bid` is the offer that the link was used for.

    `refusal` says why no offer can be made now, None when one can. `filled` are the must-haves as the supplier answered
    them last; `vat` its last (rate, included).
    """

    opportunity: Opportunity
    actor: Actor
    used: bool
    bid: Bid | None
    refusal: DomainError | None
    announced: dict[str, Any]
    disclosed: list[dict[str, Any]]
    musts: list[Requirement]
    filled: Recalled
    vat: tuple[str, bool] | None
    heard: list[Heard]
    priced: bool
    one_part: bool  # a single price is firm; for several parts it is one sum, marked as an estimate


@transaction.atomic
def opened(token: str) -> Quick:
    """The page behind the link; the first look is noted and each value read is logged. A used link shows its offer.

    Raises NotFound `unknown_link`, NotAllowed `suspended`, `not_a_member`, Gone `link_expired`, `request_cancelled`.
    """
    link = linking.find(token)
    actor = linking.actor_of(link)
    opportunity = _own(link, actor)
    if link.used_at is None:
        _require_open(opportunity)
    answering.open_(opportunity, actor=actor)
    asked, organisation = _asked(opportunity), opportunity.organisation
    prefetch_related_objects([asked], "lines", "requirements")
    rows = musts(asked)
    return Quick(
        opportunity=opportunity,
        actor=actor,
        used=link.used_at is not None,
        bid=_offer(link),
        refusal=_refusal(link, opportunity),
        announced=announced_now(opportunity.rfp),
        disclosed=reading.disclosed(opportunity, actor=actor),
        musts=rows,
        filled=recall(organisation, asked, rows),
        vat=last_vat(organisation),
        heard=heard(opportunity, actor=actor),
        priced=condensing.priced(asked),
        one_part=len(asked.lines.all()) == 1,
    )


@transaction.atomic
def quick_offer(token: str, *, body: Any) -> Bid:
    """Accept the conditions that `body` names and submit one bid; the same body again gives the same bid.

    `body`: terms, total | low + high, vat_rate, vat_included, earliest, lead_time_days, answers, note, version; see
    `condensing`. Raises what `opened` does; Invalid with every fault; Conflict `link_used`, `exists`, `no_place_left`,
    `stale_version`; NotAllowed `not_checked`. Nothing is kept of a refused offer.
    """
    link = linking.hold(linking.find(token))
    actor, sent = linking.actor_of(link), _digest(body)
    if link.used_at is not None:
        return _repeated(link, sent)
    opportunity = _own(link, actor)
    _require_open(opportunity)
    _require_no_other(opportunity)
    asked = _asked(opportunity)
    given, faults = condensing.read(body, asked, today=today(opportunity.rfp))
    refuse(faults)
    accepting.accept(opportunity, actor=actor, terms=given["terms"])
    try:
        bid = bidding.draft(opportunity, actor=actor, body=condensing.content_of(given, asked))
    except Invalid as error:
        raise Invalid(condensing.pointed(error.faults, given)) from error
    linking.use(link, actor=actor, offer=bid.public_id, sent_sha256=sent)
    return bid


def faults_of(page: Quick, body: Any) -> list[Fault]:
    """What would be refused of a body that may be half done, missed must-haves too; nothing of it is kept."""
    asked = _asked(page.opportunity)
    given, faults = condensing.read(body, asked, today=today(page.opportunity.rfp))
    check_rows(given, asked, faults)
    return [*faults, *unmet(given, asked)]


@transaction.atomic
def decline(token: str, *, reason: str = "") -> Opportunity:
    """The supplier will not offer. Somebody signed in takes back what was offered already: Conflict `exists`."""
    link = linking.hold(linking.find(token))
    actor = linking.actor_of(link)
    if link.used_at is not None:
        raise _used()
    opportunity = _own(link, actor)
    _require_open(opportunity)
    _require_no_other(opportunity)
    return answering.decline(opportunity, actor=actor, reason=reason)


def _own(link: QuickLink, actor: Actor) -> Opportunity:
    return with_questions(visible_opportunities(actor), actor=actor, rfp="rfp_id").get(pk=link.opportunity_id)


def _asked(opportunity: Opportunity) -> RfpVersion:
    version = opportunity.rfp.current
    assert version is not None
    return version


def _require_open(opportunity: Opportunity) -> None:
    phase = opportunity.phase  # type: ignore[attr-defined]  # annotated by visible_opportunities
    if phase == Phase.CANCELLED:
        raise Gone(_("The customer took this request back."), code="request_cancelled")
    if phase != Phase.OPEN:
        raise Gone(_("The time for offers is over, and with it this link's."), code="link_expired")


def _offer(link: QuickLink) -> Bid | None:
    return offer_of_link(link).select_related("standing", "rfp", "organisation", "opportunity").first()


def _refusal(link: QuickLink, opportunity: Opportunity) -> DomainError | None:
    if link.used_at is not None:
        return _used()
    if not is_checked(opportunity.organisation):
        message = _("Your organisation has no valid check today; write to the operator.")
        return NotAllowed(message, code="not_checked")
    if _live(opportunity):
        return _exists()
    if not accepting.has_room(opportunity):
        return Conflict(_("Every place for an offer on this request is taken."), code="no_place_left")
    return None


def _require_no_other(opportunity: Opportunity) -> None:
    """A colleague's offer, or a draft of one, is neither doubled nor touched nor shown by a link."""
    if _live(opportunity):
        raise _exists()


def _live(opportunity: Opportunity) -> bool:
    return opportunity.bids.exclude(state=BidState.WITHDRAWN).exists()


def _exists() -> Conflict:
    message = _("Your organisation has an offer on this request already. Sign in to change it or to take it back.")
    return Conflict(message, code="exists")


def _used() -> Conflict:
    message = _("This link was used: your offer is in. Sign in to change it.")
    return Conflict(message, code="link_used")


def _repeated(link: QuickLink, sent: str) -> Bid:
    bid = _offer(link)
    if bid is None or sent != link.sent_sha256:
        raise _used()
    return bid


def _digest(body: Any) -> str:
    return sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()
