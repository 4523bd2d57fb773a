"""Things that facts are about: this car, that flat."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.datastore.domain import itemising
from accounts.datastore.domain.owning import owner_of_facts
from accounts.datastore.models import Item
from accounts.datastore.policies import visible_items
from accounts.datastore.states import ItemKind
from accounts.models import User
from accounts.policies import actor_of_person
from marketplace.idempotency.pressing import once
from marketplace.kernel.errors import Conflict
from marketplace.kernel.forms import attempt
from marketplace.kernel.pages import person_page
from rfps.disclosure.web.forms import ThingForm


@person_page
@once
def add(request: HttpRequest, kind: str) -> HttpResponse:
    """A thing under a name that the person gives it."""
    if kind not in ItemKind.values:
        raise Http404
    form = ThingForm.of(request)
    if attempt(form, lambda body: _add(request, kind, body["label"])).done:
        messages.success(request, _("It is here. Now say what you know about it."))
        return redirect("keep")
    shared = itemising.belongs_to(kind) == "household"
    context = {"form": form, "kind": kind, "shared": shared, "trail": [(reverse("keep"), _("What I keep here"))]}
    return render(request, "keep/thing.html", context, status=form.status)


@person_page
@once
def remove(request: HttpRequest, id: UUID) -> HttpResponse:  # noqa: A002 - the path's own word
    """The thing is gone, and with it every fact about it."""
    assert isinstance(request.user, User)
    actor = actor_of_person(request.user)
    item = get_object_or_404(visible_items(actor).select_related("owner__key"), public_id=id)
    if request.method != "POST":
        context = {"label": itemising.label_of(item), "facts": item.values.filter(ended_at=None).count()}
        return render(
            request, "keep/thing_remove.html", {**context, "trail": [(reverse("keep"), _("What I keep here"))]}
        )
    try:
        itemising.end(item, actor=actor)
    except Conflict as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("It is removed, and no company can read anything about it any more."))
    return redirect("keep")


def _add(request: HttpRequest, kind: str, label: str) -> Item:
    assert isinstance(request.user, User)
    owner = owner_of_facts(request.user, itemising.belongs_to(kind))
    return itemising.add(owner, actor=actor_of_person(request.user), kind=kind, label=label)
