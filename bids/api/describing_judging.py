"""How the answers and bodies of comparing and choosing look, for the API's description."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers as s

from bids.api.describing import AMOUNT, SOURCES, ColumnSupplier, IdField, MoneyAnswer, Priced, TermAnswer, maybe
from bids.states import EntryKind
from marketplace.kernel.api.fields import FlagField, StrictSerializer
from rfps.states import CriterionKind


class Shortlisting(StrictSerializer):
    """Which bid, on or off."""

    bid = IdField()
    shortlisted = FlagField(default=True)


class Choosing(StrictSerializer):
    """Which bid gets everything. Choosing by line and a reserve are not taken yet."""

    bid = IdField()

    def to_internal_value(self, data: Any) -> Any:
        later = [name for name in ("lines", "reserve") if isinstance(data, dict) and name in data]
        if later:
            message = s.ErrorDetail(str(_("Choosing by part is not possible yet: name one `bid`.")), "not_available")
            raise s.ValidationError({name: [message] for name in later})
        return super().to_internal_value(data)


class CriterionAnswer(s.Serializer[Any]):
    """A criterion with the weight that was used."""

    id = s.UUIDField()
    title = s.CharField()
    kind = s.ChoiceField(choices=CriterionKind.choices)
    weight = s.FloatField()
    published_weight = s.FloatField()
    best = s.CharField(allow_null=True)
    worst = s.CharField(allow_null=True)
    suggested_worst = s.CharField(allow_null=True)
    requirement = s.UUIDField(allow_null=True)
    line = s.UUIDField(allow_null=True)


class ScoreAnswer(s.Serializer[Any]):
    """One criterion's share: s from 0 to 1, and its points of 100."""

    criterion = s.UUIDField()
    value = s.JSONField(allow_null=True)
    score = s.CharField()
    contribution = s.CharField()
    flag = s.CharField(allow_null=True)


class ColumnAnswer(s.Serializer[Any]):
    """A bid, what the customer has now, or an offer from elsewhere."""

    bid = s.UUIDField()
    source = s.ChoiceField(choices=SOURCES)  # type: ignore[assignment]
    option = s.IntegerField(allow_null=True)
    title = s.CharField()
    supplier = ColumnSupplier()
    state = s.CharField(allow_null=True)
    total = MoneyAnswer()
    total_terms = TermAnswer(many=True)
    eligible = s.BooleanField()
    failed_musts = s.ListField(child=s.UUIDField())
    missing = s.ListField(child=s.UUIDField())
    scores = ScoreAnswer(many=True)
    score = s.CharField()
    rank = s.IntegerField(allow_null=True)
    pareto = s.BooleanField()
    first_rank_share = s.CharField(allow_null=True)
    flags = s.ListField(child=s.CharField())
    shortlisted = s.BooleanField()
    hidden = s.BooleanField()
    note = s.CharField(allow_blank=True)


class SplitLine(s.Serializer[Any]):
    """Who would get one line."""

    line = s.UUIDField()
    bid = s.UUIDField()


class SplitAnswer(s.Serializer[Any]):
    """The cheapest split over bids by line."""

    total = MoneyAnswer()
    saving = MoneyAnswer(allow_null=True)
    lines = SplitLine(many=True)


class Comparison(s.Serializer[Any]):
    """The comparison; while sealed `bids` is empty."""

    rfp = s.UUIDField()
    formula = s.CharField()
    sealed = s.BooleanField()
    bid_count = s.IntegerField()
    currency = s.CharField(required=False)
    horizon_months = s.IntegerField(required=False, allow_null=True)
    criteria = CriterionAnswer(many=True)
    bids = ColumnAnswer(many=True)
    split = SplitAnswer(allow_null=True)


class Explanation(s.Serializer[Any]):
    """The arithmetic of one column; exact numbers as decimals or fractions in text."""

    bid = s.UUIDField()
    formula = s.CharField()
    currency = s.CharField()
    horizon_months = s.IntegerField(allow_null=True)
    total = s.DictField()
    weights = s.CharField()
    criteria = s.ListField(child=s.DictField())
    score = s.DictField()
    eligible = s.BooleanField()
    failed_musts = s.ListField(child=s.UUIDField())
    rank = s.IntegerField(allow_null=True)
    flags = s.ListField(child=s.CharField())


class RatingRow(s.Serializer[Any]):
    """The customer's own 0 to 5 for a criterion of kind rating."""

    bid = s.UUIDField()
    criterion = s.UUIDField()
    value = s.FloatField(min_value=0, max_value=5)


class NoteRow(s.Serializer[Any]):
    """A note on a column."""

    bid = s.UUIDField()
    text = s.CharField(max_length=2000, allow_blank=True)


class EvaluationBody(s.Serializer[Any]):
    """The customer's own judging."""

    weights = s.DictField(child=s.FloatField(min_value=0, max_value=1000), help_text="By criterion id.", **maybe)
    ratings = RatingRow(many=True, **maybe)
    notes = NoteRow(many=True, **maybe)
    hidden = s.ListField(child=s.UUIDField(), **maybe)


class EntryBody(Priced):
    """An offer from elsewhere: a plain total, or lines, charges and delivery."""

    supplier = s.CharField(max_length=120, allow_blank=True, **maybe)
    total = s.CharField(help_text=AMOUNT, **maybe)
    contract_ends_on = s.DateField(**maybe)


class CurrentBody(EntryBody):
    """What the customer has now; the exit fee becomes a term of every other column."""

    exit_fee = s.CharField(help_text=AMOUNT, **maybe)


class EntryAnswer(EntryBody):
    """An own column."""

    id = s.UUIDField()
    rfp = s.UUIDField()
    source = s.ChoiceField(choices=EntryKind.choices)  # type: ignore[assignment]


class CurrentAnswer(CurrentBody):
    """The column "what I have now"."""

    id = s.UUIDField()
    rfp = s.UUIDField()
    source = s.ChoiceField(choices=EntryKind.choices)  # type: ignore[assignment]


class DeclinedAnswer(s.Serializer[Any]):
    """How many declined, and why."""

    count = s.IntegerField()
    reasons = s.ListField(child=s.CharField())


class FunnelAnswer(s.Serializer[Any]):
    """Suppliers by how far they came."""

    rfp = s.UUIDField()
    matched = s.IntegerField()
    notified = s.IntegerField()
    opened = s.IntegerField()
    asked = s.IntegerField()
    accepted = s.IntegerField()
    refused = s.IntegerField()
    declined = DeclinedAnswer()
    bidding = s.IntegerField()
    submitted = s.IntegerField()
    bid_count = s.IntegerField()


EVALUATION = OpenApiExample(
    "The price counts twice as much as the notice period",
    request_only=True,
    value={
        "weights": {"0c8b2c44-6f43-4a9e-9c0e-2b1d3f4a5b01": 60, "0c8b2c44-6f43-4a9e-9c0e-2b1d3f4a5b02": 30},
        "ratings": [],
        "notes": [{"bid": "f0a3b9a2-9a59-4b53-8f0a-6d1f7f5a2c02", "text": "Answers within a day."}],
        "hidden": [],
    },
)
ENTRY = OpenApiExample(
    "A price from a shop",
    request_only=True,
    value={"title": "Corner shop", "supplier": "Corner Ltd", "total": "1010.00"},
)
CURRENT = OpenApiExample(
    "My present tariff",
    request_only=True,
    value={"title": "Standard tariff", "total": "1150.00", "contract_ends_on": "2030-06-30", "exit_fee": "50.00"},
)
