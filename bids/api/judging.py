"""Bids from the customer's side: compare, judge, choose. Sealing is in the querysets and in what these views call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from bids.api import describing as bid_shape
from bids.api import describing_judging as shape
from bids.api.rendering import BESIDE, bid_json, bids_json, entry_json
from bids.domain import awarding, comparing, contracting, counting, entering, evaluating, explaining, exporting
from bids.domain.gathering import opened
from bids.domain.shortlisting import shortlist
from bids.models import Bid, Entry
from bids.policies import bid_count, is_sealed, visible_bids, visible_contracts
from bids.states import EntryKind
from marketplace.idempotency.views import ApiView
from marketplace.kernel.api.paging import page
from marketplace.kernel.api.tags import content_tag
from marketplace.kernel.errors import Conflict, Fault, Invalid
from rfps.models import Rfp
from rfps.policies import visible_rfps

FORMATS = ("json", "csv")


class JudgingView(ApiView):
    """Base of the views of one request's bids."""

    scope = "rfps"

    def load(self, id: UUID) -> Rfp:  # noqa: A002 - the path's own word
        """The actor's own request."""
        return self.one(visible_rfps(self.actor).select_related("owner__key", "customer", "current"), public_id=id)

    def bid(self, rfp: Rfp, id: UUID) -> Bid:  # noqa: A002
        """A bid that the customer may see; 404 outside, Conflict while nothing may be seen."""
        found = visible_bids(self.actor).select_related(*BESIDE).filter(rfp=rfp, public_id=id).first()
        if found is not None:
            return found
        if is_sealed(rfp):
            raise Conflict(_("The offers are still closed. Close the request first."), code="sealed")
        raise Http404


class RfpBids(JudgingView):
    """What was offered."""

    @extend_schema(summary="List the bids on a request", parameters=bid_shape.PAGE, responses=bid_shape.RfpBidPage)
    def get(self, request: Request, id: UUID) -> Response:  # noqa: A002
        rfp = self.load(id)
        rows = visible_bids(self.actor).filter(rfp=rfp).select_related(*BESIDE)
        response = page(request, rows, lambda found: bids_json(found, own=False))
        response.data |= {"sealed": is_sealed(rfp), "bid_count": bid_count(self.actor, rfp)}
        return response


class RfpComparison(JudgingView):
    """Side by side."""

    @extend_schema(summary="Compare the bids on a request", responses=shape.Comparison)
    def get(self, request: Request, id: UUID) -> Response:  # noqa: A002
        return Response(comparing.compare(self.load(id), actor=self.actor))


class RfpExplanation(JudgingView):
    """By hand."""

    @extend_schema(
        summary="Explain one column's total and score",
        parameters=[OpenApiParameter("bid", {"type": "string", "format": "uuid"}, required=True)],
        responses=shape.Explanation,
    )
    def get(self, request: Request, id: UUID) -> Response:  # noqa: A002
        rfp, key = self.load(id), request.query_params.get("bid", "")
        try:
            key = str(UUID(key))
        except ValueError:
            raise Invalid([Fault("bid", "not_an_id", _("Say which offer: ?bid=…"))]) from None
        found = explaining.explain(rfp, actor=self.actor, key=key)
        if found is None:
            raise Http404
        return Response(found)


class RfpEvaluation(JudgingView):
    """The customer's own judging."""

    tagged = True

    def current_tag(self, id: UUID) -> str:  # noqa: A002
        return content_tag(evaluating.described(self.load(id), actor=self.actor))

    @extend_schema(summary="Read one's own weights, ratings and notes", responses=shape.EvaluationBody)
    def get(self, request: Request, id: UUID) -> Response:  # noqa: A002
        body = evaluating.described(self.load(id), actor=self.actor)
        return self.resource(body, content_tag(body))

    @extend_schema(
        summary="Set weights, ratings, notes and hidden columns",
        description="Each member that is given replaces that member as a whole. While sealed only weights can be set.",
        request=shape.EvaluationBody,
        responses=shape.EvaluationBody,
        examples=[shape.EVALUATION],
    )
    def put(self, request: Request, id: UUID) -> Response:  # noqa: A002
        rfp = self.load(id)
        evaluating.evaluate(rfp, actor=self.actor, body=request.data)
        body = evaluating.described(rfp, actor=self.actor)
        return self.resource(body, content_tag(body))


class RfpCurrent(JudgingView):
    """What the customer has now."""

    def current_tag(self, id: UUID) -> str | None:  # noqa: A002
        body = self.kept(self.load(id))
        return content_tag(body) if body else None

    @extend_schema(summary="Read what I have now", responses=shape.CurrentAnswer)
    def get(self, request: Request, id: UUID) -> Response:  # noqa: A002
        rfp = self.load(id)
        body = self.kept(rfp)
        if body is None:
            raise Http404
        return self.resource(body, content_tag(body))

    @extend_schema(
        summary="Say what I have now",
        request=shape.CurrentBody,
        responses=shape.CurrentAnswer,
        examples=[shape.CURRENT],
    )
    def put(self, request: Request, id: UUID) -> Response:  # noqa: A002
        rfp = self.load(id)
        entry = entering.keep_current(rfp, actor=self.actor, body=request.data)
        body = entry_json(entry, opened(entry, rfp))
        return self.resource(body, content_tag(body))

    def kept(self, rfp: Rfp) -> dict[str, Any] | None:
        """What was said before."""
        entry = Entry.objects.filter(rfp=rfp, kind=EntryKind.CURRENT).first()
        return entry_json(entry, opened(entry, rfp)) if entry else None


class RfpOwnEntries(JudgingView):
    """Offers from elsewhere."""

    @extend_schema(
        summary="Add an offer from elsewhere",
        request=shape.EntryBody,
        responses={201: shape.EntryAnswer},
        examples=[shape.ENTRY],
    )
    def post(self, request: Request, id: UUID) -> Response:  # noqa: A002
        rfp = self.load(id)
        entry = entering.enter(rfp, actor=self.actor, body=request.data)
        body = entry_json(entry, opened(entry, rfp))
        return self.resource(body, content_tag(body), 201)


class RfpShortlist(JudgingView):
    """A closer look."""

    @extend_schema(summary="Shortlist a bid, or take it off", request=shape.Shortlisting, responses=bid_shape.RfpBid)
    def post(self, request: Request, id: UUID) -> Response:  # noqa: A002
        rfp = self.load(id)
        body = self.read(shape.Shortlisting)
        bid = self.bid(rfp, body["bid"])
        shortlist(rfp, actor=self.actor, bid=bid, shortlisted=body["shortlisted"])
        shown = bid_json(self.bid(rfp, body["bid"]), own=False)
        return self.resource(shown, content_tag(shown))


class RfpAward(JudgingView):
    """The choice."""

    @extend_schema(
        summary="Award a bid",
        description="A sealed request has to be closed first; one whose bids are open is closed by the award.",
        request=shape.Choosing,
        responses=bid_shape.ContractAnswer,
    )
    def post(self, request: Request, id: UUID) -> Response:  # noqa: A002
        rfp = self.load(id)
        body = self.read(shape.Choosing)
        contract = awarding.award(rfp, actor=self.actor, bid=self.bid(rfp, body["bid"]))
        return self.show(contract.pk)

    def show(self, contract: int) -> Response:
        rows = visible_contracts(self.actor).select_related("rfp__owner__key")
        body = contracting.shape(rows.get(pk=contract))
        return self.resource(body, content_tag(body))


class RfpContract(JudgingView):
    """What was agreed."""

    @extend_schema(summary="Read the contract of an awarded request", responses=bid_shape.ContractAnswer)
    def get(self, request: Request, id: UUID) -> Response:  # noqa: A002
        rows = visible_contracts(self.actor).filter(rfp=self.load(id)).select_related("rfp__owner__key")
        found = rows.order_by("-pk").first()
        if found is None:
            raise Http404
        body = contracting.shape(found)
        return self.resource(body, content_tag(body))


class CsvRenderer(BaseRenderer):
    """Lets clients ask for text/csv; the view has written it already."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return JSONRenderer().render(data)


class RfpExport(JudgingView):
    """To take away."""

    renderer_classes = (JSONRenderer, CsvRenderer)

    @extend_schema(
        summary="Export the comparison",
        parameters=[OpenApiParameter("format", {"type": "string", "enum": list(FORMATS), "default": "json"})],
        responses={(200, "application/json"): shape.Comparison, (200, "text/csv"): str},
    )
    def get(self, request: Request, id: UUID) -> Response | HttpResponse:  # noqa: A002
        rfp, wanted = self.load(id), request.query_params.get("format", "json")
        if wanted not in FORMATS:
            raise Invalid([Fault("format", "unknown_choice", _("format is json or csv."))])
        name = f'attachment; filename="comparison-{rfp.public_id}.{wanted}"'
        if wanted == "json":
            body = comparing.compare(rfp, actor=self.actor)
            return Response(body, headers={"Content-Disposition": name}, content_type="application/json")
        text = exporting.as_csv(rfp, actor=self.actor)
        return HttpResponse(text, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


class RfpFunnel(JudgingView):
    """How far it got."""

    @extend_schema(summary="Count how far a request got", responses=shape.FunnelAnswer)
    def get(self, request: Request, id: UUID) -> Response:  # noqa: A002
        return Response(counting.funnel(self.load(id), actor=self.actor))
