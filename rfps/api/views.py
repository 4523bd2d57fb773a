"""Requests from the customer's side, categories and blocks."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Organisation
from accounts.states import OrganisationKind
from marketplace.idempotency.views import ApiView
from marketplace.kernel.api.fields import EmptySerializer, StrictSerializer
from marketplace.kernel.api.paging import WHOLE, page, whole
from marketplace.kernel.api.tags import content_tag, tag
from marketplace.kernel.errors import Fault, Invalid
from rfps import catalogue
from rfps.api import describing as shape
from rfps.api.rendering import block_json, category_json, rfp_json, rfps_json, version_json
from rfps.domain import blocking, closing, drafting, holding, previewing, publishing
from rfps.models import Block, Rfp, RfpQuerySet
from rfps.policies import visible_blocks, visible_rfps

STAGES = ("S0", "S1", "S2", "S3")


class RfpView(ApiView):
    """Base of the views of one request."""

    scope = "rfps"

    def rows(self) -> RfpQuerySet:
        """The person's requests, with what an answer needs."""
        return visible_rfps(self.actor).select_related("owner__key", "customer", "item", "copy_of", "current")

    def load(self, id: UUID) -> Rfp:  # noqa: A002 - the path's own word
        """The request."""
        return self.one(self.rows(), public_id=id)

    def show(self, rfp: Rfp, status: int = 200) -> Response:
        """The request as its owner sees it now."""
        now = holding.fresh(self.rows(), rfp)
        return self.resource(rfp_json(now), _tag(now), status)

    def act(
        self,
        id: UUID,  # noqa: A002
        verb: Callable[..., Rfp],
        body: type[StrictSerializer] = EmptySerializer,
        status: int = 200,
    ) -> Response:
        """One verb on one request: load, read what it takes, do it, show what became of it."""
        rfp = self.load(id)
        return self.show(verb(rfp, actor=self.actor, **self.read(body)), status)


class RfpList(RfpView):
    """Drafts and own requests."""

    @extend_schema(summary="List own requests, newest first", parameters=shape.PAGE, responses=shape.RfpPage)
    def get(self, request: Request) -> Response:
        return page(request, self.rows(), rfps_json)

    @extend_schema(
        summary="Draft a request",
        description="Whatever is missing gets its default from the category's template.",
        request=shape.RfpBody,
        responses={201: shape.RfpAnswer},
        examples=[shape.EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        return self.show(drafting.draft(actor=self.actor, body=request.data), 201)


class RfpDetail(RfpView):
    """One request of one's own."""

    def current_tag(self, id: UUID) -> str:  # noqa: A002
        return _tag(self.load(id))

    @extend_schema(summary="Read a request", responses=shape.RfpAnswer)
    def get(self, request: Request, id: UUID) -> Response:  # noqa: A002
        return self.show(self.load(id))

    @extend_schema(
        summary="Change members of a draft",
        request=shape.RfpBody,
        responses=shape.RfpAnswer,
        examples=[shape.CHANGE],
    )
    def patch(self, request: Request, id: UUID) -> Response:  # noqa: A002
        return self.show(drafting.change(self.load(id), actor=self.actor, body=request.data))

    @extend_schema(summary="Throw a draft away", responses={204: None})
    def delete(self, request: Request, id: UUID) -> Response:  # noqa: A002
        drafting.discard(self.load(id), actor=self.actor)
        return Response(status=204)


class RfpVersions(RfpView):
    """What was published, version by version."""

    @extend_schema(summary="List the versions of a request", parameters=shape.PAGE, responses=shape.VersionPage)
    def get(self, request: Request, id: UUID) -> Response:  # noqa: A002
        return page(request, self.load(id).versions.all(), lambda rows: [version_json(row) for row in rows])


class RfpPublish(RfpView):
    """Publishing."""

    @extend_schema(
        summary="Publish a draft", request=EmptySerializer, responses=shape.RfpAnswer, examples=[shape.NOTHING]
    )
    def post(self, request: Request, id: UUID) -> Response:  # noqa: A002
        return self.act(id, publishing.publish)


class RfpClose(RfpView):
    """Closing early."""

    @extend_schema(summary="Close early and unseal", request=EmptySerializer, responses=shape.RfpAnswer)
    def post(self, request: Request, id: UUID) -> Response:  # noqa: A002
        return self.act(id, closing.close)


class RfpExtend(RfpView):
    """A later deadline."""

    @extend_schema(summary="Move the deadline later", request=shape.Extension, responses=shape.RfpAnswer)
    def post(self, request: Request, id: UUID) -> Response:  # noqa: A002
        return self.act(id, closing.extend, shape.Extension)


class RfpCancel(RfpView):
    """Calling a request off."""

    @extend_schema(summary="Cancel a published request", request=shape.Cancellation, responses=shape.RfpAnswer)
    def post(self, request: Request, id: UUID) -> Response:  # noqa: A002
        return self.act(id, closing.cancel, shape.Cancellation)


class RfpEnd(RfpView):
    """Deciding for nobody."""

    @extend_schema(summary="End a request without a choice", request=shape.Ending, responses=shape.RfpAnswer)
    def post(self, request: Request, id: UUID) -> Response:  # noqa: A002
        return self.act(id, closing.end, shape.Ending)


class RfpCopy(RfpView):
    """The same once more."""

    @extend_schema(summary="Copy a request into a new draft", request=EmptySerializer, responses={201: shape.RfpAnswer})
    def post(self, request: Request, id: UUID) -> Response:  # noqa: A002
        return self.act(id, drafting.copy, status=201)


class RfpPreview(RfpView):
    """What a supplier sees."""

    @extend_schema(
        summary="Preview what a supplier sees at a stage",
        parameters=[OpenApiParameter("stage", {"type": "string", "enum": list(STAGES), "default": "S0"})],
        responses=shape.Preview,
    )
    def get(self, request: Request, id: UUID) -> Response:  # noqa: A002
        stage = request.query_params.get("stage", "S0")
        if stage not in STAGES:
            raise Invalid([Fault("stage", "unknown_choice", _("stage is one of S0, S1, S2, S3."))])
        return Response(previewing.preview(self.load(id), stage, actor=self.actor))


class RfpAudience(RfpView):
    """Whom it reaches."""

    @extend_schema(summary="Count the suppliers a draft would reach", responses=shape.Audience)
    def get(self, request: Request, id: UUID) -> Response:  # noqa: A002
        return Response(previewing.audience(self.load(id)))


class CategoryList(ApiView):
    """The tree of what can be asked for."""

    scope = None

    @extend_schema(summary="List the categories", parameters=WHOLE, responses=shape.CategoryPage)
    def get(self, request: Request) -> Response:
        return whole(request, [category_json(node) for node in catalogue.all_categories()])


class BlockDetail(ApiView):
    """A supplier that one never wants to hear from."""

    scope = "rfps"
    tagged = True

    def current_tag(self, supplier: UUID) -> str | None:
        self.supplier(supplier)
        found = self.blocks(supplier).select_for_update(of=("self",), no_key=True).first()
        return content_tag(block_json(found)) if found else None

    def blocks(self, supplier: UUID) -> QuerySet[Block]:
        """The actor's blocks of this supplier: one or none."""
        return visible_blocks(self.actor).select_related("organisation").filter(organisation__public_id=supplier)

    def show(self, block: Block) -> Response:
        body = block_json(block)
        return self.resource(body, content_tag(body))

    def supplier(self, supplier: UUID) -> Organisation:
        """Any supplier that exists: blocking tells nobody anything."""
        return get_object_or_404(Organisation, kind=OrganisationKind.SUPPLIER, public_id=supplier)

    @extend_schema(summary="See whether a supplier is blocked", responses=shape.BlockAnswer)
    def get(self, request: Request, supplier: UUID) -> Response:
        return self.show(self.one(self.blocks(supplier)))

    @extend_schema(summary="Block a supplier", request=EmptySerializer, responses=shape.BlockAnswer)
    def put(self, request: Request, supplier: UUID) -> Response:
        self.read()
        made, _is_new = blocking.block(self.supplier(supplier), actor=self.actor)
        return self.show(made)

    @extend_schema(summary="Unblock a supplier", responses={204: None})
    def delete(self, request: Request, supplier: UUID) -> Response:
        blocking.unblock(self.supplier(supplier), actor=self.actor)
        return Response(status=204)


def _tag(rfp: Rfp) -> str:
    """Changes with every change of the draft or the facts, and when the clock moves the phase."""
    return tag(rfp.public_id, rfp.revision, rfp.phase)
