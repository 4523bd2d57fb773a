"""Who calls the API: the holder of a bearer key."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.domain import keys
from accounts.models import ApiKey, Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person
from marketplace.kernel.actors import ANONYMOUS, Actor


@dataclass(frozen=True, slots=True)
class Credentials:
    """What `request.auth` holds: who acts, and by which key."""

    actor: Actor
    key: ApiKey

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset(self.key.scopes)


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>`; whatever else is sent there is 401, also where no key is needed."""

    def authenticate(self, request: Request) -> tuple[User | Organisation, Credentials] | None:
        parts = get_authorization_header(request).split()
        if not parts:
            return None
        key = None
        if len(parts) == 2 and parts[0].lower() == b"bearer":
            key = keys.find(parts[1].decode("ascii", errors="replace"))
        if key is None:
            raise AuthenticationFailed(_("This key is not valid."), code="invalid_key")
        keys.touch(key)
        holder = key.person or key.organisation
        assert holder is not None
        return holder, Credentials(_actor(key), key)

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="beckon"'


def _actor(key: ApiKey) -> Actor:
    if key.person is not None:
        return actor_of_person(key.person, scopes=key.scopes)
    assert key.organisation is not None
    return actor_of_organisation(key.organisation, scopes=key.scopes)


def actor_of(request: Request) -> Actor:
    """The principal that domain functions and policies know; ANONYMOUS without a key."""
    return request.auth.actor if isinstance(request.auth, Credentials) else ANONYMOUS
