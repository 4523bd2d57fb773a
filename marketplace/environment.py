"""What the process environment says, checked."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from marketplace.kernel.crypto import MasterKey, parse_master_keys


@dataclass(frozen=True)
class Environment:
    """Every setting that a deployment gives."""

    secret_key: str
    master_keys: list[MasterKey]
    allowed_hosts: list[str]
    trusted_origins: list[str]
    databases: dict[str, Any]
    caches: dict[str, Any]
    broker_url: str
    email: dict[str, Any]
    from_email: str
    site_url: str
    api_rate_per_minute: int

    @classmethod
    def read(cls, base: Path) -> Environment:
        keys = [key for key in _need("DATA_KEYS").split(",") if key]
        try:
            masters = parse_master_keys(keys)
        except ValueError as error:
            raise ImproperlyConfigured(f"DATA_KEYS: {error}.") from error
        return cls(
            secret_key=_need("SECRET_KEY"),
            master_keys=masters,
            allowed_hosts=os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(","),
            trusted_origins=[],
            databases={"default": database(_need("DATABASE_URL"))},
            caches={
                "default": {
                    "BACKEND": "django.core.cache.backends.redis.RedisCache",
                    "LOCATION": _need("CACHE_URL"),
                }
            },
            broker_url=_need("BROKER_URL"),
            email={"EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend"},
            from_email=os.environ.get("FROM_EMAIL", "Beckon <no-reply@localhost>"),
            site_url=os.environ.get("SITE_URL", "http://localhost:8000").rstrip("/"),
            api_rate_per_minute=int(os.environ.get("API_RATE_PER_MINUTE", "600")),
        )


def _need(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set.")
    return value


def database(url: str) -> dict[str, Any]:
    """Django's settings for postgresql://user:password@host:port/name?host=/socket/dir."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
    }
