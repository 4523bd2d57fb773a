"""Who may see grants and the log of reads, and who may open and end them."""

from __future__ import annotations

from django.db.models import BooleanField, Case, Exists, OuterRef, QuerySet, Value, When

from accounts.datastore.policies import owners_of
from marketplace.kernel.actors import Actor, ActorKind
from rfps.delivery.models import Opportunity
from rfps.disclosure.models import DisclosureEvent, Grant
from rfps.disclosure.states import Stage


def visible_grants(actor: Actor) -> QuerySet[Grant]:
    """Both parties' own: the owner whose data it is, the organisation that may read. `named`: see _named."""
    if actor.is_organisation:
        own = Grant.objects.filter(organisation_id=actor.organisation_id or 0)
        return own.annotate(named=Value(True, BooleanField()))
    return Grant.objects.filter(owner__in=owners_of(actor)).annotate(named=_named("opportunity_id"))


def visible_disclosures(actor: Actor) -> QuerySet[DisclosureEvent]:
    """The log of reads is the owner's alone, the reads of a household every member's. `named`: see _named."""
    rows = DisclosureEvent.objects.filter(owner__in=owners_of(actor))
    return rows.annotate(named=_named("grant__opportunity_id"))


def _named(opportunity: str) -> Case:
    """Whether the customer may know the supplier's name: a blind request hides it until the second stage."""
    further = Grant.objects.filter(opportunity_id=OuterRef(opportunity), stage__gte=Stage.SHORTLISTED)
    return Case(When(rfp__blind=True, then=Exists(further)), default=Value(True), output_field=BooleanField())


def can_answer(actor: Actor, opportunity: Opportunity) -> bool:
    """An owner or bidder of the supplier whom the request fits, by a quick link too."""
    return actor.may_answer(opportunity.pk, opportunity.organisation_id)


def can_read(actor: Actor, opportunity: Opportunity) -> bool:
    """Everybody who acts for that supplier, and whoever holds a quick link to this request; see `reach`."""
    own = actor.organisation_id == opportunity.organisation_id
    return own and (actor.is_organisation or (actor.is_link and actor.opportunity_id == opportunity.pk))


def reach(actor: Actor, granted: Stage) -> Stage:
    """How much of what was granted the actor may read: a link that can be forwarded never shows more than S1."""
    return min(granted, Stage.BIDDER) if actor.is_link else granted


def can_grant(actor: Actor, opportunity: Opportunity, stage: Stage) -> bool:
    """The first stage opens with the supplier's acceptance of the terms; every other is the customer's choice."""
    if actor.kind == ActorKind.SYSTEM or owners_of(actor).filter(pk=opportunity.rfp.owner_id).exists():
        return True
    return stage == Stage.BIDDER and can_answer(actor, opportunity)


def can_end(actor: Actor, opportunity: Opportunity) -> bool:
    """Either side may end what the supplier can read."""
    own = owners_of(actor).filter(pk=opportunity.rfp.owner_id).exists()
    return actor.kind == ActorKind.SYSTEM or own or can_answer(actor, opportunity)
