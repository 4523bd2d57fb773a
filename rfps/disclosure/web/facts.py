"""What a person keeps here: all of it, and one fact with its history and who has it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.datastore import catalogue
from accounts.datastore.catalogue import Field
from accounts.datastore.domain import keeping, recalling, telling
from accounts.datastore.domain.itemising import label_of
from accounts.datastore.domain.owning import owner_of_field
from accounts.datastore.models import FieldValue, Item
from accounts.datastore.policies import visible_items, visible_values
from accounts.datastore.states import ItemKind
from accounts.models import User
from accounts.policies import actor_of_person
from marketplace.idempotency.pressing import once
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Conflict
from marketplace.kernel.forms import attempt
from marketplace.kernel.pages import person_page
from rfps.disclosure.domain.shelving import board
from rfps.disclosure.domain.tracing import trace
from rfps.disclosure.web.forms import FactForm


@person_page
@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """By group and by thing, with the age of each value and how many companies may read it."""
    groups, things = board(_actor(request))
    context = {"groups": groups, "things": things, "kinds": ItemKind.choices}
    context["empty"] = not things and not any(group.rows for group in groups)
    return render(request, "keep/everything.html", context)


@person_page
@once
def fact(request: HttpRequest, field: str) -> HttpResponse:
    """The value, to add or to correct; every version; who has it and which requests show it."""
    actor = _actor(request)
    known, item = _about(request, actor, field)
    live = keeping.find(visible_values(actor), field, item.public_id if item else None)
    current = {"current": keeping.read(live), "version": live.version} if live else {}
    form = FactForm.of(request, known=known, **current)
    if attempt(form, lambda body: _keep(request, actor, form, item, live)).done:
        messages.success(request, _("Kept. Companies that may read it see the new value from now on."))
        return _back_to(field, item)
    return render(request, "keep/fact.html", _context(actor, known, item, live, form), status=form.status)


@person_page
@once
def withdraw(request: HttpRequest, field: str) -> HttpResponse:
    """Say what follows, then take the value out: nobody reads it any more."""
    actor = _actor(request)
    known, item = _about(request, actor, field)
    live = keeping.find(visible_values(actor), field, item.public_id if item else None)
    if live is None:
        messages.warning(request, _("There is nothing to remove: it was removed before."))
        return _back_to(field, item)
    if request.method == "POST":
        return _withdraw(request, actor, live)
    return render(request, "keep/withdraw.html", _context(actor, known, item, live))


def _withdraw(request: HttpRequest, actor: Actor, live: FieldValue) -> HttpResponse:
    try:
        keeping.withdraw(live, actor=actor)
    except Conflict as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("Removed. No company can read it any more; its history stays with you."))
    return _back_to(live.field, live.item)


def _keep(request: HttpRequest, actor: Actor, form: FactForm, item: Item | None, live: FieldValue | None) -> FieldValue:
    assert isinstance(request.user, User)
    owner = live.owner if live else owner_of_field(request.user, form.known.key, item)
    version = form.cleaned_data["version"]
    return keeping.write(owner, actor=actor, field=form.known.key, value=form.value(), item=item, version=version)


def _context(
    actor: Actor, known: Field, item: Item | None, live: FieldValue | None, form: FactForm | None = None
) -> dict[str, Any]:
    traces = trace(actor)
    place = (known.key, item.public_id if item else None)
    showing = traces.showing.get(known.key, [])
    versions = recalling.history(known.key, actor=actor, item_id=place[1])
    return {
        "known": known,
        "called": _(known.label),
        "item": item,
        "thing": label_of(item) if item else "",
        "live": live,
        "said": telling.exact(known.key, keeping.read(live)) if live else "",
        "form": form,
        "versions": [(one, telling.exact(known.key, one.value)) for one in versions],
        "sights": traces.by_field.get(place, []),
        "showing": showing,
        "sees": min((one.stage for one in showing), default="nobody"),
        "trail": [(reverse("keep"), _("What I keep here"))],
    }


def _about(request: HttpRequest, actor: Actor, field: str) -> tuple[Field, Item | None]:
    """The field, and the thing that `?item=` names; 404 for another's, or one of another kind."""
    if not catalogue.exists(field):
        raise Http404
    known, wanted = catalogue.field(field), request.GET.get("item")
    if not wanted:
        return known, None
    try:
        rows = visible_items(actor).filter(public_id=UUID(wanted), kind=known.item_kind or "")
    except ValueError as error:
        raise Http404 from error
    return known, get_object_or_404(rows.select_related("owner__key"))


def _back_to(field: str, item: Item | None) -> HttpResponseRedirect:
    return redirect(reverse("keep-field", args=[field]) + (f"?item={item.public_id}" if item else ""))


def _actor(request: HttpRequest) -> Actor:
    assert isinstance(request.user, User)
    return actor_of_person(request.user)
