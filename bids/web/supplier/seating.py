"""Pages below /company/<id>/: who is signed in speaks for that supplier, in their role, and nobody else is there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urljoin
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect

from accounts.policies import seat_of
from marketplace.kernel.actors import Actor
from marketplace.kernel.pages import pass_on, person_page
from rfps.delivery.models import Opportunity
from rfps.delivery.policies import is_supplier, visible_opportunities
from rfps.domain.hearing import with_questions

P = ParamSpec("P")


def supplier_page(
    view: Callable[Concatenate[HttpRequest, Actor, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, UUID, P], HttpResponse]:
    """The view with who acts in place of the organisation's id; 404 without a seat in that supplier.

    `request.company` puts every page of it, refusals too, under the company's masthead. An address that takes presses
    alone leads to the page that it is on.
    """

    @wraps(view)
    def shown(request: HttpRequest, /, organisation: UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        company, actor = seat_of(request.user, organisation)
        if not is_supplier(actor):
            raise Http404
        request.company = company  # type: ignore[attr-defined]  # read by marketplace.web.operator
        answer = view(request, actor, *args, **kwargs)
        if answer.status_code == HttpResponseNotAllowed.status_code and request.method == "GET":
            page = urljoin(request.path, "..")  # a button's address, come by signing in again or by another language
            pass_on(request, page)
            return redirect(page)
        return answer

    return person_page(shown)


def load(actor: Actor, opportunity: UUID) -> Opportunity:
    """The request that fits the supplier, with its questions; 404 for every other."""
    rows = visible_opportunities(actor).select_related("rfp__customer").filter(public_id=opportunity)
    found = with_questions(rows, actor=actor, rfp="rfp_id").first()
    if found is None:
        raise Http404
    return found
