"""The questions of the category's template."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from marketplace.kernel.forms import attempt
from rfps.domain import answering, drafting
from rfps.web.composing import Composer, composing, revision_of, step
from rfps.web.forms import DetailsForm


@composing
def details(request: HttpRequest, composer: Composer) -> HttpResponse:
    """All of them on one page, filled from what is kept."""
    rfp, actor = composer.rfp, composer.actor
    if not drafting.given_of(rfp).get("category"):
        return redirect("compose-what", rfp.public_id)
    form = DetailsForm.of(request, sheet=answering.sheet(rfp, actor=actor))
    if request.method == "POST":
        revision = revision_of(request)
        tried = attempt(
            form,
            lambda _body: answering.answer(rfp, form.answers(), actor=actor, place=form.place(), revision=revision),
        )
        if tried.done:
            return redirect("compose-sees", rfp.public_id)
    return step(request, "details", 2, composer, form=form, late=form.status == 409)
