"""The page behind the link in the mail: no sign-in, one offer, and clear words for every link that takes none."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from bids.domain import offering, phrasing, rehearsing
from bids.domain.offering import Quick
from bids.web.supplier.quick_form import QuickForm
from bids.web.supplier.reasons import ReasonForm
from marketplace.kernel.errors import DomainError, Invalid
from marketplace.kernel.forms import attempt
from rfps.disclosure import roster

P = ParamSpec("P")


def link_page(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """No browser keeps the page, and none tells anybody its address; what a link does not do is a page.

    Who knows the link may use it, whoever they are signed in as, so there is nothing for a foreign site's form to
    borrow; and a page without referrer sends its forms from the origin "null", which no token check lets through.
    """

    @csrf_exempt
    @never_cache
    @wraps(view)
    def shown(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            answer = view(request, *args, **kwargs)
        except DomainError as error:
            context = {"title": _title(error.code), "text": error.message, "by_link": True}
            answer = render(request, "bids/quick/refused.html", context, status=error.status)
        answer["Referrer-Policy"] = "no-referrer"
        return answer

    return shown


@link_page
@require_http_methods(["GET", "HEAD", "POST"])
def quick(request: HttpRequest, token: str) -> HttpResponse:
    """One page to offer on; what was sent once stays sent, however often the button is pressed."""
    page = offering.opened(token)
    if page.used:
        return _used(request, page, token)
    if page.opportunity.declined_at and request.method != "POST" and "again" not in request.GET:
        return render(request, "bids/quick/declined.html", _context(page, token))
    form = QuickForm.of(request, quick=page)
    if request.method == "POST":
        tried = attempt(form, lambda data: offering.quick_offer(token, body=form.body(data)))
        if tried.done:
            return redirect("quick", token)
        form.add_new_faults(Invalid(offering.faults_of(page, form.body(form.cleaned_data))))
    return render(request, "bids/quick/offer.html", _context(page, token) | {"form": form}, status=form.status)


@link_page
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, token: str) -> HttpResponse:
    """Not for this supplier, in one press."""
    if request.method != "POST":
        return redirect("quick", token)
    why = _why(request.POST)
    if why.is_valid():
        offering.decline(token, reason=why.cleaned_data["reason"])
        return redirect("quick", token)
    page = offering.opened(token)
    context = _context(page, token) | {"form": QuickForm(quick=page), "why": why}
    return render(request, "bids/quick/offer.html", context, status=Invalid.status)


def _used(request: HttpRequest, page: Quick, token: str) -> HttpResponse:
    """What was sent, as the customer will see it. Sent again unchanged it is the same offer."""
    assert page.bid is not None
    assert page.bid.standing is not None
    context = _context(page, token) | {"bid": page.bid, "cost": rehearsing.cost_of(page.bid.standing)}
    return render(request, "bids/quick/sent.html", context)


def _context(page: Quick, token: str) -> dict[str, Any]:
    return {
        "quick": page,
        "why": _why(),
        "by_link": True,
        "token": token,
        "asked": phrasing.asked(page.announced),
        "facts": [phrasing.fact(row) for row in page.disclosed],
        "heard": page.heard,
        "terms": roster.agreement(page.announced["terms"]["id"]),
        "zone": page.opportunity.rfp.time_zone,
        "company_name": page.opportunity.organisation.name,
    }


def _why(data: QueryDict | None = None) -> ReasonForm:
    return ReasonForm(data, auto_id="decline-%s", help_text=_("The customer reads it without your name."))


def _title(code: str) -> str:
    titles = {
        "unknown_link": _("This link opens nothing"),
        "link_expired": _("The time for offers is over"),
        "request_cancelled": _("The customer took this request back"),
        "not_a_member": _("This link is not yours to use"),
        "suspended": _("Your company cannot offer now"),
        "wrong_state": _("You answered this before"),
        "exists": _("Your company has an offer here already"),
        "link_used": _("Your offer is in"),
    }
    return titles.get(code, _("That did not work"))
