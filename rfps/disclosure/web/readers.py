"""Who has what: by company, and every read in the order of time."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.datastore import catalogue
from accounts.models import User
from accounts.policies import actor_of_person
from marketplace.kernel.listing import cut
from marketplace.kernel.pages import person_page
from rfps.disclosure.domain.tracing import trace
from rfps.disclosure.policies import visible_disclosures
from rfps.policies import readable_rfps


@person_page
@require_safe
def companies(request: HttpRequest) -> HttpResponse:
    """Every company that may read something now or has read something."""
    assert isinstance(request.user, User)
    found = trace(actor_of_person(request.user)).by_supplier
    rows = [
        (key, sights[0].name, sum(sight.may_read for sight in sights), sum(bool(sight.reads) for sight in sights))
        for key, sights in found.items()
    ]
    return render(request, "keep/companies.html", {"rows": rows, "trail": _trail()})


@person_page
@require_safe
def one_company(request: HttpRequest, company: UUID) -> HttpResponse:
    """What one company may read, how exactly, and what it has read."""
    assert isinstance(request.user, User)
    sights = trace(actor_of_person(request.user)).by_supplier.get(company)
    if not sights:
        raise Http404
    facts = [(_label(sight.field), sight) for sight in sights]
    context = {"name": sights[0].name, "facts": facts, "now": any(sight.may_read for sight in sights)}
    trail = [*_trail(), (reverse("keep-companies"), _("Who has what"))]
    return render(request, "keep/company.html", {**context, "trail": trail})


@person_page
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """Every read of a value, and every attempt that was stopped, the newest first."""
    assert isinstance(request.user, User)
    actor = actor_of_person(request.user)
    page = cut(request, visible_disclosures(actor).select_related("organisation", "rfp"), "-pk")
    about = readable_rfps(actor).filter(pk__in={row.rfp_id for row in page.rows})
    titles = dict(about.values_list("pk", "current__title"))
    rows = [(row, _label(row.field), titles.get(row.rfp_id or 0) or "") for row in page.rows]
    return render(request, "keep/ledger.html", {"rows": rows, "page": page, "trail": _trail()})


def _label(field: str) -> str:
    return _(catalogue.field(field).label) if catalogue.exists(field) else field


def _trail() -> list[tuple[str, str]]:
    return [(reverse("keep"), _("What I keep here"))]
