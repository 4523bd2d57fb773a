"""Who sees which opportunities, events and subscriptions."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.states import OrganisationKind
from marketplace.kernel.actors import Actor
from rfps.delivery.models import Match, Opportunity, Subscription
from rfps.models import PhaseOf, Question
from rfps.policies import readable_rfps


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


def visible_questions(actor: Actor) -> QuerySet[Question]:
    """A supplier: its own, and of requests that fit it those that are answered. By a quick link: the answered ones.

    Who reads the request as a person reads every question on it.
    """
    answered = Question.objects.filter(answered_at__isnull=False)
    if actor.is_link:
        return answered.filter(rfp__opportunities=actor.opportunity_key)
    if is_supplier(actor):
        own = Q(organisation=actor.organisation_id) | Q(answered_at__isnull=False)
        return Question.objects.filter(own, rfp__opportunities__organisation=actor.organisation_id)
    return Question.objects.filter(rfp__in=readable_rfps(actor))


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


def can_ask(actor: Actor, opportunity: Opportunity) -> bool:
    """Owners and bidders of the supplier, signed in or by key; a quick link offers or declines and asks nothing."""
    return actor.may_bid and actor.organisation_id == opportunity.organisation_id
