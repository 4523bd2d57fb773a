"""Who sees which opportunities, events and subscriptions."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.states import OrganisationKind
from marketplace.kernel.actors import Actor
from rfps.delivery.models import Match, Opportunity, Subscription
from rfps.models import PhaseOf


def visible_opportunities(actor: Actor) -> QuerySet[Opportunity]:
    """What fits the supplier, also after the end; `phase` is the request's. By a quick link: the one it is for."""
    opportunities = Opportunity.objects.select_related("rfp__current", "organisation").annotate(phase=PhaseOf("rfp__"))
    if actor.is_link:
        return opportunities.filter(pk=actor.opportunity_key, organisation=actor.organisation_id)
    return opportunities.filter(organisation=actor.organisation_id) if is_supplier(actor) else opportunities.none()


def visible_matches(actor: Actor) -> QuerySet[Match]:
    """The events that reached the supplier."""
    matches = Match.objects.select_related("event", "opportunity")
    return matches.filter(organisation=actor.organisation_id) if is_supplier(actor) else matches.none()


def visible_subscriptions(actor: Actor) -> QuerySet[Subscription]:
    """The supplier's live subscriptions."""
    live = Subscription.objects.filter(deleted_at__isnull=True)
    return live.filter(organisation=actor.organisation_id) if is_supplier(actor) else live.none()


def is_supplier(actor: Actor) -> bool:
    """Acts for a supplier, in whatever role."""
    return actor.is_organisation and actor.organisation_kind == OrganisationKind.SUPPLIER


def can_subscribe(actor: Actor) -> bool:
    """Owners and bidders of a supplier say what they want to hear about."""
    return actor.may_bid


def can_change_subscription(actor: Actor, subscription: Subscription) -> bool:
    """Only its own supplier's owners and bidders."""
    return actor.may_bid and actor.organisation_id == subscription.organisation_id


def can_open(actor: Actor, opportunity: Opportunity) -> bool:
    """Everybody of the supplier may look, and whoever holds a link to it."""
    own = actor.organisation_id == opportunity.organisation_id
    return own and (is_supplier(actor) or (actor.is_link and actor.opportunity_id == opportunity.pk))


def can_decline(actor: Actor, opportunity: Opportunity) -> bool:
    """Owners and bidders speak for the supplier, by a quick link too."""
    return actor.may_answer(opportunity.pk, opportunity.organisation_id)
