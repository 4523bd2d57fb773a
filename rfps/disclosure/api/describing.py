"""Shapes of grants, disclosures and terms for the OpenAPI description."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from rfps.disclosure.states import Outcome, Stage

PAGE = [
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
    OpenApiParameter("cursor", str, description="`next_cursor` of the page before."),
]


class PartyAnswer(serializers.Serializer[Any]):
    """A supplier by its public record; both null while the request hides names."""

    id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField(allow_null=True)


class TermsReference(serializers.Serializer[Any]):
    """One version of an agreement."""

    id = serializers.CharField()
    version = serializers.CharField()
    sha256 = serializers.CharField()


class GrantedField(serializers.Serializer[Any]):
    """A field and the stage whose projection is shown."""

    field = serializers.CharField()
    stage = serializers.ChoiceField(choices=Stage.choices)


class GrantAnswer(serializers.Serializer[Any]):
    """What one supplier may read for one request."""

    id = serializers.UUIDField()
    rfp = serializers.UUIDField()
    supplier = PartyAnswer()
    stage = serializers.ChoiceField(choices=Stage.choices)
    purpose = serializers.CharField()
    fields = GrantedField(many=True)  # type: ignore[assignment]
    terms = TermsReference()
    award_terms = TermsReference()
    accepted_at = serializers.DateTimeField()
    issued_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    end_cause = serializers.CharField(allow_null=True)
    supersedes = serializers.UUIDField(allow_null=True)


class DisclosureAnswer(serializers.Serializer[Any]):
    """One read of one value, or an attempt that was stopped by a rule."""

    at = serializers.DateTimeField()
    field = serializers.CharField()
    version = serializers.IntegerField(allow_null=True)
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    rule = serializers.CharField(allow_null=True)
    stage = serializers.CharField(allow_null=True)
    purpose = serializers.CharField(allow_null=True)
    supplier = PartyAnswer()
    rfp = serializers.UUIDField(allow_null=True)
    grant = serializers.UUIDField(allow_null=True)


class AgreementAnswer(serializers.Serializer[Any]):
    """A standard agreement; `sha256` is of the canonical JSON (RFC 8785) of all other members."""

    id = serializers.CharField()
    version = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    text = serializers.CharField()
    machine = serializers.JSONField()
    proffered = serializers.BooleanField()
    award = serializers.CharField(allow_null=True)
    sha256 = serializers.CharField()


class Page(serializers.Serializer[Any]):
    """One page of a list, newest first."""

    next_cursor = serializers.CharField(allow_null=True)
    has_more = serializers.BooleanField()


class GrantPage(Page):
    data = GrantAnswer(many=True)  # type: ignore[assignment]


class DisclosurePage(Page):
    data = DisclosureAnswer(many=True)  # type: ignore[assignment]


class AgreementPage(Page):
    data = AgreementAnswer(many=True)  # type: ignore[assignment]
