"""Pages made of every component, and one of a person's, for tests of what all pages share."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import RequestContext, engines
from django.urls import path

from accounts.models import Household
from marketplace.idempotency.pressing import once
from marketplace.kernel.errors import Conflict, Fault, Gone, Invalid, NotAllowed, TooMany
from marketplace.kernel.forms import (
    ChoiceField,
    DateField,
    DomainForm,
    MoneyField,
    NumberField,
    YesNoField,
    attempt,
)
from marketplace.kernel.pages import person_page
from marketplace.urls import handler400, handler404, handler500
from marketplace.urls import urlpatterns as ours

__all__ = ["handler400", "handler404", "handler500", "urlpatterns"]
GALLERY = (Path(__file__).parent / "gallery.html").read_text()
REFUSALS = {
    403: NotAllowed("Only an owner may."),
    409: Conflict("It is closed."),
    410: Gone("It was deleted."),
    422: Invalid([Fault("/title", "required", "A title is missing.")]),
    429: TooMany("Wait a minute.", retry_after=60),
}


class Everything(DomainForm):
    """A field of each kind."""

    sees = {"name": "S3", "heating": "S1"}
    pointers = {"/lines/*/price": "price", "/who": "name"}

    name = forms.CharField(label="Full name", help_text="As on your passport.")
    need = forms.CharField(label="What do you need?", widget=forms.Textarea, required=False)
    use = NumberField(label="Yearly use", unit="kWh", decimals=0, least=1, required=False)
    price = MoneyField(label="Price now", currency="EUR", required=False)
    start = DateField(label="Start", required=False)
    heating = ChoiceField(label="Heating", choices=[("gas", "Gas"), ("pump", "Heat pump")], required=False)
    flat = YesNoField(label="Is it a flat?", unsure=True, required=False)
    size = forms.ChoiceField(label="Size", choices=[("s", "small"), ("l", "large")], required=False)
    kinds = forms.MultipleChoiceField(
        label="Kinds", choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple, required=False
    )
    agreed = forms.BooleanField(label="I agree", required=False)


def found(body: dict[str, Any]) -> Household:
    """A verb: one effect, and refusals by name."""
    if body["name"] == "taken":
        raise Invalid([Fault("/who", "taken", "That name is taken."), Fault("/nowhere/0", "odd", "Something is odd.")])
    if body["name"] == "closed":
        raise Conflict("It is closed.")
    return Household.objects.create(name=body["name"])


@person_page
@once
def form_page(request: HttpRequest) -> HttpResponse:
    form = Everything.of(request)
    if request.method == "POST" and (tried := attempt(form, found)).done and tried.result:
        return redirect(f"/made/{tried.result.public_id}/")
    return _render(request, form, form.status)


def gallery(request: HttpRequest) -> HttpResponse:
    return _render(request, Everything({"use": "many"} if "wrong" in request.GET else None), 200)


def refusal(request: HttpRequest, status: int) -> HttpResponse:
    raise REFUSALS[status]


def _render(request: HttpRequest, form: Everything, status: int) -> HttpResponse:
    context = {
        "form": form,
        "trail": [("/", "Your requests")],
        "steps": [("What", "/"), ("Details", "/"), ("Who sees what", ""), ("Check and publish", "")],
        "tabs": [("/", "Offers"), (request.path, "Questions")],
        "parts": [{"label": "price", "value": 35}, {"label": "notice", "value": 17}],
        "amount": Decimal("1158"),
    }
    template = engines["django"].from_string(GALLERY)
    return HttpResponse(template.render(RequestContext(request, context).flatten(), request), status=status)


urlpatterns = [
    *ours,
    path("gallery/", gallery),
    path("form/", form_page),
    path("refused/<int:status>/", refusal),
]
