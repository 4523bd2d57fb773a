"""Grants, the log of reads, and the roster of terms."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.idempotency.views import ApiView
from marketplace.kernel.api.paging import WHOLE, page, whole
from marketplace.kernel.api.tags import tag
from rfps.disclosure import roster
from rfps.disclosure.api import describing as shape
from rfps.disclosure.api.rendering import agreement_json, disclosure_json, grant_json
from rfps.disclosure.policies import visible_disclosures, visible_grants

BESIDE_GRANT = ("rfp", "organisation", "acceptance__terms", "acceptance__award_terms", "supersedes")


class GrantList(ApiView):
    """Who may read what."""

    scope = ("data", "opportunities")

    @extend_schema(summary="List grants, newest first", parameters=shape.PAGE, responses=shape.GrantPage)
    def get(self, request: Request) -> Response:
        rows = visible_grants(self.actor).select_related(*BESIDE_GRANT)
        return page(request, rows, lambda found: [grant_json(grant) for grant in found])


class GrantDetail(ApiView):
    """One grant, for both parties."""

    scope = ("data", "opportunities")

    @extend_schema(summary="Read a grant", responses=shape.GrantAnswer)
    def get(self, request: Request, id: UUID) -> Response:  # noqa: A002 - the path's own word
        grant = self.one(visible_grants(self.actor).select_related(*BESIDE_GRANT), public_id=id)
        return self.resource(grant_json(grant), tag(grant.public_id, grant.ended_at, grant.named))  # type: ignore[attr-defined]


class DisclosureList(ApiView):
    """Who read what."""

    scope = "data"

    @extend_schema(
        summary="List who read what of my data, newest first", parameters=shape.PAGE, responses=shape.DisclosurePage
    )
    def get(self, request: Request) -> Response:
        rows = visible_disclosures(self.actor).select_related("organisation", "rfp", "grant")
        return page(request, rows, lambda found: [disclosure_json(event) for event in found])


class TermsList(ApiView):
    """The roster of terms."""

    scope = None

    @extend_schema(
        summary="List the agreements that a request can proffer or include",
        parameters=WHOLE,
        responses=shape.AgreementPage,
    )
    def get(self, request: Request) -> Response:
        return whole(request, [agreement_json(agreement) for agreement in roster.agreements()])
