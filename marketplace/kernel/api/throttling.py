"""A bound on how often one principal asks; fails open when the cache is away."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

logger = logging.getLogger(__name__)
WINDOW_SECONDS = 60


class PrincipalThrottle(BaseThrottle):
    """A fixed window of a minute per key holder, or per address for the anonymous."""

    def allow_request(self, request: Request, view: Any) -> bool:
        most = settings.API_RATE_PER_MINUTE
        now = time.time()
        self.reset_seconds = int(WINDOW_SECONDS - now % WINDOW_SECONDS) + 1
        used = self._count(f"rate:{self._principal(request)}:{int(now // WINDOW_SECONDS)}")
        remaining = max(0, most - used)
        request._request.rate_headers = {  # type: ignore[attr-defined]
            "RateLimit-Policy": f'"default";q={most};w={WINDOW_SECONDS}',
            "RateLimit": f'"default";r={remaining};t={self.reset_seconds}',
        }
        return used <= most

    def wait(self) -> float:
        return float(self.reset_seconds)

    def _principal(self, request: Request) -> str:
        actor = getattr(request.auth, "actor", None)
        return str(actor.public_id) if actor else str(request.META.get("REMOTE_ADDR", ""))

    def _count(self, key: str) -> int:
        try:
            cache.add(key, 0, WINDOW_SECONDS + 5)
            return cache.incr(key)
        except (RedisError, OSError, ValueError):
            logger.warning("throttle: the cache is away, letting the request through")
            return 0
