"""What fits a supplier: the list, one in full, and the supplier's first answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers as s
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.idempotency.views import ApiView
from marketplace.kernel.api.fields import StrictSerializer, TextField
from marketplace.kernel.api.paging import page
from marketplace.kernel.api.tags import tag
from rfps.api import describing as shape
from rfps.delivery.domain import answering
from rfps.delivery.domain.answering import MAX_REASON
from rfps.delivery.models import Opportunity
from rfps.delivery.policies import visible_opportunities
from rfps.delivery.states import OpportunityStatus
from rfps.disclosure.domain import accepting, granting, reading
from rfps.disclosure.states import Stage
from rfps.domain import asking
from rfps.domain.checking import as_instant
from rfps.domain.closing import announced_now
from rfps.models import Rfp
from rfps.states import Phase

UNLISTED = ("rfp__sealed_draft", "rfp__current__announced", "rfp__current__need", "rfp__current__sealed_area")


class Terms(StrictSerializer):
    """The conditions that the request proffers."""

    terms = TextField(max_length=64)


class Reason(StrictSerializer):
    """Why not; may be left out."""

    reason = TextField(max_length=MAX_REASON, required=False, allow_blank=True, default="")


class OpportunityRow(s.Serializer[Any]):
    """A request that fits."""

    id = s.UUIDField()
    rfp = s.UUIDField()
    version = s.IntegerField()
    title = s.CharField()
    category = s.CharField()
    phase = s.ChoiceField(choices=Phase.values)
    closes_at = s.DateTimeField()
    decides_by = s.DateTimeField()
    status = s.ChoiceField(choices=OpportunityStatus.values)


class Disclosed(s.Serializer[Any]):
    """A fact of the customer's, as the stage shows it."""

    field = s.CharField()
    value = s.JSONField()
    stage = s.CharField()


class OpportunityAnswer(OpportunityRow):
    """The whole announcement, and what was disclosed to this supplier since."""

    kind = s.CharField()
    first_matched_at = s.DateTimeField()
    questions_until = s.DateTimeField(help_text="A day before `closes_at`; of a short request half its time.")
    need = s.CharField()
    area = s.DictField()
    lines = s.ListField(child=s.DictField())
    requirements = s.ListField(child=s.DictField())
    currency = s.CharField()
    budget = s.DictField(allow_null=True)
    terms = s.DictField()
    customer = s.UUIDField(help_text="A pseudonym: another one for every request and supplier.")
    stage = s.ChoiceField(choices=Stage.values)
    disclosed = Disclosed(many=True)


class OpportunityPage(s.Serializer[Any]):
    """A page of opportunities, newest first."""

    data = OpportunityRow(many=True)  # type: ignore[assignment]
    next_cursor = s.CharField(allow_null=True)
    has_more = s.BooleanField()


class OpportunityView(ApiView):
    """Base of the views of one opportunity."""

    scope = "opportunities"
    write_scope = "bids"

    def load(self, id: UUID) -> Opportunity:  # noqa: A002 - the path's own word
        """The opportunity; to be changed it is read again under its request's lock, which a bid's verbs take first."""
        rows = visible_opportunities(self.actor).filter(public_id=id)
        found = rows.first()
        if found is None:
            raise Http404
        if self.request.method in SAFE_METHODS:
            return found
        Rfp.objects.select_for_update(no_key=True).only("pk").get(pk=found.rfp_id)
        return rows.get()

    def full(self, found: Opportunity) -> dict[str, Any]:
        """The opportunity with what is disclosed; each value read is logged."""
        disclosed = reading.disclosed(found, actor=self.actor)
        return {**_full(found), "stage": granting.stage_of(found), "disclosed": disclosed}

    def show(self, found: Opportunity) -> Response:
        """The opportunity as it is now."""
        body = self.full(visible_opportunities(self.actor).get(pk=found.pk))
        return self.resource(body, _tag(body))


class OpportunityList(OpportunityView):
    """The inbox."""

    @extend_schema(summary="List requests that fit, newest first", parameters=shape.PAGE, responses=OpportunityPage)
    def get(self, request: Request) -> Response:
        return page(request, visible_opportunities(self.actor).defer(*UNLISTED), _rows)


class OpportunityDetail(OpportunityView):
    """One request that fits."""

    def current_tag(self, id: UUID) -> str:  # noqa: A002
        found = self.load(id)
        with transaction.atomic():
            tag_now = _tag(self.full(found))
            transaction.set_rollback(True)  # the values go to nobody here, so no read of them is logged
        return tag_now

    @extend_schema(
        summary="Read a request that fits",
        description="Readable also after its end. The first read marks it as opened.",
        responses=OpportunityAnswer,
    )
    def get(self, request: Request, id: UUID) -> Response:  # noqa: A002
        return self.show(answering.open_(self.load(id), actor=self.actor))


class OpportunityAccept(OpportunityView):
    """Taking the customer's conditions."""

    @extend_schema(
        summary="Accept the customer's terms and take a place",
        request=Terms,
        responses=OpportunityAnswer,
        examples=[OpenApiExample("As proffered", {"terms": "PDC-INTENT"}, request_only=True)],
    )
    def post(self, request: Request, id: UUID) -> Response:  # noqa: A002
        found = self.load(id)
        accepting.accept(found, actor=self.actor, **self.read(Terms))
        return self.show(found)


class OpportunityRefuse(OpportunityView):
    """Not taking them."""

    @extend_schema(summary="Refuse the customer's terms", request=Reason, responses=OpportunityAnswer)
    def post(self, request: Request, id: UUID) -> Response:  # noqa: A002
        return self.show(answering.refuse_terms(self.load(id), actor=self.actor, **self.read(Reason)))


class OpportunityDecline(OpportunityView):
    """Not offering."""

    @extend_schema(summary="Decline to offer", request=Reason, responses=OpportunityAnswer)
    def post(self, request: Request, id: UUID) -> Response:  # noqa: A002
        return self.show(answering.decline(self.load(id), actor=self.actor, **self.read(Reason)))


def _rows(found: Sequence[Opportunity]) -> list[dict[str, Any]]:
    return [_row(each) for each in found]


def _row(found: Opportunity) -> dict[str, Any]:
    rfp = found.rfp
    assert rfp.current is not None
    assert rfp.closes_at is not None
    assert rfp.decides_by is not None
    return {
        "id": str(found.public_id),
        "rfp": str(rfp.public_id),
        "version": rfp.current.number,
        "title": rfp.current.title,
        "category": rfp.current.category,
        "phase": found.phase,  # type: ignore[attr-defined]
        "closes_at": as_instant(rfp.closes_at),
        "decides_by": as_instant(rfp.decides_by),
        "status": answering.status_of(found),
    }


def _full(found: Opportunity) -> dict[str, Any]:
    matched = {"kind": found.rfp.kind, "first_matched_at": as_instant(found.first_matched_at)}
    matched["questions_until"] = as_instant(asking.taken_until(found.rfp))
    return {**announced_now(found.rfp), **_row(found), **matched, "customer": str(found.pseudonym)}


def _tag(body: dict[str, Any]) -> str:
    return tag(*(f"{name}={body[name]}" for name in sorted(body)))
