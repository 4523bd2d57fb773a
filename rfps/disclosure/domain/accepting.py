"""A supplier accepts the customer's terms, and with that takes one of the request's places."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext as _

from accounts.policies import is_checked
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Conflict, Fault, Invalid, require
from marketplace.kernel.fields import ClockTimestamp
from rfps.delivery.models import Opportunity
from rfps.disclosure import roster
from rfps.disclosure.domain import granting
from rfps.disclosure.models import Terms, TermsAcceptance
from rfps.disclosure.policies import can_answer
from rfps.disclosure.roster import Agreement
from rfps.disclosure.states import Stage
from rfps.models import Rfp, RfpQuerySet
from rfps.states import Phase

# A place is given back when the supplier has not begun an offer by then.
PLACE_HOLDS = timedelta(hours=48)
ANSWERS = ["accepted_at", "place_until", "declined_at", "decline_reason", "refused_at", "refuse_reason"]


@transaction.atomic
def accept(opportunity: Opportunity, *, actor: Actor, terms: str) -> TermsAcceptance:
    """Accept the terms that the request proffers, and what they include in case of award; the first stage opens.

    Accepting again gives the same acceptance, and takes a place again if the first one lapsed. Raises Conflict
    `not_open` or `no_place_left`, Invalid when these are not the request's terms, NotAllowed without valid checks.
    """
    require(can_answer(actor, opportunity))
    require(is_checked(opportunity.organisation), _("Your organisation has no valid check."), code="not_checked")
    rfp = _lock(opportunity)
    proffered = _proffered(rfp, terms)
    takes_place = not _holds_place(opportunity)
    if takes_place:
        _require_open(rfp)
        _require_place(rfp, opportunity)
        _take_place(opportunity)
    acceptance, is_new = TermsAcceptance.objects.get_or_create(
        opportunity=opportunity,
        defaults={
            "terms": proffered,
            "award_terms": _row(roster.award_terms(terms)),
            "actor_kind": actor.kind,
            "actor_id": actor.public_id,
        },
    )
    if is_new:
        record(
            "terms.accepted",
            actor=actor,
            kind="opportunity",
            subject=opportunity.public_id,
            terms=[acceptance.terms.sha256, acceptance.award_terms.sha256],
        )
    if is_new or takes_place:
        granting.grant(opportunity, Stage.BIDDER, actor=actor)
    return acceptance


@transaction.atomic
def retake_place(opportunity: Opportunity) -> None:
    """Hold the place for good, because an offer was begun; takes one again if it lapsed.

    Raises Conflict `terms_not_accepted`, `declined` or `no_place_left`.
    """
    rfp = _lock(opportunity)
    if opportunity.declined_at is not None:
        raise Conflict(_("You declined this request. Accept its conditions again first."), code="declined")
    if opportunity.accepted_at is None:
        raise Conflict(_("Accept the customer's conditions first."), code="terms_not_accepted")
    if not _holds_place(opportunity):
        _require_place(rfp, opportunity)
    Opportunity.objects.filter(pk=opportunity.pk).update(place_until=None)
    opportunity.refresh_from_db(fields=["place_until"])


def places_left(rfp: Rfp) -> int:
    """How many more suppliers may accept now."""
    return max(0, rfp.places - Opportunity.objects.filter(_held(), rfp=rfp).count())


def has_room(opportunity: Opportunity) -> bool:
    """Whether the supplier holds a place, or could take one now."""
    return _holds_place(opportunity) or places_left(opportunity.rfp) > 0


def _lock(opportunity: Opportunity) -> Rfp:
    """The request's row, locked: places are counted by one transaction at a time. Loads both afresh."""
    # Two statements: the phase is judged after the lock was got.
    Rfp.objects.select_for_update(no_key=True).only("pk").get(pk=opportunity.rfp_id)
    rfp = RfpQuerySet(Rfp).with_phase().select_related("current").get(pk=opportunity.rfp_id)
    opportunity.refresh_from_db(fields=ANSWERS)
    opportunity.rfp = rfp
    return rfp


def _proffered(rfp: Rfp, terms: str) -> Terms:
    assert rfp.current is not None
    if terms != rfp.current.terms:
        message = _("This request proffers the conditions “%(terms)s”.") % {"terms": rfp.current.terms}
        raise Invalid([Fault("/terms", "other_terms", message)])
    return Terms.objects.get(slug=terms, version=rfp.current.terms_version)


def _row(agreement: Agreement) -> Terms:
    return Terms.objects.get(slug=agreement.id, version=agreement.version)


def _require_open(rfp: Rfp) -> None:
    if rfp.phase != Phase.OPEN:
        raise Conflict(_("This request takes no more offers."), code="not_open")


def _take_place(opportunity: Opportunity) -> None:
    Opportunity.objects.filter(pk=opportunity.pk).update(
        accepted_at=Coalesce(F("accepted_at"), Now()),
        place_until=ClockTimestamp() + PLACE_HOLDS,
        declined_at=None,
        decline_reason="",
        refused_at=None,
        refuse_reason="",
    )
    opportunity.refresh_from_db(fields=ANSWERS)


def _holds_place(opportunity: Opportunity) -> bool:
    return Opportunity.objects.filter(_held(), pk=opportunity.pk).exists()


def _require_place(rfp: Rfp, opportunity: Opportunity) -> None:
    others = Opportunity.objects.filter(_held(), rfp=rfp).exclude(pk=opportunity.pk).count()
    if others >= rfp.places:
        raise Conflict(_("Every place for an offer on this request is taken."), code="no_place_left")


def _held() -> Q:
    kept = Q(place_until__isnull=True) | Q(place_until__gt=ClockTimestamp())
    return kept & Q(accepted_at__isnull=False, declined_at__isnull=True)
