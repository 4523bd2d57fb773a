"""The shapes of bids, comparisons and contracts, for the description of the API and for small bodies."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework import serializers as s

from bids.states import EXPIRED, BidState, ContractStatus, EntryKind, Recurs, TermKind
from marketplace.kernel.api.fields import StrictSerializer, TextField

PAGE = [
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
    OpenApiParameter("cursor", str, description="The `next_cursor` of the page before."),
]
maybe: dict[str, Any] = {"required": False, "allow_null": True}
STATES = [*BidState.values, EXPIRED]
SOURCES = ["bid", *EntryKind.values]
AMOUNT = "A decimal as text, in the request's currency."


class IdField(s.UUIDField):
    """An id as text, and nothing that could be turned into one."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid", value=str(data)[:50])
        return super().to_internal_value(data)


class Declining(StrictSerializer):
    """Why a supplier turns an award down; the customer reads it."""

    reason = TextField(max_length=500, required=False, allow_blank=True, default="")


class BidLine(s.Serializer[Any]):
    """The price of one line, or the word that it is not offered."""

    line = s.UUIDField()
    unit_price = s.CharField(help_text="At most six decimals.", **maybe)
    quantity = s.CharField(**maybe)
    lead_time_days = s.IntegerField(min_value=0, max_value=3650, **maybe)
    offered = s.BooleanField(**maybe)


class BidCharge(s.Serializer[Any]):
    """A charge beside the lines; only a conditional one may be negative (a bonus)."""

    label = s.CharField(max_length=120)  # type: ignore[assignment]
    amount = s.CharField(help_text=AMOUNT)
    recurs = s.ChoiceField(choices=Recurs.choices, **maybe)
    periods = s.IntegerField(min_value=1, max_value=600, **maybe)
    from_period = s.IntegerField(min_value=1, max_value=600, **maybe)
    conditional = s.BooleanField(**maybe)


class BidReply(s.Serializer[Any]):
    """The answer to one requirement, in the form it asks for."""

    requirement = s.UUIDField()
    value = s.JSONField(**maybe)
    evidence = s.CharField(max_length=5000, allow_blank=True, **maybe)
    deviation = s.CharField(max_length=2000, allow_blank=True, help_text="How a must is missed.", **maybe)


class BidEstimate(s.Serializer[Any]):
    """The range of an estimate; it is ranked by its high end."""

    low = s.CharField(help_text=AMOUNT, **maybe)
    high = s.CharField(help_text=AMOUNT)


class Priced(s.Serializer[Any]):
    """What makes up a price; `vat_included` covers lines, charges and delivery."""

    title = s.CharField(max_length=200, allow_blank=True, **maybe)
    currency = s.CharField(min_length=3, max_length=3, help_text="The request's.", **maybe)
    vat_rate = s.CharField(help_text="0.20 is 20 %.", **maybe)
    vat_included = s.BooleanField(**maybe)
    lines = BidLine(many=True, **maybe)
    charges = BidCharge(many=True, **maybe)
    delivery = s.CharField(help_text=AMOUNT, **maybe)
    answers = BidReply(many=True, **maybe)


class BidChange(Priced):
    """A bid's content. Members that are lists are replaced as a whole."""

    version = s.IntegerField(min_value=1, help_text="The request's version that is answered: its current one.", **maybe)
    firmness = s.JSONField(help_text='"firm", "estimate", or an estimate itself: {"low", "high"}.', **maybe)
    estimate = BidEstimate(**maybe)
    valid_until = s.DateField(**maybe)
    reference = s.CharField(max_length=100, allow_blank=True, **maybe)
    note = s.CharField(max_length=5000, allow_blank=True, **maybe)


class BidBody(BidChange):
    """A bid as its supplier writes it; a draft may be half done."""

    rfp = s.UUIDField()
    option = s.IntegerField(min_value=1, max_value=5, **maybe)
    submit = s.BooleanField(**maybe)


class MoneyAnswer(s.Serializer[Any]):
    """An amount in the currency's decimals."""

    amount = s.CharField()
    currency = s.CharField()


class TermAnswer(s.Serializer[Any]):
    """One summand of a total, VAT included."""

    label = s.CharField()  # type: ignore[assignment]
    amount = s.CharField()
    counted = s.BooleanField()
    kind = s.ChoiceField(choices=TermKind.choices)
    line = s.UUIDField(allow_null=True)
    months = s.IntegerField(allow_null=True)
    note = s.CharField(allow_null=True)


class BidVersionAnswer(BidChange):
    """One version of a bid; `version` is the request's, `bid_version` its own."""

    bid_version = s.IntegerField()
    total = MoneyAnswer()
    total_terms = TermAnswer(many=True)
    missing = s.ListField(child=s.UUIDField())
    flags = s.ListField(child=s.CharField())
    submitted_at = s.DateTimeField(allow_null=True)


class BidHead(BidVersionAnswer):
    """What both sides see of a bid."""

    id = s.UUIDField()
    rfp = s.UUIDField()
    option = s.IntegerField()
    state = s.ChoiceField(choices=STATES)
    shortlisted = s.BooleanField()
    created_at = s.DateTimeField()
    first_submitted_at = s.DateTimeField(allow_null=True)


class BidAnswer(BidHead):
    """A bid as its supplier sees it: the draft where there is one, else what stands."""

    opportunity = s.UUIDField()
    draft_version = s.IntegerField(allow_null=True)
    standing_version = s.IntegerField(allow_null=True)
    standing_total = MoneyAnswer(allow_null=True)
    withdrawn_at = s.DateTimeField(allow_null=True)


class ColumnSupplier(s.Serializer[Any]):
    """Who offers; in a blind request the id is null and the name a disguise until the bid is shortlisted."""

    id = s.UUIDField(allow_null=True)
    name = s.CharField(allow_null=True)


class RfpBid(BidHead):
    """A standing bid as the customer sees it."""

    supplier = ColumnSupplier()


class Page(s.Serializer[Any]):
    """What every list has beside its rows."""

    next_cursor = s.CharField(allow_null=True)
    has_more = s.BooleanField()


class BidPage(Page):
    """A page of own bids."""

    data = BidAnswer(many=True)  # type: ignore[assignment]


class BidVersionPage(Page):
    """A page of versions."""

    data = BidVersionAnswer(many=True)  # type: ignore[assignment]


class RfpBidPage(Page):
    """A page of a request's bids; while sealed there is none, and their number."""

    sealed = s.BooleanField()
    bid_count = s.IntegerField()
    data = RfpBid(many=True)  # type: ignore[assignment]


class ContractAnswer(s.Serializer[Any]):
    """The snapshot; `sha256` is of request, bid, terms, acceptance and awarded_at as canonical JSON (RFC 8785)."""

    id = s.UUIDField()
    sha256 = s.CharField()
    status = s.ChoiceField(choices=ContractStatus.choices)
    request = s.DictField()
    bid = s.DictField()
    terms = s.DictField()
    acceptance = s.DictField()
    awarded_at = s.DateTimeField()
    confirm_by = s.DateTimeField()
    confirmed_at = s.DateTimeField(allow_null=True)
    declined_at = s.DateTimeField(allow_null=True)
    decline_reason = s.CharField(allow_null=True)


class Outcomes(s.Serializer[Any]):
    """Bids by outcome; `win_rate` of those that were decided."""

    submitted = s.IntegerField()
    awarded = s.IntegerField()
    not_awarded = s.IntegerField()
    withdrawn = s.IntegerField()
    pending = s.IntegerField()
    win_rate = s.CharField(allow_null=True)


class CategoryOutcomes(Outcomes):
    """The same for one category."""

    category = s.CharField()


class WinLossAnswer(Outcomes):
    """All own bids, and by category."""

    categories = CategoryOutcomes(many=True)


EXAMPLE = OpenApiExample(
    "Twelve months, fixed",
    request_only=True,
    value={
        "rfp": "7c1f3f5e-51b8-4d76-9a3e-2f7a3f6f4f10",
        "version": 1,
        "option": 1,
        "title": "12 months, fixed",
        "firmness": "firm",
        "currency": "GBP",
        "vat_rate": "0.20",
        "vat_included": True,
        "lines": [{"line": "3b0e3c1e-0a52-45d0-9ef0-6b1c4f7f8f01", "unit_price": "0.2400", "quantity": "3400"}],
        "charges": [{"label": "Standing charge", "amount": "15.00", "recurs": "month", "periods": 12}],
        "answers": [{"requirement": "f0a3b9a2-9a59-4b53-8f0a-6d1f7f5a2c02", "value": True, "evidence": "certificate"}],
        "valid_until": "2030-03-01",
        "reference": "Q-1001",
        "submit": True,
    },
)
CHANGE = OpenApiExample(
    "Another title and last day", request_only=True, value={"title": "24 months, fixed", "valid_until": "2030-04-01"}
)
