"""Terms, grants and the log of every read of a value."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.datastore.models import FieldValue, Owner
from accounts.models import Organisation
from marketplace.kernel.fields import CurrentXid, Xid8Field, created_at
from marketplace.kernel.models import PublicModel
from rfps.delivery.models import Opportunity
from rfps.disclosure.states import Outcome, Stage
from rfps.models import Rfp


class Terms(models.Model):
    """One immutable version of a standard agreement; the sha256 covers text and machine form."""

    slug = models.CharField(max_length=64)
    version = models.CharField(max_length=16)
    title = models.CharField(max_length=200)
    text = models.TextField()
    machine = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64, unique=True)
    published_at = created_at()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug", "version"], name="disclosure_terms_once")]


class TermsAcceptance(PublicModel):
    """A supplier's acceptance of a request's terms, and of the terms of performance in case of award."""

    opportunity = models.OneToOneField(Opportunity, on_delete=models.PROTECT, related_name="acceptance")
    terms = models.ForeignKey(Terms, on_delete=models.PROTECT, related_name="+")
    award_terms = models.ForeignKey(Terms, on_delete=models.PROTECT, related_name="+")
    actor_kind = models.CharField(max_length=16)
    actor_id = models.UUIDField()


class Grant(PublicModel):
    """What one supplier may read of one owner for one request at one stage. Immutable but for its end."""

    opportunity = models.ForeignKey(Opportunity, on_delete=models.PROTECT, related_name="grants")
    rfp = models.ForeignKey(Rfp, on_delete=models.PROTECT, related_name="grants")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="grants")
    owner = models.ForeignKey(Owner, on_delete=models.PROTECT, related_name="grants")
    acceptance = models.ForeignKey(TermsAcceptance, on_delete=models.PROTECT, related_name="grants")
    stage = models.CharField(max_length=2, choices=Stage.choices)
    purpose = models.CharField(max_length=32)  # prepare_offer | perform_contract
    fields = models.JSONField()  # [{"field": key, "stage": the stage whose projection applies}]
    supersedes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="superseded_by")
    ended_at = models.DateTimeField(null=True)
    end_cause = models.CharField(
        max_length=32, blank=True
    )  # superseded | lost | cancelled | ended | withdrawn | lapsed

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["opportunity"], condition=Q(ended_at__isnull=True), name="disclosure_one_live_grant"
            ),
            models.CheckConstraint(condition=Q(stage__in=["S1", "S2", "S3"]), name="disclosure_known_stage"),
        ]


class DisclosureEvent(models.Model):
    """One read (or blocked attempt) of one value, written in the transaction that reads it. Never the value."""

    xid = Xid8Field(db_default=CurrentXid(), editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    owner = models.ForeignKey(Owner, on_delete=models.PROTECT, related_name="disclosures")
    field = models.CharField(max_length=64)
    value = models.ForeignKey(FieldValue, on_delete=models.SET_NULL, null=True, related_name="+")
    value_version = models.IntegerField(null=True)
    ciphertext_sha256 = models.CharField(max_length=64, blank=True)
    rfp = models.ForeignKey(Rfp, on_delete=models.SET_NULL, null=True, related_name="+")
    grant = models.ForeignKey(Grant, on_delete=models.SET_NULL, null=True, related_name="reads")
    organisation = models.ForeignKey(Organisation, on_delete=models.SET_NULL, null=True, related_name="+")
    actor_kind = models.CharField(max_length=16)
    actor_id = models.UUIDField()
    stage = models.CharField(max_length=2, blank=True)
    purpose = models.CharField(max_length=32)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.READ)
    rule = models.CharField(max_length=64, blank=True)  # why a blocked attempt was blocked

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="disclosure_known_outcome")]
        indexes = [
            models.Index(fields=["owner", "-id"], name="disclosure_of_owner"),
            models.Index(fields=["xid", "id"], name="disclosure_order"),
        ]
