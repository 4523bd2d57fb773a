"""Sharing a request with the household: who may do what, and the talk about it."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.policies import household_of
from bids.domain import advising, approving, consulting, listing
from bids.models import Bid
from bids.policies import visible_bids
from bids.web.loading import judged, readable, trail
from marketplace.idempotency.pressing import once
from marketplace.kernel.errors import Conflict
from marketplace.kernel.forms import ChoiceField, DomainForm, attempt
from marketplace.kernel.pages import button_of, person_page
from rfps.domain import sharing
from rfps.models import Rfp
from rfps.states import Sharing

WAYS = [
    (Sharing.NONE, gettext_lazy("Nobody: it is yours alone")),
    (Sharing.LOOK, gettext_lazy("Look: they read what you read about it, and change nothing")),
    (Sharing.HELP, gettext_lazy("Help: they can also comment and say which offer they would choose")),
    (Sharing.DECIDE, gettext_lazy("Decide together: an offer is chosen only when all of you said yes to it")),
]


class SharingForm(DomainForm):
    """What those who live with the customer may do."""

    sharing = ChoiceField(label=gettext_lazy("What may they do?"), choices=WAYS)


class CommentForm(DomainForm):
    """A word to the others."""

    text = forms.CharField(
        label=gettext_lazy("Write to the others"),
        help_text=gettext_lazy("Only those who share this request read it. No company ever does."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=advising.LONGEST,
    )


@person_page
@once
def say_who(request: HttpRequest, id: UUID) -> HttpResponse:  # noqa: A002 - the path's own word
    """Say who at home may do what about this request."""
    actor, rfp = judged(request, id)
    form = SharingForm.of(request, initial={"sharing": rfp.sharing})
    if attempt(form, lambda body: sharing.share(rfp, actor=actor, sharing=body["sharing"])).done:
        messages.success(request, _("That is how it is shared now."))
        return redirect("request", id=id)
    context = {"rfp": rfp, "form": form, "home": household_of(rfp.customer), "mine": rfp.customer_id == actor.person_id}
    return render(request, "bids/sharing.html", {**context, "trail": trail(rfp)}, status=form.status)


@person_page
@once
def together(request: HttpRequest, id: UUID) -> HttpResponse:  # noqa: A002
    """What the others say and would choose, and a place to say something."""
    actor, rfp = readable(request, id)
    if rfp.sharing == Sharing.NONE:
        raise Http404
    form = CommentForm.of(request)
    if attempt(form, lambda body: advising.comment(rfp, actor=actor, text=body["text"])).done:
        return redirect("request-together", id=id)
    context = {"rfp": rfp, "title": listing.title_of(rfp), "form": form, "trail": trail(rfp)[:1]}
    context |= {"table": consulting.table(rfp, actor=actor), "helps": rfp.owned or rfp.sharing != Sharing.LOOK}
    return render(request, "bids/together.html", context, status=form.status)


@button_of("request-together")
@person_page
@once
def put_forward(request: HttpRequest, id: UUID) -> HttpResponse:  # noqa: A002
    """Say which offer one would choose, or take that back."""
    actor, rfp = readable(request, id)
    bid = _bid(request, rfp) if request.POST.get("bid") else None
    try:
        advising.propose(rfp, actor=actor, bid=bid)
    except Conflict as error:
        messages.warning(request, error.message)
    return redirect("request-together", id=id)


@button_of("request-together")
@person_page
@once
def take_back(request: HttpRequest, id: UUID) -> HttpResponse:  # noqa: A002
    """Take one's own yes back; it is given where everything that follows from a choice is shown."""
    actor, rfp = readable(request, id)
    try:
        approving.retract(rfp, actor=actor, bid=_bid(request, rfp))
    except Conflict as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("Your yes is taken back."))
    return redirect("request-together", id=id)


def _bid(request: HttpRequest, rfp: Rfp) -> Bid:
    """An offer of this request that the person may see; 404 for any other."""
    actor, _rfp = readable(request, rfp.public_id)
    try:
        wanted = UUID(request.POST.get("bid", ""))
    except ValueError as error:
        raise Http404 from error
    return get_object_or_404(visible_bids(actor).filter(rfp=rfp), public_id=wanted)
