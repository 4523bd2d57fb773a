"""Pages of a person: signed in, never stored by a browser, and nothing typed is lost when a session ends."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.kernel.crypto import DecryptionFailed, seal_shared, unseal_shared

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]

ONCE = "once"
KEPT = "typed"
CONTEXT = "what was typed"
LARGEST = 65_536  # a stranger can make us keep as much
SECONDS = 7200
NOT_KEPT = frozenset({"csrfmiddlewaretoken", ONCE})
SECRET = frozenset({"password", "password1", "password2", "oldpassword", "code", "credential"})

_OUT = gettext_lazy("You were signed out before it was sent. What you typed is still here.")
_LATE = gettext_lazy(
    "You signed in or out while this page was open. Nothing you typed is lost: look it over and send it again."
)


def mark_of(user: Any) -> str:
    """Says whose page a form stood on without saying who that is."""
    return salted_hmac("beckon.page", str(getattr(user, "public_id", ""))).hexdigest()[:16]


def person_page(view: Page[P]) -> Page[P]:
    """Only for who is signed in; what a stranger posts is kept sealed and offered again after signing in."""

    @wraps(view)
    def shown(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            bring_back(request)
            answer = view(request, *args, **kwargs)
        elif is_part(request):
            answer = HttpResponse(status=401)  # a whole page would be put in the part's place
        else:
            if request.method == "POST":
                keep(request)
            answer = redirect_to_login(request.get_full_path())
        add_never_cache_headers(answer)
        return answer

    return shown


def button_of(page: str) -> Callable[[Page[P]], Page[P]]:
    """Only a button on `page` posts here; who comes otherwise, as after signing in, is led to that page."""

    def decorated(view: Page[P]) -> Page[P]:
        @wraps(view)
        def pressed(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            if request.user.is_authenticated and request.session.pop(KEPT, None):
                messages.warning(request, _("You were signed out before that was done. Press the button once more."))
            return redirect(page, *(value for name, value in kwargs.items() if name == "id"))

        return pressed

    return decorated


def is_part(request: HttpRequest) -> bool:
    """Whether a script of the page asks, for a part of it."""
    return request.headers.get("HX-Request") == "true"


def typed(request: HttpRequest) -> QueryDict | None:
    """What the person had typed on this page before their session ended."""
    found: QueryDict | None = getattr(request, KEPT, None)
    return found


def pass_on(request: HttpRequest, path: str) -> None:
    """What came back to an address without a page is offered on the page at `path`."""
    if (found := typed(request)) is not None:
        list(messages.get_messages(request))  # that page says it
        _store(request, path, mark_of(request.user), {name: found.getlist(name) for name in found}, late=False)


def keep(request: HttpRequest, *, late: bool = False) -> bool:
    """Keep what was typed, sealed, until its page is shown again; nothing of a form that asks for a secret.

    `late`: they signed in or out while the page was open. False where it is too long.
    """
    if not SECRET.isdisjoint(request.POST):
        return True
    data = {name: request.POST.getlist(name) for name in request.POST if name not in NOT_KEPT}
    mark = request.POST.get(ONCE, "").rpartition(".")[2]
    if _store(request, request.path, mark, data, late=late):
        return True
    messages.warning(request, _("You were signed out, and what you typed was too long for us to keep."))
    return False


def _store(request: HttpRequest, path: str, mark: str, data: dict[str, list[str]], *, late: bool) -> bool:
    kept = {"path": path, "mark": mark, "at": int(time.time()), "late": late, "data": data}
    plain = json.dumps(kept, ensure_ascii=False).encode()
    if len(plain) > LARGEST:
        return False
    request.session[KEPT] = base64.b64encode(seal_shared(plain, CONTEXT)).decode()
    return True


def bring_back(request: HttpRequest) -> None:
    """Hand over what was kept for this page; another person's, an old or an unreadable one is forgotten."""
    sealed = request.session.get(KEPT)
    if sealed is None or request.method != "GET":
        return
    try:
        kept = json.loads(unseal_shared(base64.b64decode(sealed), CONTEXT))
    except DecryptionFailed:
        del request.session[KEPT]
        return
    theirs = kept["mark"] in ("", mark_of(None)) or constant_time_compare(kept["mark"], mark_of(request.user))
    if theirs and kept["path"] != request.path and kept["at"] > time.time() - SECONDS:
        return
    del request.session[KEPT]
    if theirs and kept["at"] > time.time() - SECONDS:
        found = QueryDict(mutable=True)
        for name, values in kept["data"].items():
            found.setlist(name, values)
        setattr(request, KEPT, found)
        messages.warning(request, _LATE if kept["late"] else _OUT)
