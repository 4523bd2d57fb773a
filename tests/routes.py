"""Every REST route there is, found in the URL configuration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("get", "post", "put", "patch", "delete")


def routes(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(method, route below /api/v1/) of every view."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        elif isinstance(entry, URLPattern) and route.startswith("api/v1/"):
            view = getattr(entry.callback, "view_class", None) or getattr(entry.callback, "cls", None)
            yield from ((method.upper(), route.removeprefix("api/v1/")) for method in METHODS if hasattr(view, method))


def pages(resolver: Any = None, prefix: str = "") -> Iterator[str]:
    """Every route that is no REST view; the admin counts as one."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if route == "admin/":
            yield route
        elif isinstance(entry, URLResolver) and not route.startswith("api/v1/"):
            yield from pages(entry, route)
        elif isinstance(entry, URLPattern):
            yield route
