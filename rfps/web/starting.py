"""What is needed: one sentence, or a category."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.policies import actor_of_person
from accounts.web.visiting import person_of, staying
from marketplace.idempotency.pressing import once
from marketplace.kernel.forms import attempt
from marketplace.kernel.pages import bring_back
from rfps import catalogue, templates
from rfps.catalogue import Category
from rfps.domain import drafting, starting
from rfps.models import Rfp
from rfps.web.composing import Composer, composing, step
from rfps.web.forms import SentenceForm

FOUND = 5


def popular() -> list[Category]:
    """The categories that have a template of their own."""
    return [catalogue.category(one.category) for one in templates.all_templates()]


def tree() -> list[tuple[Category, tuple[Category, ...]]]:
    """Every category of the first two levels."""
    return [(top, catalogue.children(top.id)) for top in catalogue.children()]


@never_cache
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """A new request; nothing is saved, and nobody becomes a guest, before something was said."""
    bring_back(request)
    form = SentenceForm.of(request)
    if request.method == "POST":
        if form.is_valid() and any(form.cleaned_data.values()):
            person = person_of(request)
            with staying(person):
                return _begin(request, form, person)
        form.add_error("sentence", _("Write one sentence, or choose a category."))
        form.status = 422
    context = {"form": form, "popular": popular(), "tree": tree()}
    return render(request, "composer/start.html", context, status=form.status)


@once
def _begin(request: HttpRequest, form: SentenceForm, person: User) -> HttpResponse:
    def begin(body: dict[str, Any]) -> Rfp:
        return starting.start(actor=actor_of_person(person), zone=person.time_zone, **body)

    if (tried := attempt(form, begin)).result:
        return redirect("compose-details" if form.cleaned_data["category"] else "compose-what", tried.result.public_id)
    context = {"form": form, "popular": popular(), "tree": tree()}
    return render(request, "composer/start.html", context, status=form.status)


@composing
def what(request: HttpRequest, composer: Composer) -> HttpResponse:
    """The sentence once more, and the categories that it may mean."""
    given = drafting.given_of(composer.rfp)
    form = SentenceForm.of(request, initial={"sentence": given.get("need", "")})
    if request.method == "POST" and attempt(form, lambda body: _say(composer, body)).done:
        return redirect("compose-details" if form.cleaned_data["category"] else "compose-what", composer.rfp.public_id)
    said = form["sentence"].value() or given.get("title", "")
    chosen = catalogue.category(given["category"]) if given.get("category") else None
    found = catalogue.find(said, FOUND) if said else ()
    return step(request, "what", 1, composer, form=form, found=found, chosen=chosen, tree=tree())


def _say(composer: Composer, body: dict[str, Any]) -> Rfp:
    if body["category"]:
        return starting.choose(composer.rfp, body["category"], actor=composer.actor, sentence=body["sentence"])
    return drafting.change(composer.rfp, actor=composer.actor, body={"need": body["sentence"]})
