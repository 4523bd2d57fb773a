"""Who gets in with which key, and what each may do."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from accounts.api.authentication import BearerAuthentication, actor_of
from accounts.api.permissions import ScopePermission, needed_scopes
from accounts.domain import keys
from accounts.models import ApiKey, Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person
from marketplace.kernel.actors import ANONYMOUS, SYSTEM, Actor

pytestmark = pytest.mark.django_db


class Probe(APIView):
    """Answers with the actor it sees."""

    authentication_classes = [BearerAuthentication]
    permission_classes = [ScopePermission]
    throttle_classes: list[Any] = []
    scope: Any = "data"
    seen: list[Actor] = []

    def get(self, request: Request) -> Response:
        self.seen.append(actor_of(request))
        return Response({})

    post = get

    def handle_exception(self, exc: Exception) -> Response:
        response = Response({"code": getattr(exc, "code", "")}, status=getattr(exc, "status", None))
        return super().handle_exception(exc) if hasattr(exc, "status_code") else response


def ask(header: str | None = None, method: str = "get", **attributes: Any) -> Response:
    Probe.seen.clear()
    extra = {} if header is None else {"HTTP_AUTHORIZATION": header}
    request = getattr(APIRequestFactory(), method)("/", **extra)
    response: Response = Probe.as_view(**attributes)(request)
    return response


def key_of(holder: User | Organisation, *scopes: str) -> str:
    return "Bearer " + keys.issue(holder, actor=SYSTEM, scopes=scopes or None)[1]


def test_a_person_and_an_organisation_get_in(customer: User, supplier: Organisation) -> None:
    assert ask(key_of(customer, "data:read")).status_code == 200
    assert Probe.seen == [actor_of_person(customer, scopes=["data:read"])]
    assert ask(key_of(supplier, "bids:read"), scope="bids").status_code == 200
    assert Probe.seen == [actor_of_organisation(supplier, scopes=["bids:read"])]


def test_without_a_key(customer: User) -> None:
    refused = ask()
    assert (refused.status_code, refused["WWW-Authenticate"]) == (401, 'Bearer realm="beckon"')
    assert ask(scope=None).status_code == 200
    assert Probe.seen == [ANONYMOUS]


@pytest.mark.parametrize("header", ["Bearer", "Bearer bk_live_x_y", "Bearer a b", "Basic Zm9vOmJhcg==", "bk_live_x_y"])
def test_a_bad_key_is_401_even_where_none_is_needed(db: None, header: str) -> None:
    refused = ask(header, scope=None)
    assert (refused.status_code, refused["WWW-Authenticate"]) == (401, 'Bearer realm="beckon"')


def test_dead_keys_are_401(customer: User, supplier: Organisation) -> None:
    hers, theirs = key_of(customer), key_of(supplier)
    ApiKey.objects.filter(person=customer).update(revoked_at=timezone.now())
    Organisation.objects.filter(pk=supplier.pk).update(suspended_at=timezone.now())
    assert [ask(hers).status_code, ask(theirs, scope="bids").status_code] == [401, 401]


def test_a_missing_scope_is_403(customer: User) -> None:
    refused = ask(key_of(customer, "data:read"), method="post")
    assert (refused.status_code, refused.data) == (403, {"code": "insufficient_scope"})
    assert ask(key_of(customer, "data:write"), method="get").status_code == 403
    assert ask(key_of(customer, "data:write"), method="post").status_code == 200


def test_a_view_that_names_no_scope_lets_nobody_in(customer: User) -> None:
    assert ask(key_of(customer), scope=()).status_code == 403


@pytest.mark.parametrize(
    ("named", "method", "needed"),
    [
        ({"scope": "rfps"}, "GET", {"rfps:read"}),
        ({"scope": "rfps"}, "HEAD", {"rfps:read"}),
        ({"scope": "rfps"}, "DELETE", {"rfps:write"}),
        ({"scope": "webhooks"}, "GET", {"webhooks:write"}),
        ({"scope": "opportunities", "write_scope": "bids"}, "GET", {"opportunities:read"}),
        ({"scope": "opportunities", "write_scope": "bids"}, "POST", {"bids:write"}),
        ({"scope": ("data", "opportunities")}, "GET", {"data:read", "opportunities:read"}),
    ],
)
def test_needed_scopes(named: dict[str, Any], method: str, needed: set[str]) -> None:
    assert needed_scopes(type("View", (), named), method) == needed


def test_use_is_noted(customer: User) -> None:
    ask(key_of(customer))
    assert ApiKey.objects.get().last_used_at is not None
