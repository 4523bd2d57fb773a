"""Bids from the supplier's side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from bids.api import describing as shape
from bids.api.rendering import BESIDE, bid_json, bid_tag, bids_json, version_json
from bids.domain import awarding, bidding, contracting, counting
from bids.models import Bid, Contract
from bids.policies import visible_bids, visible_contracts
from marketplace.idempotency.views import ApiView
from marketplace.kernel.api.fields import EmptySerializer
from marketplace.kernel.api.paging import page
from marketplace.kernel.api.tags import content_tag
from marketplace.kernel.errors import Conflict, Fault, Invalid, require
from rfps.delivery.models import Opportunity
from rfps.delivery.policies import is_supplier, visible_opportunities


class BidView(ApiView):
    """Base of the views of a supplier's bid."""

    scope = "bids"

    def load(self, id: UUID) -> Bid:  # noqa: A002 - the path's own word
        """The own bid; to be changed it is read again under its request's lock."""
        bid = visible_bids(self.actor).select_related(*BESIDE).filter(public_id=id).first()
        if bid is None:
            raise Http404
        if self.request.method not in SAFE_METHODS:
            bid = bidding.lock(bid)
        return bid

    def show(self, bid: Bid, status: int = 200) -> Response:
        """The bid as it stands now."""
        now = visible_bids(self.actor).select_related(*BESIDE).get(pk=bid.pk)
        return self.resource(bid_json(now, own=True), bid_tag(now), status)

    def act(self, id: UUID, verb: Callable[..., Bid]) -> Response:  # noqa: A002
        """A verb that takes no content."""
        self.read(EmptySerializer)
        return self.show(verb(self.load(id), actor=self.actor))


class BidList(BidView):
    """Own bids."""

    def needs_key(self) -> bool:
        body = self.request.data
        return isinstance(body, dict) and body.get("submit") is True

    def opportunity(self, body: Any) -> Opportunity:
        """Of the request that the body names; 404 unless it was brought to this supplier."""
        named = body.get("rfp") if isinstance(body, dict) else None
        try:
            rfp = UUID(named) if isinstance(named, str) else None
        except ValueError:
            rfp = None
        if rfp is None:
            raise Invalid([Fault("/rfp", "required", _("Say which request this answers."))])
        found = visible_opportunities(self.actor).filter(rfp__public_id=rfp).first()
        if found is None:
            raise Http404
        return found

    @extend_schema(summary="List own bids, newest first", parameters=shape.PAGE, responses=shape.BidPage)
    def get(self, request: Request) -> Response:
        require(is_supplier(self.actor))
        rows = visible_bids(self.actor).select_related(*BESIDE)
        return page(request, rows, lambda found: bids_json(found, own=True))

    @extend_schema(
        summary="Draft a bid, or submit it at once",
        description='With `"submit": true` an Idempotency-Key is required, and either everything is kept or nothing.',
        request=shape.BidBody,
        responses={201: shape.BidAnswer},
        examples=[shape.EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        opportunity = self.opportunity(request.data)
        return self.show(bidding.draft(opportunity, actor=self.actor, body=request.data), 201)


class BidDetail(BidView):
    """One bid of one's own."""

    def current_tag(self, id: UUID) -> str:  # noqa: A002
        return bid_tag(self.load(id))

    @extend_schema(summary="Read a bid", responses=shape.BidAnswer)
    def get(self, request: Request, id: UUID) -> Response:  # noqa: A002
        return self.show(self.load(id))

    @extend_schema(
        summary="Change members of a bid",
        description="A submitted version stands until the changed one is submitted.",
        request=shape.BidChange,
        responses=shape.BidAnswer,
        examples=[shape.CHANGE],
    )
    def patch(self, request: Request, id: UUID) -> Response:  # noqa: A002
        bid = self.load(id)
        if isinstance(request.data, dict) and "submit" in request.data:
            raise Invalid([Fault("/submit", "unknown_field", _("Submit with a POST to submit/."))])
        return self.show(bidding.change(bid, actor=self.actor, body=request.data))


class BidSubmit(BidView):
    """Submitting."""

    key_required = True

    @extend_schema(summary="Submit the draft", request=EmptySerializer, responses=shape.BidAnswer)
    def post(self, request: Request, id: UUID) -> Response:  # noqa: A002
        return self.act(id, bidding.submit)


class BidWithdraw(BidView):
    """Taking back."""

    @extend_schema(summary="Withdraw a bid before the deadline", request=EmptySerializer, responses=shape.BidAnswer)
    def post(self, request: Request, id: UUID) -> Response:  # noqa: A002
        return self.act(id, bidding.withdraw)


class BidReconfirm(BidView):
    """After an amendment."""

    @extend_schema(summary="Confirm a bid for an amended request", request=EmptySerializer, responses=shape.BidAnswer)
    def post(self, request: Request, id: UUID) -> Response:  # noqa: A002
        return self.act(id, bidding.reconfirm)


class BidVersions(BidView):
    """Earlier versions are kept."""

    @extend_schema(summary="List the versions of a bid", parameters=shape.PAGE, responses=shape.BidVersionPage)
    def get(self, request: Request, id: UUID) -> Response:  # noqa: A002
        rows = (
            self.load(id)
            .versions.select_related("rfp_version")
            .prefetch_related("lines__line", "charges", "answers__requirement", "rfp_version__lines")
        )
        return page(request, rows, lambda found: [version_json(version) for version in found])


class BidContract(BidView):
    """What was agreed; the winner's alone."""

    @extend_schema(summary="Read the contract of an awarded bid", responses=shape.ContractAnswer)
    def get(self, request: Request, id: UUID) -> Response:  # noqa: A002
        rows = visible_contracts(self.actor).select_related("rfp__owner__key")
        body = contracting.shape(self.one(rows, award__bid__public_id=id))
        return self.resource(body, content_tag(body))


class AwardAnswer(ApiView):
    """Base of the two answers to having been chosen."""

    scope = "bids"

    def contract(self, id: UUID) -> Contract:  # noqa: A002
        """The live contract of an own opportunity; 404 without the opportunity, Conflict without a choice."""
        opportunity = visible_opportunities(self.actor).filter(public_id=id).first()
        if opportunity is None:
            raise Http404
        rows = visible_contracts(self.actor).select_related("rfp__owner__key")
        found = rows.filter(award__bid__opportunity=opportunity).order_by("-pk").first()
        if found is None:
            raise Conflict(_("You were not chosen."), code="not_awarded")
        return found

    def show(self, contract: Contract) -> Response:
        rows = visible_contracts(self.actor).select_related("rfp__owner__key")
        body = contracting.shape(rows.get(pk=contract.pk))
        return self.resource(body, content_tag(body))


class ConfirmAward(AwardAnswer):
    """Yes."""

    @extend_schema(summary="Confirm an award", request=EmptySerializer, responses=shape.ContractAnswer)
    def post(self, request: Request, id: UUID) -> Response:  # noqa: A002
        self.read()
        return self.show(awarding.confirm(self.contract(id), actor=self.actor))


class DeclineAward(AwardAnswer):
    """No."""

    @extend_schema(summary="Decline an award", request=shape.Declining, responses=shape.ContractAnswer)
    def post(self, request: Request, id: UUID) -> Response:  # noqa: A002
        body = self.read(shape.Declining)
        return self.show(awarding.decline(self.contract(id), actor=self.actor, reason=body["reason"]))


class WinLoss(ApiView):
    """How a supplier's bids did."""

    scope = "opportunities"

    @extend_schema(summary="Count own bids by outcome", responses=shape.WinLossAnswer)
    def get(self, request: Request) -> Response:
        require(is_supplier(self.actor))
        return Response(counting.win_loss(self.actor))
