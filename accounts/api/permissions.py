"""What a key may do: GET needs the resource's `:read`, everything else its `:write`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.api.authentication import Credentials, actor_of
from marketplace.kernel.errors import NotAllowed

__all__ = ["ScopePermission", "actor_of", "needed_scopes"]

# Resources with a single scope, whose `:write` includes reading.
WRITE_INCLUDES_READ = frozenset({"subscriptions", "webhooks", "attestations"})


class ScopePermission(BasePermission):
    """Views say `scope = "rfps"`, several resources as a tuple (any will do), or None for everybody.

    `write_scope` names another resource for all but reading. A view that says nothing lets nobody in.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if getattr(view, "scope", ()) is None:
            return True
        if not isinstance(request.auth, Credentials):
            raise NotAuthenticated(_("Send a key: Authorization: Bearer <key>."))
        needed = needed_scopes(view, request.method or "")
        if not needed.isdisjoint(request.auth.scopes):
            return True
        message = _("This key lacks the scope %(scope)s.") % {"scope": " / ".join(sorted(needed))}
        raise NotAllowed(message, code="insufficient_scope")

    def scopes_for(self, view: Any, method: str) -> frozenset[str]:
        """For the description of the API."""
        return needed_scopes(view, method)


def needed_scopes(view: Any, method: str) -> frozenset[str]:
    """The scopes of which a key needs one to use this method of the view."""
    safe = method in SAFE_METHODS
    named = getattr(view, "scope", ())
    if not safe:
        named = getattr(view, "write_scope", named)
    names = (named,) if isinstance(named, str) else named or ()
    found = set()
    for name in names:
        found.add(f"{name}:write" if not safe or name in WRITE_INCLUDES_READ else f"{name}:read")
    return frozenset(found)
