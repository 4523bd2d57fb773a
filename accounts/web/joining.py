"""An e-mail address and six digits in the same tab: a guest has an account, or comes back to the one they have."""

from __future__ import annotations

from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.forms import ConfirmLoginCodeForm
from allauth.account.internal.flows.code_verification import AbstractCodeVerificationProcess
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core.ratelimit import consume
from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.domain import guesting
from accounts.models import User
from accounts.web.visiting import guest_of
from marketplace.kernel.errors import Conflict, DomainError, TooMany

STATE = "join"
CAME_FOR = "joined_for"  # where a second click on the same button leads


class JoinForm(forms.Form):
    """Where the code goes, and where the person goes then."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput)


class Joining(AbstractCodeVerificationProcess):
    """One address being proved. Nobody looks whose it is before the code is right."""

    def __init__(self, request: HttpRequest, state: dict[str, Any]) -> None:
        self.request = request
        super().__init__(
            max_attempts=app_settings.LOGIN_BY_CODE_MAX_ATTEMPTS,
            timeout=app_settings.LOGIN_BY_CODE_TIMEOUT,
            state=state,
        )

    @property
    def email(self) -> str:
        return str(self.state["email"])

    @property
    def next_url(self) -> str:
        return str(self.state.get("next") or "/")

    def persist(self) -> None:
        self.request.session[STATE] = self.state

    def send(self) -> None:
        self.state["code"] = get_adapter().generate_login_code()
        get_adapter().send_mail("account/email/join_code", self.email, {"code": self.code})

    def abort(self) -> None:
        self.request.session.pop(STATE, None)


def begin(request: HttpRequest, *, email: str, next_url: str = "") -> Joining:
    """Send six digits to the address; TooMany when it, or this network, got many of late."""
    email = email.strip().lower()
    if not consume(request, action="join", key=email):
        raise TooMany(
            _("Too many codes were asked for. Wait a minute, then ask again. Everything is saved."), retry_after=60
        )
    state = Joining.initial_state(None, email)
    process = Joining(request, {**state, "next": safe(request, next_url)})
    process.send()
    process.persist()
    return process


def pending(request: HttpRequest) -> Joining | None:
    """The address that this browser is proving, while its code holds; None for who is signed in."""
    state = None if request.user.is_authenticated else request.session.get(STATE)
    found = Joining(request, state).abort_if_invalid() if state else None
    assert found is None or isinstance(found, Joining)
    return found


def finish(process: Joining, code: str) -> HttpResponse | None:
    """The answer that follows the right code; None for a wrong one, TooMany once nothing more can be tried.

    Then `request.user` is who joined, unless their account asks for more than a code.
    """
    if not consume(process.request, action="join_code", key=process.email):
        process.abort()
        raise TooMany(_("Too many wrong codes. Try again in an hour. Everything is saved."), retry_after=3600)
    if not ConfirmLoginCodeForm({"code": code}, code=process.code).is_valid():
        if not process.record_invalid_attempt():
            raise TooMany(_("Too many wrong codes. Ask for a new one. Everything is saved."), retry_after=1)
        return None
    process.abort()
    return _enter(process, _account(process))


def safe(request: HttpRequest, url: str) -> str:
    """The address if it leads to a page of this site, else nothing."""
    hosts = {request.get_host()}
    return url if url_has_allowed_host_and_scheme(url, hosts, require_https=request.is_secure()) else ""


@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Ask for the address."""
    if request.user.is_authenticated:
        return redirect(safe(request, request.GET.get("next", "")) or request.session.get(CAME_FOR, "/"))
    form = JoinForm(
        request.POST if request.method == "POST" else None, initial={"next": safe(request, request.GET.get("next", ""))}
    )
    if not form.is_valid():
        return render(request, "join/address.html", {"form": form}, status=422 if form.is_bound else 200)
    try:
        begin(request, email=form.cleaned_data["email"], next_url=form.cleaned_data["next"])
    except TooMany as error:
        return _refused(request, form, error)
    return redirect("join-confirm")


@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask for the six digits."""
    process = pending(request)
    if process is None:
        return redirect("join")
    given = request.POST.get("code", "").strip()
    form = ConfirmLoginCodeForm(request.POST if request.method == "POST" else None, code=process.code)
    try:
        answer = finish(process, given) if given else None
    except TooMany as error:
        return _refused(request, JoinForm({"email": process.email, "next": process.next_url}), error)
    context = {"verify_form": form, "email": process.email, "next": process.next_url}
    return answer or render(request, "join/code.html", context, status=422 if form.is_bound else 200)


def _account(process: Joining) -> User:
    account = guesting.account_of(process.email)
    if account is None:
        try:
            return guesting.become(guest_of(process.request), email=process.email)
        except Conflict:  # another tab, or a sign-up, was first with this address
            account = guesting.account_of(process.email)
    assert account is not None
    guesting.prove(account, email=process.email)
    return account


def _enter(process: Joining, account: User) -> HttpResponse:
    process.request.session[CAME_FOR] = process.next_url
    record_authentication(process.request, account, method="code", email=process.email)
    login = Login(user=account, email=process.email, redirect_url=process.next_url)
    answer = perform_login(process.request, login)
    assert isinstance(answer, HttpResponseRedirect)
    return answer


def _refused(request: HttpRequest, form: JoinForm, error: DomainError) -> HttpResponse:
    form.add_error(None, error.message)
    return render(request, "join/address.html", {"form": form}, status=error.status)
