"""The shapes of requests, categories and blocks, for the description of the API and for small bodies."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework import serializers as s

from marketplace.kernel.api.fields import InstantField, StrictSerializer, TextField
from rfps.states import (
    AnswerKind,
    BudgetDisclosure,
    CriterionKind,
    EndReason,
    Level,
    Phase,
    RfpKind,
    Sealing,
)

PAGE = [
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
    OpenApiParameter("cursor", str, description="The `next_cursor` of the page before."),
]
STAGES = ["S0", "S1", "S2", "S3"]
maybe: dict[str, Any] = {"required": False, "allow_null": True}


class Extension(StrictSerializer):
    """A later deadline."""

    closes_at = InstantField()


class Cancellation(StrictSerializer):
    """Why a request is called off; suppliers read it."""

    reason = TextField(max_length=500, required=False, allow_blank=True, default="")


class Ending(StrictSerializer):
    """Why nobody was chosen; only the customer reads it."""

    reason = s.ChoiceField(choices=EndReason.choices)


class RfpArea(s.Serializer[Any]):
    """A country with a postcode or a point, or `{"remote": true}`."""

    country = s.CharField(required=False, min_length=2, max_length=2)
    postcode = s.CharField(required=False, max_length=12)
    lat = s.FloatField(required=False, min_value=-90, max_value=90)
    lon = s.FloatField(required=False, min_value=-180, max_value=180)
    remote = s.BooleanField(required=False)


class RfpLine(s.Serializer[Any]):
    """A priced row."""

    title = s.CharField(max_length=200)
    quantity = s.CharField(required=False, help_text="A decimal as text.")
    unit = s.CharField(required=False, allow_blank=True, max_length=32)
    spec = s.CharField(required=False, allow_blank=True, max_length=5000)


class RfpRequirement(s.Serializer[Any]):
    """A row to be answered."""

    text = s.CharField(max_length=500)
    level = s.ChoiceField(choices=Level.choices, required=False)
    answer = s.ChoiceField(choices=AnswerKind.choices)
    unit = s.CharField(required=False, allow_blank=True, max_length=32)
    choices = s.ListField(child=s.CharField(max_length=100), required=False, max_length=30)
    constraint = s.DictField(
        required=False, help_text="By answer: yes_no {equals}, number {min, max, equals}, choice {in}, date {min, max}."
    )
    evidence = s.BooleanField(required=False)


class RfpCriterion(s.Serializer[Any]):
    """How offers are judged; `requirement` and `line` are places in this body, counted from 0."""

    kind = s.ChoiceField(choices=CriterionKind.choices)
    title = s.CharField(required=False, allow_blank=True, max_length=200)
    weight = s.FloatField(min_value=0, max_value=1000)
    requirement = s.IntegerField(required=False, min_value=0, max_value=99)
    line = s.IntegerField(required=False, min_value=0, max_value=99)
    best = s.CharField(required=False)
    worst = s.CharField(required=False)
    scores = s.DictField(required=False, child=s.FloatField(min_value=0, max_value=1))


class RfpBudget(s.Serializer[Any]):
    """What the person would pay, and how much of that suppliers learn."""

    amount = s.CharField(help_text="A decimal as text.")
    currency = s.CharField(required=False, min_length=3, max_length=3)
    disclosure = s.ChoiceField(choices=BudgetDisclosure.choices, required=False)
    binding = s.BooleanField(required=False)


class RfpField(s.Serializer[Any]):
    """A fact of the data store, and the stage from which a supplier sees it."""

    field = s.CharField()
    stage = s.ChoiceField(choices=STAGES)


class RfpBody(s.Serializer[Any]):
    """A request as a person writes it. Everything has a default but kind, title, category and closes_at."""

    kind = s.ChoiceField(choices=RfpKind.choices, **maybe)
    title = s.CharField(max_length=200, **maybe)
    need = s.CharField(max_length=20_000, allow_blank=True, help_text="Markdown.", **maybe)
    category = s.CharField(help_text="An id from categories/.", **maybe)
    owner = s.ChoiceField(choices=["person", "household"], **maybe)
    sandbox = s.BooleanField(**maybe)
    item = s.UUIDField(**maybe)
    area = RfpArea(**maybe)
    lines = RfpLine(many=True, **maybe)
    requirements = RfpRequirement(many=True, **maybe)
    criteria = RfpCriterion(many=True, **maybe)
    currency = s.CharField(min_length=3, max_length=3, **maybe)
    budget = RfpBudget(**maybe)
    horizon_months = s.IntegerField(min_value=1, max_value=120, **maybe)
    closes_at = s.DateTimeField(**maybe)
    decides_by = s.DateTimeField(**maybe)
    sealing = s.ChoiceField(choices=Sealing.choices, **maybe)
    blind = s.BooleanField(**maybe)
    valid_for_days = s.IntegerField(min_value=1, max_value=365, **maybe)
    places = s.IntegerField(min_value=1, max_value=50, **maybe)
    options = s.IntegerField(min_value=1, max_value=5, **maybe)
    capabilities = s.ListField(child=s.RegexField(r"^[a-z0-9][a-z0-9_-]{0,63}$"), max_length=20, **maybe)
    terms = s.CharField(max_length=64, **maybe)
    fields = RfpField(many=True, **maybe)  # type: ignore[assignment]  # the metaclass takes it out of the way
    answers = s.DictField(help_text="Answers to the template's own questions (`ask.…`).", **maybe)
    confirmed = s.ListField(
        child=s.CharField(max_length=200), help_text="Pointers of texts whose finds may be seen.", **maybe
    )


class RfpAnswer(RfpBody):
    """A request as its owner sees it; rows of a published request carry ids."""

    id = s.UUIDField()
    phase = s.ChoiceField(choices=Phase.choices)
    version = s.IntegerField(allow_null=True)
    time_zone = s.CharField()
    questions_until = s.DateTimeField(allow_null=True, help_text="Until when suppliers may ask.")
    copy_of = s.UUIDField(allow_null=True)
    cancel_reason = s.CharField(allow_null=True)
    end_reason = s.ChoiceField(choices=EndReason.choices, allow_null=True)
    created_at = s.DateTimeField()
    published_at = s.DateTimeField(allow_null=True)
    closed_early_at = s.DateTimeField(allow_null=True)
    awarded_at = s.DateTimeField(allow_null=True)
    cancelled_at = s.DateTimeField(allow_null=True)
    ended_at = s.DateTimeField(allow_null=True)


class RfpVersionAnswer(s.Serializer[Any]):
    """One version; `sha256` is of `announced` as canonical JSON (RFC 8785)."""

    id = s.UUIDField()
    version = s.IntegerField()
    created_at = s.DateTimeField()
    sha256 = s.CharField()
    announced = s.DictField()


class RfpDisclosed(s.Serializer[Any]):
    """A value as a stage shows it."""

    field = s.CharField()
    value = s.JSONField()
    stage = s.ChoiceField(choices=STAGES)


class Preview(s.Serializer[Any]):
    """What a supplier sees, with the members of the announced body beside these."""

    stage = s.ChoiceField(choices=STAGES)
    disclosed = RfpDisclosed(many=True)
    missing = s.ListField(child=s.CharField())
    stale = s.ListField(child=s.CharField())


class Audience(s.Serializer[Any]):
    """How many suppliers fit, and by condition how many more would without it."""

    matched = s.IntegerField()
    exclusions = s.DictField(child=s.IntegerField())


class CategoryAnswer(s.Serializer[Any]):
    """A node of the tree."""

    id = s.CharField()
    label = s.CharField()  # type: ignore[assignment]
    help = s.CharField()
    parent = s.CharField(allow_null=True)  # type: ignore[assignment]
    synonyms = s.ListField(child=s.CharField())


class BlockAnswer(s.Serializer[Any]):
    """A blocked supplier."""

    supplier = s.UUIDField()
    created_at = s.DateTimeField()


class Page(s.Serializer[Any]):
    """What every list has beside its rows."""

    next_cursor = s.CharField(allow_null=True)
    has_more = s.BooleanField()


class RfpPage(Page):
    """A page of requests."""

    data = RfpAnswer(many=True)  # type: ignore[assignment]


class VersionPage(Page):
    """A page of versions."""

    data = RfpVersionAnswer(many=True)  # type: ignore[assignment]


class CategoryPage(Page):
    """All categories, parents before children."""

    data = CategoryAnswer(many=True)  # type: ignore[assignment]


EXAMPLE = OpenApiExample(
    "The least that can be published",
    request_only=True,
    value={
        "kind": "rfp",
        "title": "Electricity for our flat",
        "category": "energy/electricity",
        "closes_at": "2030-01-31T17:00:00Z",
        "area": {"country": "GB", "postcode": "EH1 1AA"},
    },
)
CHANGE = OpenApiExample(
    "Another deadline, and a budget that suppliers see as a band",
    request_only=True,
    value={
        "closes_at": "2030-02-15T17:00:00Z",
        "decides_by": "2030-03-01T17:00:00Z",
        "budget": {"amount": "1200.00", "currency": "GBP", "disclosure": "band"},
    },
)
NOTHING = OpenApiExample("No content is needed", request_only=True, value={})
