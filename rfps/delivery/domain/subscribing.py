"""A supplier says what it wants to hear about: subscribe, change, unsubscribe, dry run."""

from __future__ import annotations

import time
from dataclasses import asdict, fields
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import Organisation
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.clock import database_now
from marketplace.kernel.errors import Conflict, TooMany, refuse, require
from marketplace.kernel.fields import ClockTimestamp
from rfps.delivery.domain.counting import received
from rfps.delivery.domain.matching import phrase
from rfps.delivery.domain.wishing import Wish, faults_of
from rfps.delivery.models import Interest, Subscription, SubscriptionChange
from rfps.delivery.policies import can_change_subscription, can_subscribe
from rfps.delivery.signals import work_waiting

MAX_LIVE = 50
DAY = timedelta(days=1)
CHANGES_A_DAY = 10  # of one subscription: each is a question about the requests that are open
NEW_A_DAY = 100  # of one supplier: else delete and create would be a way around
TRIES_AN_HOUR, HOUR_SECONDS = 60, 3600
DRY_RUN_DAYS = (1, 90)
TALK = frozenset({"name", "inbox", "webhook", "mail"})  # what may change without asking anything


@transaction.atomic
def subscribe(*, actor: Actor, wish: Wish) -> Subscription:
    """A new subscription, matched with the requests that are open now too.

    Raises Conflict `subscription_limit` at 50 live ones, TooMany at 100 new ones a day.
    """
    require(can_subscribe(actor))
    refuse(faults_of(wish))
    # Locked, so that two at once are counted one after the other.
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=actor.organisation_id or 0)
    _check_room(organisation)
    made = Subscription.objects.create(
        organisation=organisation, sandbox=organisation.sandbox, rematch_at=ClockTimestamp(), **_columns(wish)
    )
    _register(made)
    record("subscription.created", actor=actor, kind="subscription", subject=made.public_id)
    return made


@transaction.atomic
def change(subscription: Subscription, *, actor: Actor, wish: Wish) -> Subscription:
    """Replace what the subscription says; what it matches may change 10 times a day (TooMany)."""
    require(can_change_subscription(actor, subscription))
    refuse(faults_of(wish))
    columns = _columns(wish)
    changed = sorted(name for name, value in columns.items() if getattr(subscription, name) != value)
    if not changed:
        return subscription
    if matters := bool(set(changed) - TALK):
        _count_change(subscription)
        columns["rematch_at"] = ClockTimestamp()
    revision = subscription.revision
    rows = Subscription.objects.filter(pk=subscription.pk, revision=revision, deleted_at__isnull=True)
    if not rows.update(**columns, revision=revision + 1):
        raise Conflict(_("Somebody else changed this a moment ago. Load it again."), code="changed")
    subscription.refresh_from_db()
    if matters:
        _register(subscription)
    record("subscription.changed", actor=actor, kind="subscription", subject=subscription.public_id, fields=changed)
    return subscription


@transaction.atomic
def unsubscribe(subscription: Subscription, *, actor: Actor) -> None:
    """Nothing new comes by this subscription; what came stays."""
    require(can_change_subscription(actor, subscription))
    rows = Subscription.objects.filter(pk=subscription.pk, deleted_at__isnull=True)
    if not rows.update(deleted_at=Now(), rematch_at=None):
        raise Conflict(_("This was deleted before."), code="deleted")
    Interest.objects.filter(subscription=subscription).delete()
    record("subscription.deleted", actor=actor, kind="subscription", subject=subscription.public_id)


def dry_run(subscription: Subscription, *, actor: Actor, days: int) -> int:
    """How many requests of the last days (1 to 90) it would have brought, to the nearest multiple of 5."""
    require(can_change_subscription(actor, subscription))
    return received(subscription, days=days)


def try_out(*, actor: Actor, wish: Wish, days: int = 30) -> int:
    """The same of settings that are not saved; TooMany at 60 an hour, because each asks about open requests."""
    require(can_subscribe(actor))
    refuse(faults_of(wish))
    hour = int(time.time() // HOUR_SECONDS)
    counter = f"try-out:{actor.organisation_key}:{hour}"
    cache.add(counter, 0, HOUR_SECONDS)
    if cache.incr(counter) > TRIES_AN_HOUR:
        message = _("This can be done %(most)d times an hour.") % {"most": TRIES_AN_HOUR}
        wait = (hour + 1) * HOUR_SECONDS - time.time()
        raise TooMany(message, retry_after=int(wait) + 1, code="too_many_tries")
    organisation = Organisation.objects.get(pk=actor.organisation_key)
    unsaved = Subscription(organisation=organisation, sandbox=organisation.sandbox, **_columns(wish))
    return received(unsaved, days=days)


def wish_of(subscription: Subscription) -> Wish:
    """What the subscription says now."""
    return Wish(**{each.name: getattr(subscription, each.name) for each in fields(Wish)})


def rematch_all(organisation: Organisation) -> None:
    """Match every live subscription anew, because the supplier may match again."""
    live = Subscription.objects.filter(organisation=organisation, deleted_at__isnull=True)
    if live.update(rematch_at=ClockTimestamp()):
        transaction.on_commit(partial(work_waiting.send_robust, sender=Subscription))


def _columns(wish: Wish) -> dict[str, Any]:
    listed = ("categories", "keywords", "excluded_keywords", "capabilities", "kinds")
    once = {name: list(dict.fromkeys(getattr(wish, name))) for name in listed}
    return {
        **asdict(wish),
        **once,
        "keyword_phrases": sorted({phrase(each) for each in wish.keywords}),
        "excluded_phrases": sorted({phrase(each) for each in wish.excluded_keywords}),
    }


def _register(subscription: Subscription) -> None:
    """Keep the rows that matching looks up first in step, and let a worker match what is open."""
    Interest.objects.filter(subscription=subscription).delete()
    Interest.objects.bulk_create(
        Interest(subscription=subscription, organisation_id=subscription.organisation_id, category=each)
        for each in subscription.categories
    )
    transaction.on_commit(partial(work_waiting.send_robust, sender=Subscription))


def _check_room(organisation: Organisation) -> None:
    every = Subscription.objects.filter(organisation=organisation)
    if every.filter(deleted_at__isnull=True).count() >= MAX_LIVE:
        message = _("You have %(most)d subscriptions, the most there can be.") % {"most": MAX_LIVE}
        raise Conflict(message, code="subscription_limit")
    recent = every.filter(created_at__gt=database_now() - DAY).order_by("-created_at")
    _limit([each.created_at for each in recent[:NEW_A_DAY]], NEW_A_DAY)


def _count_change(subscription: Subscription) -> None:
    Subscription.objects.select_for_update().only("pk").get(pk=subscription.pk)
    recent = subscription.changes.filter(at__gt=database_now() - DAY).order_by("-at")
    _limit([each.at for each in recent[:CHANGES_A_DAY]], CHANGES_A_DAY)
    SubscriptionChange.objects.create(subscription=subscription)


def _limit(times: list[Any], most: int) -> None:
    """Raise TooMany when there were `most` already; `times` are the latest, newest first."""
    if len(times) >= most:
        wait = int((times[-1] + DAY - database_now()).total_seconds()) + 1
        message = _("This can be done %(most)d times a day.") % {"most": most}
        raise TooMany(message, retry_after=max(1, wait), code="too_many_changes")
