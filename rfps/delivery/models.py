"""Who is told what: subscriptions, events, fan-out shards, opportunities and the log of matches."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import Organisation
from marketplace.kernel.fields import CurrentXid, Xid8Field, created_at, money
from marketplace.kernel.models import PublicModel
from rfps.delivery.states import AreaKind, EventType, ShardState
from rfps.models import Rfp


class Subscription(PublicModel):
    """A supplier's standing interest. Only S0 facts can be named here."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="subscriptions")
    name = models.CharField(max_length=120)
    categories = ArrayField(models.CharField(max_length=120))
    area_kind = models.CharField(max_length=16, choices=AreaKind.choices, default=AreaKind.ANYWHERE)
    country = models.CharField(max_length=2, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    radius_km = models.FloatField(null=True, blank=True)
    budget_min = money(null=True, blank=True)
    budget_max = money(null=True, blank=True)
    budget_currency = models.CharField(max_length=3, blank=True)
    keywords = ArrayField(models.CharField(max_length=100), default=list)
    excluded_keywords = ArrayField(models.CharField(max_length=100), default=list)
    # The two lists as matching compares them, see matching.phrase.
    keyword_phrases = ArrayField(models.TextField(), default=list)
    excluded_phrases = ArrayField(models.TextField(), default=list)
    capabilities = ArrayField(models.CharField(max_length=64), default=list)
    kinds = ArrayField(models.CharField(max_length=8), default=list)
    active_from_at = models.DateTimeField(null=True, blank=True)
    active_until_at = models.DateTimeField(null=True, blank=True)
    inbox = models.BooleanField(default=True)
    webhook = models.BooleanField(default=True)
    mail = models.CharField(max_length=8, default="none")
    sandbox = models.BooleanField(default=False)  # the organisation's, copied because it never changes
    revision = models.IntegerField(default=1)
    deleted_at = models.DateTimeField(null=True, blank=True)
    rematch_at = models.DateTimeField(null=True, blank=True)  # set: open requests are to be matched against it

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(area_kind__in=AreaKind.values), name="delivery_known_area_kind"),
            models.CheckConstraint(
                condition=~Q(area_kind="radius")
                | Q(lat__isnull=False, lon__isnull=False, radius_km__gte=10, radius_km__lte=500),
                name="delivery_radius_is_complete",
            ),
            models.CheckConstraint(
                condition=~Q(area_kind="country") | ~Q(country=""), name="delivery_country_is_named"
            ),
            models.CheckConstraint(condition=Q(mail__in=["none", "instant", "digest"]), name="delivery_known_mail"),
        ]
        indexes = [
            GinIndex(fields=["keyword_phrases"], name="delivery_keywords"),
            models.Index(fields=["rematch_at"], name="delivery_to_rematch", condition=Q(rematch_at__isnull=False)),
        ]


class Interest(models.Model):
    """One row per live subscription and category: the selective equality that matching looks up first."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="interests", db_index=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    category = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscription", "category"], name="delivery_interest_once")]
        indexes = [models.Index(fields=["category", "organisation", "subscription"], name="delivery_by_category")]


class SubscriptionChange(models.Model):
    """One change of what a subscription matches; counted, because each lets a supplier probe open requests."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="changes")
    at = created_at()


class Epoch(models.Model):
    """The database's epoch; `bump_epoch` adds a row after a restore, because transaction ids restart low."""

    number = models.IntegerField(unique=True)
    at = created_at()


class Event(PublicModel):
    """Something suppliers are told, with the finished S0 body and what matching may compare."""

    xid = Xid8Field(db_default=CurrentXid(), editable=False)
    type = models.CharField(max_length=32, choices=EventType.choices)
    rfp = models.ForeignKey(Rfp, on_delete=models.CASCADE, null=True, related_name="events", db_index=False)
    occurred_at = models.DateTimeField(db_default=Now(), editable=False)
    data = models.JSONField()
    # Only an event that matches subscriptions has these; they are S0, see matching.py.
    matches_subscriptions = models.BooleanField(default=False)
    sandbox = models.BooleanField(default=False)
    kind = models.CharField(max_length=8, blank=True)
    categories = ArrayField(models.CharField(max_length=120), default=list)  # the category and its ancestors
    country = models.CharField(max_length=2, blank=True)
    remote = models.BooleanField(default=False)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    budget_low = money(null=True, blank=True)
    budget_high = money(null=True, blank=True)
    budget_currency = models.CharField(max_length=3, blank=True)
    lexemes = ArrayField(models.TextField(), default=list)
    capabilities = ArrayField(models.CharField(max_length=64), default=list)
    excluded_organisations = ArrayField(models.BigIntegerField(), default=list)
    fanned_out_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(type__in=EventType.values), name="delivery_known_event")]
        indexes = [
            models.Index(fields=["rfp", "id"], name="delivery_events_of_rfp"),
            models.Index(
                fields=["occurred_at"], name="delivery_recent_requests", condition=Q(matches_subscriptions=True)
            ),
        ]


class FanoutShard(models.Model):
    """A range of supplier ids of one event's fan-out, claimed with a fenced lease by the database's clock."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="shards", db_index=False)
    first_supplier = models.BigIntegerField()
    last_supplier = models.BigIntegerField()  # inclusive
    cursor = models.BigIntegerField()  # the last supplier id done
    state = models.CharField(max_length=16, choices=ShardState.choices, default=ShardState.WAITING)
    lease_no = models.IntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.SmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    matched = models.IntegerField(default=0)
    created_at = created_at()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "first_supplier"], name="delivery_shard_once"),
            models.CheckConstraint(condition=Q(state__in=ShardState.values), name="delivery_known_shard_state"),
        ]
        indexes = [models.Index(fields=["id"], name="delivery_waiting_shards", condition=Q(state="waiting"))]


class Opportunity(PublicModel):
    """This request fits this supplier: unique and lasting. `pseudonym` names the customer to this supplier only."""

    # No index of their own for keys that lead another one: fan-out writes this table and Match by the thousand.
    rfp = models.ForeignKey(Rfp, on_delete=models.CASCADE, related_name="opportunities", db_index=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="opportunities", db_index=False
    )
    pseudonym = models.UUIDField(db_default=models.Func(function="gen_random_uuid"), editable=False)
    first_matched_at = models.DateTimeField(db_default=Now(), editable=False)
    opened_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    refuse_reason = models.CharField(max_length=500, blank=True)
    # A place is held from acceptance; without a draft it lapses at `place_until`; NULL with `accepted_at` set: kept.
    place_until = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rfp", "organisation"], name="delivery_opportunity_once")]
        indexes = [models.Index(fields=["organisation", "-id"], name="delivery_inbox")]


class QuickLink(PublicModel):
    """One person's way from the mail to one quick offer; only the hash of its token is stored.

    It holds as long as the request takes offers. `offer` is what it was used for, with the hash of what was sent.
    """

    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="quick_links", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    sha256 = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True, blank=True)
    offer = models.UUIDField(null=True, blank=True)
    sent_sha256 = models.CharField(max_length=64, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["opportunity", "person"], name="delivery_one_quick_link_each"),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, offer__isnull=True) | Q(used_at__isnull=False, offer__isnull=False),
                name="delivery_used_for_an_offer",
            ),
        ]


class Match(models.Model):
    """The log that inbox and feed read: this event reached this supplier. Ordered by (epoch, xid, id)."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="matches", db_index=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, null=True, related_name="matches")
    subscriptions = ArrayField(models.BigIntegerField(), default=list)
    epoch = models.IntegerField()
    xid = Xid8Field(db_default=CurrentXid(), editable=False)
    matched_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "organisation"], name="delivery_match_once")]
        indexes = [models.Index(fields=["organisation", "epoch", "xid", "id"], name="delivery_feed")]
