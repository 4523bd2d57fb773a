"""The customer's own columns: what they have now, and offers from elsewhere."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from bids.domain import entering
from bids.domain.gathering import opened
from bids.models import Entry
from bids.policies import visible_entries
from bids.states import EntryKind
from bids.web.forms import EntryForm
from bids.web.loading import judged, trail
from marketplace.idempotency.pressing import once
from marketplace.kernel.errors import Conflict
from marketplace.kernel.forms import attempt
from marketplace.kernel.pages import button_of, person_page
from rfps.models import Rfp


@person_page
def now(request: HttpRequest, id: UUID) -> HttpResponse:  # noqa: A002 - the path's own word
    """Say what I have now, or say it again."""
    actor, rfp = judged(request, id)
    entry = visible_entries(actor).filter(rfp=rfp, kind=EntryKind.CURRENT).first()
    form = EntryForm.of(request, rfp=rfp, kind=EntryKind.CURRENT, content=opened(entry, rfp) if entry else {})
    if attempt(form, lambda body: entering.keep_current(rfp, actor=actor, body=form.body(body))).done:
        return redirect("compare", id=id)
    return _page(request, rfp, form, entry)


@person_page
@once
def elsewhere(request: HttpRequest, id: UUID) -> HttpResponse:  # noqa: A002
    """Add an offer that I got elsewhere."""
    actor, rfp = judged(request, id)
    form = EntryForm.of(request, rfp=rfp, kind=EntryKind.OWN_ENTRY)
    if attempt(form, lambda body: entering.enter(rfp, actor=actor, body=form.body(body))).done:
        return redirect("compare", id=id)
    return _page(request, rfp, form, None)


@person_page
def rewrite(request: HttpRequest, id: UUID, entry: UUID) -> HttpResponse:  # noqa: A002
    """Say one of my own columns again."""
    actor, rfp = judged(request, id)
    found = get_object_or_404(visible_entries(actor).filter(rfp=rfp), public_id=entry)
    found.rfp = rfp
    form = EntryForm.of(request, rfp=rfp, kind=EntryKind(found.kind), content=opened(found, rfp))
    if attempt(form, lambda body: entering.rewrite(found, actor=actor, body=form.body(body))).done:
        return redirect("compare", id=id)
    return _page(request, rfp, form, found)


@button_of("compare")
@person_page
def take_out(request: HttpRequest, id: UUID, entry: UUID) -> HttpResponse:  # noqa: A002
    """Take one of my own columns out."""
    actor, rfp = judged(request, id)
    found = visible_entries(actor).filter(rfp=rfp, public_id=entry).first()
    if found is None:
        messages.warning(request, _("This column was taken out before."))
        return redirect("compare", id=id)
    try:
        entering.remove(found, actor=actor)
    except Conflict as error:
        messages.warning(request, error.message)
    return redirect("compare", id=id)


def _page(request: HttpRequest, rfp: Rfp, form: EntryForm, entry: Entry | None) -> HttpResponse:
    current = form.kind == EntryKind.CURRENT
    title = _("What you have now") if current else _("An offer you got elsewhere")
    context = {"rfp": rfp, "form": form, "entry": entry, "title": title, "current": current}
    return render(request, "bids/entry.html", {**context, "trail": trail(rfp, compare=True)}, status=form.status)
