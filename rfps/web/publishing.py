"""Publishing: at once for who is signed in; a guest gives an address and six digits first, in the same tab."""

from __future__ import annotations

from uuid import UUID

from allauth.account.forms import ConfirmLoginCodeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.web.joining import JoinForm, Joining, begin, finish, pending
from marketplace.idempotency.pressing import once
from marketplace.kernel.errors import Conflict, Invalid, TooMany
from marketplace.kernel.forms import DomainForm, attempt
from rfps.delivery.domain.progressing import progress
from rfps.domain import previewing, publishing
from rfps.states import Phase
from rfps.web.checking import checked
from rfps.web.composing import Composer, composer_of, composing, of_request


class PublishForm(DomainForm):
    """Nothing to fill in: the button."""


@composing
def publish(request: HttpRequest, composer: Composer) -> HttpResponse:
    """Publish, or send the six digits first; with gaps the page comes back and says each."""
    if request.method != "POST":
        return redirect("compose-check", composer.rfp.public_id)
    if composer.person.is_guest:
        return _ask(request, composer)
    return _publish(request, composer)


@once
def _publish(request: HttpRequest, composer: Composer) -> HttpResponse:
    form = PublishForm.of(request)
    if attempt(form, lambda _body: publishing.publish(composer.rfp, actor=composer.actor)).done:
        return redirect("compose-sent", composer.rfp.public_id)
    return checked(request, composer, form=form)


def _ask(request: HttpRequest, composer: Composer) -> HttpResponse:
    gaps, form = publishing.gaps(composer.rfp), AddressForm.of(request)
    if gaps:
        form = AddressForm(initial={"email": request.POST.get("email", "")})
        form.status = 422
        return checked(request, composer, form=form)
    after = reverse("compose-check", args=[composer.rfp.public_id])
    if attempt(form, lambda body: begin(request, email=body["email"], next_url=after)).done:
        return redirect("compose-code", composer.rfp.public_id)
    return checked(request, composer, form=form)


class AddressForm(DomainForm, JoinForm):
    """Where the code goes."""


@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest, id: UUID) -> HttpResponse:  # noqa: A002 - the path's own word
    """Six digits; the right ones make the account and publish at once."""
    process = pending(request)
    if process is None:
        return redirect("compose-check", id)
    given = request.POST.get("code", "").strip()
    try:
        entered = finish(process, given) if given else None
    except TooMany as error:
        return _code_page(request, process, id, error)
    if entered is None:
        return _code_page(request, process, id)
    return _publish_now(request, id) if isinstance(request.user, User) and request.user.is_active else entered


def _publish_now(request: HttpRequest, public_id: UUID) -> HttpResponse:
    composer = composer_of(request.user if isinstance(request.user, User) else None, public_id)
    try:
        publishing.publish(composer.rfp, actor=composer.actor)
    except (Invalid, Conflict):  # the account knows more of the person than the guest did: the check says what
        return redirect("compose-check", public_id)
    return redirect("compose-sent", public_id)


def _code_page(request: HttpRequest, process: Joining, public_id: UUID, error: TooMany | None = None) -> HttpResponse:
    form = ConfirmLoginCodeForm(request.POST if request.method == "POST" else None, code=process.code)
    if error:
        form.add_error(None, error.message)
    context = {"verify_form": form, "email": process.email, "id": public_id}
    status = error.status if error else 422 if form.is_bound else 200
    return render(request, "composer/code.html", context, status=status)


def sent(request: HttpRequest, composer: Composer) -> HttpResponse:
    """It is on its way: to how many, what they know, and what happens next."""
    found = previewing.audience(composer.rfp)
    context = {"rfp": composer.rfp, "matched": found["matched"], "progress": progress(composer.rfp)}
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, "composer/progress.html" if fragment else "composer/sent.html", context)


published = of_request(sent, Phase.OPEN, Phase.DECIDING, Phase.AWARDED, Phase.ENDED, Phase.CANCELLED, Phase.LAPSED)
