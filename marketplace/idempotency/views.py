"""The base of every REST view: who is it, one transaction, one effect a key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urljoin

from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import resolve
from django.utils.translation import gettext as _
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.idempotency.replaying import answer_once, fingerprint
from marketplace.kernel.actors import ANONYMOUS, Actor
from marketplace.kernel.api.fields import EmptySerializer, StrictSerializer
from marketplace.kernel.api.problems import Malformed
from marketplace.kernel.api.tags import check_match, is_unchanged

M = TypeVar("M", bound=Model)


class ApiView(APIView):
    """A view says its `scope` and, where a POST must be repeatable, `key_required`.

    Scope None is public, of several any will do, and a view that says nothing lets nobody in.
    `request.auth` is whatever the authentication returned; its `actor` is who acts. A view that changes what an id in
    its path names says its `current_tag`, or is an action (no GET) below one that does.
    """

    scope: str | tuple[str, ...] | None = ()
    key_required = False

    @property
    def actor(self) -> Actor:
        actor: Actor = getattr(self.request.auth, "actor", ANONYMOUS)
        return actor

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.args, self.kwargs = args, kwargs
        self.request = drf_request = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        try:
            request.body  # noqa: B018 - read once, so that both the parser and the fingerprint have it
            method = self._method(request)
            self.initial(drf_request, *args, **kwargs)
            response = self._run(partial(self._answer, partial(method, drf_request, *args, **kwargs)))
        except Exception as error:
            response = self.handle_exception(error)
        self.response = self.finalize_response(drf_request, response, *args, **kwargs)
        for header, value in getattr(request, "rate_headers", {}).items():
            self.response[header] = value
        return self.response

    def _method(self, request: HttpRequest) -> Callable[..., Response]:
        """What answers this method; none is 405 for everybody, whatever their key."""
        name = (request.method or "").lower()
        found: Callable[..., Response] | None = getattr(self, name, None) if name in self.http_method_names else None
        if found is None:
            raise MethodNotAllowed(request.method or "")
        return found

    def _answer(self, method: partial[Response]) -> Response:
        """What the method says; 412 before it does anything when If-Match names another tag than the current one."""
        if self.kwargs and self.request.method not in SAFE_METHODS and "If-Match" in self.request.headers:
            check_match(self.request, self._named().current_tag(**self.kwargs))
        return method()

    def _named(self) -> ApiView:
        """The view of what the path names: this one, or for an action, like award/, the resource above it."""
        if hasattr(self, "get"):
            return self
        above = resolve(urljoin(self.request.path_info, ".."))
        view: ApiView = above.func.view_class(request=self.request)  # type: ignore[attr-defined]
        return view

    def current_tag(self, *args: Any, **kwargs: Any) -> str | None:
        """The ETag that reading this resource would give now, its rows locked first; None when there is none yet."""
        raise NotImplementedError

    def _run(self, answer: partial[Response]) -> Response:
        if self.request.method in SAFE_METHODS:
            return answer()
        key = self.request.headers.get("Idempotency-Key")
        if self.request.method == "POST" and key is not None:
            return self._run_once(key, answer)
        if self.request.method == "POST" and self.needs_key():
            raise Malformed(_("Send an Idempotency-Key with this request."), "idempotency_key_required")
        with transaction.atomic():
            return answer()

    def needs_key(self) -> bool:
        """Whether this POST is refused without an Idempotency-Key."""
        return self.key_required

    def _run_once(self, key: str, answer: partial[Response]) -> Response:
        if not 1 <= len(key) <= 255 or not key.isprintable() or not key.isascii():
            raise Malformed(
                _("An Idempotency-Key has 1 to 255 printable ASCII characters."), "idempotency_key_malformed"
            )
        wire = self.request._request
        print_ = fingerprint(wire.method or "", wire.get_full_path(), wire.body)
        return answer_once(self.actor.public_id, key, print_, answer, self.handle_exception)

    def read(self, serializer: type[StrictSerializer] = EmptySerializer, **options: Any) -> dict[str, Any]:
        """The body checked by `serializer`; every fault at once (422)."""
        checked = serializer(data=self.request.data, **options)
        checked.is_valid(raise_exception=True)
        data: dict[str, Any] = checked.validated_data
        return data

    def one(self, rows: QuerySet[M], **which: Any) -> M:
        """The one visible row, locked when it is about to change; 404 outside `rows`."""
        if self.request.method not in SAFE_METHODS:
            rows = rows.select_for_update(of=("self",), no_key=True)
        found = rows.filter(**which).first()
        if found is None:
            raise Http404
        return found

    def resource(self, body: Any, tag: str, status: int = 200) -> Response:
        """A single resource with its ETag; 304 when the client has it already."""
        if self.request.method in SAFE_METHODS and is_unchanged(self.request, tag):
            return Response(status=304, headers={"ETag": tag})
        return Response(body, status, headers={"ETag": tag})
