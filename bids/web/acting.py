"""What a customer can do with a request, each on a page that says first what follows from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bids.web.loading import judged, trail
from marketplace.idempotency.pressing import once
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Conflict
from marketplace.kernel.forms import ChoiceField, DateField, DomainForm, attempt
from marketplace.kernel.pages import button_of, person_page
from rfps.domain import closing, drafting, hearing, widening
from rfps.models import Rfp
from rfps.states import EndReason, Phase

REASONS = [
    (EndReason.BOUGHT_ELSEWHERE, gettext_lazy("I bought it elsewhere")),
    (EndReason.TOO_DEAR, gettext_lazy("Everything is too dear")),
    (EndReason.NONE_FITS, gettext_lazy("No offer fits")),
    (EndReason.CHANGED_MIND, gettext_lazy("I changed my mind")),
    (EndReason.OTHER, gettext_lazy("Something else")),
]


class NothingForm(DomainForm):
    """A yes, and no more."""


class ExtendForm(DomainForm):
    """Until when companies may offer, as the clock shows it where the request is."""

    pointers = {"/closes_at": "day"}
    day = DateField(label=gettext_lazy("Offers until"))
    time = forms.TimeField(
        label=gettext_lazy("Time"),
        help_text=gettext_lazy("As the clock shows it where you asked from."),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": gettext_lazy("Write a time, for example 18:00.")},
    )


class CancelForm(DomainForm):
    """A word to the companies."""

    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy("The companies read this. Leave out your name and your address."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=500,
        required=False,
    )


class EndForm(DomainForm):
    """Why nobody was chosen."""

    reason = ChoiceField(
        label=gettext_lazy("Why?"), choices=REASONS, help_text=gettext_lazy("Only you see this, no company does.")
    )


@dataclass(frozen=True, slots=True)
class Act:
    """One verb: in which phases, what follows, what the button says, what was done."""

    phases: tuple[Phase, ...]
    verb: Callable[[Rfp, Actor, dict[str, Any]], Rfp | None]
    title: Promise
    says: tuple[Promise, ...]
    yes: Promise
    done: Promise
    form: type[DomainForm] = NothingForm
    loss: bool = False
    leads_to: str = "request"
    back: Promise = field(default=gettext_lazy("Back to the request"))


def _extend(rfp: Rfp, actor: Actor, body: dict[str, Any]) -> Rfp:
    at = datetime.combine(body["day"], body["time"], ZoneInfo(rfp.time_zone))
    return closing.extend(rfp, actor=actor, closes_at=at)


def _discard(rfp: Rfp, actor: Actor, _body: dict[str, Any]) -> None:
    drafting.discard(rfp, actor=actor)


ACTS = {
    "extend": Act(
        (Phase.OPEN,), _extend,
        gettext_lazy("Give companies more time"),
        (
            gettext_lazy("Every company that fits is told the new day."),
            gettext_lazy("The day by which you choose moves by as much."),
            gettext_lazy("Offers that are in stay in; companies can change them until the new day."),
            gettext_lazy("A deadline only moves later: this cannot be taken back."),
        ),
        gettext_lazy("Move the day"), gettext_lazy("The day is moved, and the companies are told."), ExtendForm,
    ),
    "close": Act(
        (Phase.OPEN,), lambda rfp, actor, _body: closing.close(rfp, actor=actor),
        gettext_lazy("Take no more offers"),
        (
            gettext_lazy("From now on nobody can make, change or withdraw an offer."),
            gettext_lazy("Offers that are closed open at once, and you can compare them."),
            gettext_lazy("Companies that were still writing an offer cannot send it. This cannot be taken back."),
        ),
        gettext_lazy("Take no more offers"), gettext_lazy("No more offers come in now."),
    ),
    "cancel": Act(
        (Phase.OPEN, Phase.DECIDING),
        lambda rfp, actor, body: closing.cancel(rfp, actor=actor, reason=body["reason"]),
        gettext_lazy("Call this request off"),
        (
            gettext_lazy("Every company is told that it is off, and the reason if you give one."),
            gettext_lazy("Offers that are still closed stay closed for ever; nobody reads them."),
            gettext_lazy("What companies could read of you ends now. This cannot be taken back."),
        ),
        gettext_lazy("Call it off"), gettext_lazy("It is called off, and the companies are told."), CancelForm,
        loss=True,
    ),
    "end": Act(
        (Phase.OPEN, Phase.DECIDING),
        lambda rfp, actor, body: closing.end(rfp, actor=actor, reason=EndReason(body["reason"])),
        gettext_lazy("End it without a choice"),
        (
            gettext_lazy("Every company that made an offer is told that you chose none; not why."),
            gettext_lazy("Offers that are still closed stay closed for ever."),
            gettext_lazy("What companies could read of you ends now. This cannot be taken back."),
        ),
        gettext_lazy("End it"), gettext_lazy("It is ended, and the companies are told."), EndForm, loss=True,
    ),
    "copy": Act(
        tuple(Phase), lambda rfp, actor, _body: drafting.copy(rfp, actor=actor),
        gettext_lazy("Ask the same again"),
        (
            gettext_lazy("You get a new draft that says what this request says, without its dates."),
            gettext_lazy("Only you see it until you publish it; this request stays as it is."),
        ),
        gettext_lazy("Make the draft"), gettext_lazy("Here is the new draft. Nobody sees it but you."),
    ),
    "discard": Act(
        (Phase.DRAFT,), _discard,
        gettext_lazy("Throw this draft away"),
        (
            gettext_lazy("What you wrote here is deleted. This cannot be taken back."),
            gettext_lazy("What you keep here about yourself stays as it is."),
        ),
        gettext_lazy("Throw it away"), gettext_lazy("The draft is gone."), loss=True, leads_to="requests",
    ),
}  # fmt: skip


@person_page
@once
def act(request: HttpRequest, id: UUID, name: str) -> HttpResponse:  # noqa: A002 - the path's own word
    """Say what follows, then do it."""
    actor, rfp = judged(request, id, heard=True)
    what = ACTS[name]
    if rfp.phase not in what.phases:
        messages.warning(request, _("That is not possible any more. This is how it stands now."))
        return redirect("request", id=id)
    form = what.form.of(request, initial=_proposed(rfp))
    tried = attempt(form, lambda body: what.verb(rfp, actor, body))
    if tried.done:
        messages.success(request, str(what.done))
        return (
            redirect("request", id=(tried.result or rfp).public_id)
            if what.leads_to == "request"
            else redirect(what.leads_to)
        )
    unanswered = sum(not each.said for each in hearing.heard(rfp, actor=actor)) if name == "close" else 0
    return render(
        request,
        "bids/act.html",
        {"what": what, "form": form, "rfp": rfp, "unanswered": unanswered, "trail": trail(rfp)},
        status=form.status,
    )


@button_of("request")
@person_page
@once
def widen(request: HttpRequest, id: UUID) -> HttpResponse:  # noqa: A002
    """Make one of the changes that would reach more companies."""
    actor, rfp = judged(request, id)
    try:
        changed = widening.apply(rfp, actor=actor, key=request.POST.get("key", ""))
    except Conflict as error:
        messages.warning(request, error.message)
        return redirect("request", id=id)
    at_once = changed.pk == rfp.pk
    said = (
        _("The day is moved, and the companies are told.")
        if at_once
        else _("Here is a new draft with that change. Check it and publish it; the first request stays as it is.")
    )
    messages.success(request, said)
    return redirect("request", id=changed.public_id)


def _proposed(rfp: Rfp) -> dict[str, Any]:
    """A day three days after the present one, at the same time of day."""
    if rfp.closes_at is None:
        return {}
    later = rfp.closes_at.astimezone(ZoneInfo(rfp.time_zone)) + timedelta(days=3)
    return {"day": later.date(), "time": later.time().replace(second=0, microsecond=0)}
