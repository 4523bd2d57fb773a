"""What is answered: bids with immutable versions, the customer's judging, the award and its contract."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Organisation
from bids.states import BidState, ContractStatus, EntryKind, Firmness, Recurs
from marketplace.kernel.fields import created_at, money
from marketplace.kernel.models import PublicModel
from rfps.delivery.models import Opportunity
from rfps.models import Criterion, LineItem, Requirement, Rfp, RfpVersion


class Bid(PublicModel):
    """One supplier's answer under one option; `standing` is the submitted version, `draft` the one being written."""

    rfp = models.ForeignKey(Rfp, on_delete=models.PROTECT, related_name="bids")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="bids")
    opportunity = models.ForeignKey(Opportunity, on_delete=models.PROTECT, related_name="bids")
    option = models.SmallIntegerField(default=1)
    state = models.CharField(max_length=16, choices=BidState.choices, default=BidState.DRAFT)
    standing = models.OneToOneField(
        "BidVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="standing_of"
    )
    draft = models.OneToOneField("BidVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="draft_of")
    revision = models.IntegerField(default=1)
    first_submitted_at = models.DateTimeField(null=True, blank=True)  # ties: the earlier one ranks first
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    shortlisted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rfp", "organisation", "option"],
                condition=~Q(state="withdrawn"),
                name="bids_one_live_bid_per_option",
            ),
            models.CheckConstraint(condition=Q(state__in=BidState.values), name="bids_known_state"),
            models.CheckConstraint(condition=Q(option__gte=1, option__lte=5), name="bids_option_1_to_5"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(standing__isnull=False),
                name="bids_submitted_stands",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-id"], name="bids_of_supplier")]


class BidVersion(PublicModel):
    """The content of a bid. A draft version is replaced as a whole; a submitted one never changes (trigger)."""

    bid = models.ForeignKey(Bid, on_delete=models.CASCADE, related_name="versions")
    number = models.IntegerField()
    rfp_version = models.ForeignKey(RfpVersion, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200, blank=True)
    firmness = models.CharField(max_length=16, choices=Firmness.choices, default=Firmness.FIRM)
    estimate_low = money(null=True, blank=True)
    estimate_high = money(null=True, blank=True)
    currency = models.CharField(max_length=3)
    vat_rate = models.DecimalField(max_digits=7, decimal_places=6, default=0)  # 0.20 is 20 %
    vat_included = models.BooleanField(default=True)
    delivery = money(default=0)
    valid_until_on = models.DateField(null=True, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    note = models.TextField(blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bid", "number"], name="bids_version_numbers_once"),
            models.CheckConstraint(condition=Q(firmness__in=Firmness.values), name="bids_known_firmness"),
        ]


class LinePrice(models.Model):
    """The price of one line, or the plain statement that it is not offered."""

    version = models.ForeignKey(BidVersion, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(LineItem, on_delete=models.PROTECT, related_name="prices")
    offered = models.BooleanField(default=True)
    unit_price = money(null=True, blank=True)
    quantity = money(null=True, blank=True)
    lead_time_days = models.IntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "line"], name="bids_one_price_per_line"),
            models.CheckConstraint(
                condition=Q(unit_price__isnull=True) | Q(unit_price__gte=0), name="bids_price_not_negative"
            ),
        ]


class Charge(models.Model):
    """A one-off or recurring amount beside the lines; a conditional one is a bonus with a condition."""

    version = models.ForeignKey(BidVersion, on_delete=models.CASCADE, related_name="charges")
    position = models.SmallIntegerField()
    label = models.CharField(max_length=120)
    amount = money()
    recurs = models.CharField(max_length=8, choices=Recurs.choices, default=Recurs.ONCE)
    periods = models.SmallIntegerField(null=True, blank=True)
    from_period = models.SmallIntegerField(default=1)
    conditional = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="bids_charge_positions_once"),
            models.CheckConstraint(condition=Q(recurs__in=Recurs.values), name="bids_known_recurrence"),
        ]


class Answer(models.Model):
    """The answer to one requirement; a stated deviation says that a must is missed, and how."""

    version = models.ForeignKey(BidVersion, on_delete=models.CASCADE, related_name="answers")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="answers")
    value = models.JSONField(null=True)
    evidence = models.TextField(blank=True)
    deviation = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "requirement"], name="bids_one_answer_each")]


class Entry(PublicModel):
    """A column that is no bid: what the customer has now, or an offer from elsewhere. Sealed with the owner's key."""

    rfp = models.ForeignKey(Rfp, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=16, choices=EntryKind.choices)
    sealed_content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rfp"], condition=Q(kind="current"), name="bids_one_current"),
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="bids_known_entry"),
        ]


class Evaluation(models.Model):
    """The customer's own judging of one request."""

    rfp = models.OneToOneField(Rfp, on_delete=models.CASCADE, related_name="evaluation")
    weights = models.JSONField(default=dict)  # {criterion public id: number as text}
    revision = models.IntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)


class Mark(models.Model):
    """The customer's 0–5 rating, note or hiding of one column."""

    rfp = models.ForeignKey(Rfp, on_delete=models.CASCADE, related_name="marks")
    bid = models.ForeignKey(Bid, on_delete=models.CASCADE, null=True, related_name="marks")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, null=True, related_name="marks")
    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, null=True, related_name="+")
    rating = models.DecimalField(max_digits=3, decimal_places=2, null=True)
    sealed_note = models.BinaryField(null=True)
    hidden = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(bid__isnull=False, entry__isnull=True) | Q(bid__isnull=True, entry__isnull=False),
                name="bids_mark_of_one_column",
            ),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(criterion__isnull=False, rating__gte=0, rating__lte=5),
                name="bids_rating_0_to_5",
            ),
            models.UniqueConstraint(
                fields=["rfp", "bid", "entry", "criterion"], nulls_distinct=False, name="bids_one_mark_each"
            ),
        ]


class Approval(models.Model):
    """One person's yes to one bid as it stood; a common choice is made with the last one missing."""

    bid = models.ForeignKey(Bid, on_delete=models.CASCADE, related_name="approvals")
    version = models.ForeignKey(BidVersion, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = created_at()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bid", "person"], name="bids_one_approval_each")]


class Advice(models.Model):
    """What a helper would choose and how they weigh, beside the customer's own judging."""

    rfp = models.ForeignKey(Rfp, on_delete=models.CASCADE, related_name="advice")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    weights = models.JSONField(default=dict)  # {criterion public id: number as text}
    proposed = models.ForeignKey(Bid, on_delete=models.SET_NULL, null=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rfp", "person"], name="bids_one_advice_each")]


class Comment(PublicModel):
    """A word among those who share a request; no supplier ever reads one. Sealed with the owner's key."""

    rfp = models.ForeignKey(Rfp, on_delete=models.CASCADE, related_name="comments")
    bid = models.ForeignKey(Bid, on_delete=models.CASCADE, null=True, related_name="comments")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    sealed_text = models.BinaryField()


class Award(PublicModel):
    """The customer's choice. `line` NULL is the whole request; the database lets each be chosen once."""

    rfp = models.ForeignKey(Rfp, on_delete=models.PROTECT, related_name="awards")
    line = models.ForeignKey(LineItem, on_delete=models.PROTECT, null=True, blank=True, related_name="awards")
    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="awards")
    version = models.ForeignKey(BidVersion, on_delete=models.PROTECT, related_name="awards")
    actor_id = models.UUIDField()
    void_at = models.DateTimeField(null=True, blank=True)  # the supplier declined

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rfp", "line"],
                condition=Q(void_at__isnull=True),
                nulls_distinct=False,
                name="bids_one_award_per_line",
            )
        ]


class Debrief(PublicModel):
    """What the customer told the supplier of an offer that was not chosen. `places` by criterion, as far as picked."""

    bid = models.OneToOneField(Bid, on_delete=models.CASCADE, related_name="debrief")
    rank = models.SmallIntegerField(null=True)  # NULL: outside the ranking
    offers = models.SmallIntegerField()
    places = models.JSONField(default=list)  # [{"criterion", "place", "last"}]


class Contract(PublicModel):
    """The snapshot of what was agreed. The hash stays for ever; the text lives under the owner's key."""

    rfp = models.ForeignKey(Rfp, on_delete=models.PROTECT, related_name="contracts")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="contracts")
    award = models.OneToOneField(Award, on_delete=models.PROTECT, related_name="contract")
    status = models.CharField(max_length=16, choices=ContractStatus.choices, default=ContractStatus.CHOSEN)
    sha256 = models.CharField(max_length=64)
    sealed_snapshot = models.BinaryField()
    awarded_at = models.DateTimeField()
    confirm_by = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ContractStatus.values), name="bids_known_contract_status")
        ]
