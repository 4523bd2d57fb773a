"""What is asked: a request, its immutable versions, and the rows that bids answer."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import ExpressionWrapper, F, Func, Q

from accounts.datastore.models import Item, Owner
from accounts.models import Household, Organisation
from marketplace.kernel.fields import created_at, money
from marketplace.kernel.models import PublicModel
from rfps.states import (
    AnswerKind,
    BudgetDisclosure,
    CriterionKind,
    EndReason,
    Level,
    Phase,
    RfpKind,
    Sealing,
    Sharing,
)


class PhaseOf(Func):
    """The phase by the SQL function `rfps_phase`; `prefix` reaches it through a join ("rfp__")."""

    function = "rfps_phase"
    output_field = models.CharField()

    def __init__(self, prefix: str = "") -> None:
        facts = (
            "cancelled_at",
            "ended_at",
            "awarded_at",
            "published_at",
            "closed_early_at",
            "closes_at",
            "decides_by",
        )
        super().__init__(*(F(prefix + fact) for fact in facts))


class RfpQuerySet(models.QuerySet["Rfp"]):
    """Requests with their phase by the database's clock, and whether they belong to somebody."""

    def with_phase(self) -> RfpQuerySet:
        return self.annotate(phase=PhaseOf())

    def with_owned(self, owners: models.QuerySet[Owner]) -> RfpQuerySet:
        return self.annotate(owned=ExpressionWrapper(Q(owner__in=owners), models.BooleanField()))

    def in_phase(self, *phases: Phase) -> RfpQuerySet:
        return self.with_phase().filter(Q(phase__in=phases))


class Rfp(PublicModel):
    """A request: facts and dates here, content in its versions. Read `phase` from `with_phase()`."""

    owner = models.ForeignKey(Owner, on_delete=models.PROTECT, related_name="rfps")
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="rfps")
    item = models.ForeignKey(Item, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=8, choices=RfpKind.choices, default=RfpKind.RFP)
    sandbox = models.BooleanField(default=False)
    copy_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="copies")
    # The body as the customer wrote it, sealed with the owner's key; a published request keeps it for copies.
    sealed_draft = models.BinaryField()
    revision = models.IntegerField(default=1)  # counts every change of the draft and of the facts: the ETag
    current = models.OneToOneField(
        "RfpVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="current_of"
    )
    sealing = models.CharField(max_length=16, choices=Sealing.choices, default=Sealing.SEALED)
    blind = models.BooleanField(default=False)
    currency = models.CharField(max_length=3, blank=True)
    # Who else reads it: those who live in this household now, as long as the customer does, too.
    sharing = models.CharField(max_length=8, choices=Sharing.choices, default=Sharing.NONE)
    shared_with = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    places = models.SmallIntegerField(default=8)
    options = models.SmallIntegerField(default=3)
    time_zone = models.CharField(max_length=64, default="Europe/London")
    published_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    decides_by = models.DateTimeField(null=True, blank=True)
    closed_early_at = models.DateTimeField(null=True, blank=True)
    awarded_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=32, blank=True, choices=EndReason.choices)
    # What the clock has already seen to, so that a beat that runs twice or late does each once.
    closing_told_at = models.DateTimeField(null=True, blank=True)
    reminders = models.SmallIntegerField(default=0)
    lapse_told_at = models.DateTimeField(null=True, blank=True)
    nobody_told_at = models.DateTimeField(null=True, blank=True)
    soon_told_at = models.DateTimeField(null=True, blank=True)  # a later deadline makes it soon again

    phase: str  # only on rows from with_phase()
    owned: bool  # only on rows from visible_rfps(): the actor's own, or one that is shared with them

    objects: ClassVar[models.Manager[Rfp]] = RfpQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RfpKind.values), name="rfps_known_kind"),
            models.CheckConstraint(condition=Q(sealing__in=Sealing.values), name="rfps_known_sealing"),
            models.CheckConstraint(condition=Q(sharing__in=Sharing.values), name="rfps_known_sharing"),
            models.CheckConstraint(
                condition=Q(sharing="none", shared_with__isnull=True)
                | Q(~Q(sharing="none"), shared_with__isnull=False),
                name="rfps_shared_with_somebody",
            ),
            models.CheckConstraint(condition=Q(end_reason__in=["", *EndReason.values]), name="rfps_known_end_reason"),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True)
                | Q(
                    current__isnull=False,
                    closes_at__gt=F("published_at"),
                    decides_by__gte=F("closes_at"),
                ),
                name="rfps_published_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=False)
                | Q(awarded_at__isnull=True, ended_at__isnull=True, closed_early_at__isnull=True),
                name="rfps_draft_has_no_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(awarded_at__isnull=False, cancelled_at__isnull=False),
                name="rfps_awarded_or_cancelled",
            ),
            models.CheckConstraint(condition=Q(places__gte=1, options__gte=1, options__lte=5), name="rfps_counts"),
        ]
        indexes = [
            models.Index(fields=["owner", "-id"], name="rfps_of_owner"),
            models.Index(fields=["closes_at"], name="rfps_closing", condition=Q(published_at__isnull=False)),
        ]


class RfpVersion(PublicModel):
    """The content of a request as published; a trigger refuses every change."""

    rfp = models.ForeignKey(Rfp, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    title = models.CharField(max_length=200)
    need = models.TextField()
    category = models.CharField(max_length=120)
    country = models.CharField(max_length=2, blank=True)
    remote = models.BooleanField(default=False)
    # The S0 cell: its centre is the only place that matching knows.
    cell_label = models.CharField(max_length=200, blank=True)
    cell_lat = models.FloatField(null=True, blank=True)
    cell_lon = models.FloatField(null=True, blank=True)
    sealed_area = models.BinaryField(null=True)  # the exact area, under the owner's key
    budget_amount = money(null=True, blank=True)
    budget_disclosure = models.CharField(
        max_length=8, choices=BudgetDisclosure.choices, default=BudgetDisclosure.HIDDEN
    )
    budget_binding = models.BooleanField(default=False)
    currency = models.CharField(max_length=3)
    horizon_months = models.SmallIntegerField(null=True, blank=True)
    valid_for_days = models.SmallIntegerField(default=30)
    capabilities = ArrayField(models.CharField(max_length=64), default=list)
    terms = models.CharField(max_length=64)  # id of the agreement proffered
    terms_version = models.CharField(max_length=16)
    terms_sha256 = models.CharField(max_length=64)
    announced = models.JSONField()  # the finished S0 body
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rfp", "number"], name="rfps_version_numbers_once"),
            models.CheckConstraint(
                condition=Q(budget_disclosure__in=BudgetDisclosure.values),
                name="rfps_known_budget_disclosure",
            ),
        ]


class LineItem(PublicModel):
    """One priced row; `position` counts from 0 in the order of the body."""

    version = models.ForeignKey(RfpVersion, on_delete=models.PROTECT, related_name="lines")
    position = models.SmallIntegerField()
    title = models.CharField(max_length=200)
    quantity = money()
    unit = models.CharField(max_length=32, blank=True)
    spec = models.TextField(blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["version", "position"], name="rfps_line_positions_once")]


class Requirement(PublicModel):
    """One thing asked for, with its type of answer and, for a must, the constraint it has to meet."""

    version = models.ForeignKey(RfpVersion, on_delete=models.PROTECT, related_name="requirements")
    position = models.SmallIntegerField()
    text = models.CharField(max_length=500)
    level = models.CharField(max_length=8, choices=Level.choices)
    answer = models.CharField(max_length=16, choices=AnswerKind.choices)
    unit = models.CharField(max_length=32, blank=True)
    choices = models.JSONField(default=list)
    constraint = models.JSONField(default=dict)
    evidence = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="rfps_requirement_positions_once"),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="rfps_known_level"),
            models.CheckConstraint(condition=Q(answer__in=AnswerKind.values), name="rfps_known_answer"),
        ]


class Criterion(PublicModel):
    """How bids are judged: a weight and two anchors. Private to the customer."""

    version = models.ForeignKey(RfpVersion, on_delete=models.PROTECT, related_name="criteria")
    position = models.SmallIntegerField()
    kind = models.CharField(max_length=16, choices=CriterionKind.choices)
    title = models.CharField(max_length=200)
    weight = models.DecimalField(max_digits=9, decimal_places=3)
    best = models.CharField(max_length=64, blank=True)  # decimal, ISO date, or empty for kinds without anchors
    worst = models.CharField(max_length=64, blank=True)
    scores = models.JSONField(default=dict)  # kind choice: {choice: 0..1}
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, null=True, related_name="criteria")
    line = models.ForeignKey(LineItem, on_delete=models.PROTECT, null=True, related_name="criteria")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="rfps_criterion_positions_once"),
            models.CheckConstraint(condition=Q(kind__in=CriterionKind.values), name="rfps_known_criterion"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="rfps_weight_not_negative"),
        ]


class RequestedField(models.Model):
    """One fact of the data store that this version shows from a stage on."""

    version = models.ForeignKey(RfpVersion, on_delete=models.PROTECT, related_name="fields")
    field = models.CharField(max_length=64)
    stage = models.CharField(max_length=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "field"], name="rfps_field_once"),
            models.CheckConstraint(condition=Q(stage__in=["S0", "S1", "S2", "S3"]), name="rfps_known_stage"),
        ]


class Block(models.Model):
    """A supplier that an owner never wants to hear from: it never matches."""

    owner = models.ForeignKey(Owner, on_delete=models.CASCADE, related_name="blocks")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    created_at = created_at()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "organisation"], name="rfps_block_once")]


class Question(PublicModel):
    """What a supplier asks about a request, or with no supplier a note of the customer's own; the text never changes.

    Nobody but the supplier that asked ever reads whose question it is.
    """

    rfp = models.ForeignKey(Rfp, on_delete=models.PROTECT, related_name="questions", db_index=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.CharField(max_length=1000)
    answered_at = models.DateTimeField(null=True, blank=True)  # first; a later reply adds to it

    class Meta:
        indexes = [models.Index(fields=["rfp", "-id"], name="rfps_questions_of_rfp")]


class Reply(PublicModel):
    """An answer, which every supplier that the request fits reads; it is never changed, a further one corrects it."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="replies", db_index=False)
    number = models.SmallIntegerField()
    text = models.CharField(max_length=2000)

    class Meta:
        verbose_name_plural = "replies"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["question", "number"], name="rfps_reply_numbers_once")]
