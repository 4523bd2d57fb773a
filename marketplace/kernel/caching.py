"""A cache that may be away: then nothing is found, nothing is kept, and nobody waits for it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, ClassVar

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
PAUSE_SECONDS = 1.0


class FailOpenClient(RedisCacheClient):
    """Answers like an empty cache while the server is away, and asks it again after a pause.

    The pause bounds what a request with many look-ups waits: one time-out, not one for each.
    """

    away_until = 0.0

    def _ask(self, call: Callable[[], Any], otherwise: Any) -> Any:
        if time.monotonic() < self.away_until:
            return otherwise
        try:
            return call()
        except (RedisError, OSError) as error:
            self.away_until = time.monotonic() + PAUSE_SECONDS
            logger.warning("the cache is away: %s", type(error).__name__)
            return otherwise

    def add(self, key: Any, value: Any, timeout: Any) -> bool:
        return bool(self._ask(lambda: RedisCacheClient.add(self, key, value, timeout), True))

    def get(self, key: Any, default: Any = None) -> Any:
        return self._ask(lambda: RedisCacheClient.get(self, key, default), default)

    def set(self, key: Any, value: Any, timeout: Any) -> None:
        self._ask(lambda: RedisCacheClient.set(self, key, value, timeout), None)

    def touch(self, key: Any, timeout: Any) -> bool:
        return bool(self._ask(lambda: RedisCacheClient.touch(self, key, timeout), False))

    def delete(self, key: Any) -> bool:
        return bool(self._ask(lambda: RedisCacheClient.delete(self, key), False))

    def get_many(self, keys: Any) -> dict[Any, Any]:
        return dict(self._ask(lambda: RedisCacheClient.get_many(self, keys), {}))

    def has_key(self, key: Any) -> bool:
        return bool(self._ask(lambda: RedisCacheClient.has_key(self, key), False))

    def incr(self, key: Any, delta: int) -> int:
        """A counter that is away counts from nothing."""
        return int(self._ask(lambda: RedisCacheClient.incr(self, key, delta), delta))

    def set_many(self, data: Any, timeout: Any) -> None:
        self._ask(lambda: RedisCacheClient.set_many(self, data, timeout), None)

    def delete_many(self, keys: Any) -> None:
        self._ask(lambda: RedisCacheClient.delete_many(self, keys), None)

    def clear(self) -> bool:
        return bool(self._ask(lambda: RedisCacheClient.clear(self), False))


class FailOpenCache(RedisCache):
    """Django's Redis cache with that client, one for the whole process: its connections outlive a request."""

    _servers: list[str]
    _options: dict[str, Any]
    clients: ClassVar[dict[str, FailOpenClient]] = {}

    @property
    def _cache(self) -> FailOpenClient:
        address = ";".join(self._servers)
        if address not in self.clients:
            self.clients.setdefault(address, FailOpenClient(self._servers, **self._options))
        return self.clients[address]
