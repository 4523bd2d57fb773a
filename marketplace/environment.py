"""What the process environment says, checked: every fault at once, in a sentence."""

from __future__ import annotations

import base64
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from redis.backoff import NoBackoff
from redis.retry import Retry

from marketplace.demo import pointer
from marketplace.kernel.crypto import MasterKey, parse_master_keys

REQUIRED = ("DATABASE_URL", "BROKER_URL", "CACHE_URL", "SECRET_KEY", "DATA_KEYS", "ALLOWED_HOSTS", "EMAIL_URL")
LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}
# Programs that look at the code and ask no engine; they run where nothing is configured yet.
WITHOUT_ENGINES = {"demo", "makemigrations", "build_css", "translations", "spectacular", "help", "mypy"}
PLACEHOLDERS = {
    "DATABASE_URL": "postgresql://nobody@/nothing?host=/nonexistent",
    "BROKER_URL": "redis+socket:///nonexistent/valkey.sock",
    "CACHE_URL": "unix:///nonexistent/valkey.sock",
    "SECRET_KEY": "no-engine-runs-with-this-key-" * 2,
    "DATA_KEYS": base64.b64encode(bytes(range(32))).decode(),
    "ALLOWED_HOSTS": ",".join(sorted(LOOPBACK)),
    "EMAIL_URL": "memory:",
}
MAIL = "django.core.mail.backends."
SECRET_KEY_LENGTH = 50  # Django's own floor for a strong key
CACHE_SECONDS = 0.04  # to connect and again to answer: a dead cache costs a request less than 100 ms


@dataclass(frozen=True)
class Environment:
    """Every setting that a deployment gives."""

    secret_key: str
    master_keys: list[MasterKey]
    allowed_hosts: list[str]
    secure: bool
    databases: dict[str, Any]
    caches: dict[str, Any]
    broker_url: str
    email: dict[str, Any]
    from_email: str
    site_url: str
    api_rate_per_minute: int
    operator_name: str
    operator_legal_form: str
    operator_address: str
    operator_income: str
    funding_url: str
    complaints_email: str

    @classmethod
    def read(cls, checkout: Path) -> Environment:
        """Raises ImproperlyConfigured that names all that is missing, malformed or weak."""
        reader = Reader(given(checkout))
        hosts = reader.hosts()
        site = reader.site(hosts)
        found = cls(
            secret_key=reader.secret_key(),
            master_keys=reader.master_keys(),
            allowed_hosts=hosts,
            secure=site.scheme == "https",
            databases={"default": reader.database()},
            caches={"default": reader.cache()},
            broker_url=reader.address("BROKER_URL", ("redis", "rediss", "redis+socket")),
            email=reader.email(),
            from_email=reader.values.get("FROM_EMAIL") or f"Beckon <no-reply@{site.hostname}>",
            site_url=site.geturl(),
            api_rate_per_minute=reader.number("API_RATE_PER_MINUTE", 3000),
            operator_name=reader.values.get("OPERATOR_NAME", ""),
            operator_legal_form=reader.values.get("OPERATOR_LEGAL_FORM", ""),
            operator_address=reader.values.get("OPERATOR_ADDRESS", ""),
            operator_income=reader.values.get("OPERATOR_INCOME", ""),
            funding_url=reader.values.get("FUNDING_URL", ""),
            complaints_email=reader.values.get("COMPLAINTS_EMAIL", ""),
        )
        reader.refuse_faults()
        return found


def given(checkout: Path) -> Mapping[str, str]:
    """The process environment; where it says nothing, that of the demo in this checkout.

    The demo itself heeds neither: it makes its own.
    """
    if any(os.environ.get(name) for name in REQUIRED) and "demo" not in sys.argv[1:2]:
        return os.environ
    fallback = PLACEHOLDERS if asks_no_engine(sys.argv) else pointer.read(checkout)
    return {**os.environ, **fallback}


def asks_no_engine(argv: Sequence[str]) -> bool:
    """Whether this process is one of the programs that only look at the code."""
    program = Path(argv[0]).name if argv else ""
    command = argv[1] if program == "manage.py" and len(argv) > 1 else program
    return command in WITHOUT_ENGINES


class Reader:
    """Reads one value after another and gathers the faults."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.faults = [f"{name} is not set" for name in REQUIRED if not values.get(name)]

    def refuse_faults(self) -> None:
        if len(self.faults) == len(REQUIRED) and not any(self.values.get(name) for name in REQUIRED):
            self.faults.append("no demo runs in this checkout either (`make demo` starts one)")
        if self.faults:
            raise ImproperlyConfigured(f"Beckon cannot run: {'; '.join(self.faults)}. See docs/operations.md.")

    def fault(self, text: str) -> None:
        """Unset values are faults already."""
        if self.values.get(text.split(maxsplit=1)[0].rstrip(":")):
            self.faults.append(text)

    def secret_key(self) -> str:
        key = self.values.get("SECRET_KEY", "")
        if len(key) < SECRET_KEY_LENGTH or len(set(key)) < 10 or key.startswith("django-insecure-"):
            self.fault(f"SECRET_KEY is weak: it takes {SECRET_KEY_LENGTH} random characters")
        return key

    def master_keys(self) -> list[MasterKey]:
        keys = [key.strip() for key in self.values.get("DATA_KEYS", "").split(",")]
        try:
            found = parse_master_keys(keys)
        except ValueError as error:
            self.fault(f"DATA_KEYS: {error}")
            return []
        if len({key.secret for key in found}) < len(found) or any(len(set(key.secret)) < 10 for key in found):
            self.fault("DATA_KEYS is weak: each key is 32 random bytes, and no two are the same")
        return found

    def hosts(self) -> list[str]:
        hosts = [host.strip() for host in self.values.get("ALLOWED_HOSTS", "").split(",") if host.strip()]
        if not hosts:
            self.fault("ALLOWED_HOSTS names no host")
        for host in hosts:
            if "*" in host or "/" in host or host.startswith("."):
                self.fault(f"ALLOWED_HOSTS: {host!r} is no host name (wildcards and schemes are refused)")
        return hosts

    def site(self, hosts: list[str]) -> SplitResult:
        """Where people find us; without TLS only on this machine."""
        local = set(hosts) <= LOOPBACK
        default = "http://localhost:8000" if local else f"https://{hosts[0]}"
        site = split(self.values.get("SITE_URL", "").rstrip("/") or default)
        if site.scheme not in ("http", "https") or not site.hostname or site.path:
            self.fault("SITE_URL is no address like https://beckon.example")
        elif site.scheme == "http" and not local:
            self.fault("SITE_URL must be https:// unless ALLOWED_HOSTS names this machine alone")
        return site

    def address(self, name: str, schemes: Sequence[str]) -> str:
        address = self.values.get(name, "")
        parts = split(address)
        if parts.scheme not in schemes or not (parts.netloc or parts.path):
            self.fault(f"{name} is no address of the kind {' or '.join(f'{scheme}://' for scheme in schemes)}")
        return address

    def number(self, name: str, default: int) -> int:
        text = self.values.get(name) or str(default)
        if not (text.isascii() and text.isdecimal() and int(text) > 0):
            self.fault(f"{name} is no positive number")
            return default
        return int(text)

    def database(self) -> dict[str, Any]:
        """Of postgresql://user:password@host:port/name?host=/socket/folder&sslmode=…"""
        parts = split(self.address("DATABASE_URL", ("postgresql", "postgres")))
        query = dict(parse_qsl(parts.query))
        name = unquote(parts.path.lstrip("/"))
        if not name:
            self.fault("DATABASE_URL names no database")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": name,
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": query.pop("host", parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_HEALTH_CHECKS": True,
            **self.connections(query),
        }

    def connections(self, options: dict[str, Any]) -> dict[str, Any]:
        """The web server shares a pool among its threads; a worker keeps the one connection that it needs."""
        limits = ["idle_in_transaction_session_timeout=10s"]
        if "migrate" in sys.argv[1:2]:
            limits = ["lock_timeout=5s"]
        options["options"] = " ".join(f"-c {limit}" for limit in limits)
        options.setdefault("connect_timeout", 5)
        if self.values.get("BECKON_PROCESS") != "web":
            return {"CONN_MAX_AGE": None, "OPTIONS": options}
        most = self.number("DATABASE_POOL", 20)
        options["pool"] = {"min_size": min(2, most), "max_size": most, "timeout": 5, "max_idle": 300}
        return {"CONN_MAX_AGE": 0, "OPTIONS": options}

    def cache(self) -> dict[str, Any]:
        return {
            "BACKEND": "marketplace.kernel.caching.FailOpenCache",
            "LOCATION": self.address("CACHE_URL", ("redis", "rediss", "unix")),
            "OPTIONS": {
                "socket_connect_timeout": CACHE_SECONDS,
                "socket_timeout": CACHE_SECONDS,
                "retry": Retry(NoBackoff(), 0),
            },
        }

    def email(self) -> dict[str, Any]:
        """Of smtp://user:password@host:port, smtp+tls:// (STARTTLS), smtps://, file:///folder or memory:"""
        parts = split(self.values.get("EMAIL_URL", ""))
        if parts.scheme == "memory":
            return {"EMAIL_BACKEND": f"{MAIL}locmem.EmailBackend"}
        if parts.scheme == "file" and parts.path:
            return {"EMAIL_BACKEND": f"{MAIL}filebased.EmailBackend", "EMAIL_FILE_PATH": unquote(parts.path)}
        if parts.scheme not in ("smtp", "smtp+tls", "smtps") or not parts.hostname:
            self.fault("EMAIL_URL is no address of the kind smtp+tls:// or smtps:// or smtp:// or file:///folder")
        return {
            "EMAIL_BACKEND": f"{MAIL}smtp.EmailBackend",
            "EMAIL_HOST": parts.hostname or "",
            "EMAIL_PORT": parts.port or {"smtp+tls": 587, "smtps": 465}.get(parts.scheme, 25),
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
            "EMAIL_USE_SSL": parts.scheme == "smtps",
            "EMAIL_TIMEOUT": 10,
        }


def split(url: str) -> SplitResult:
    """Like urlsplit, but what is no address is an empty one."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts
