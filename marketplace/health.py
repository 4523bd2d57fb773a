"""Whether this process lives, and whether it can serve; asked by machines, often."""

from __future__ import annotations

import contextlib
import functools
import logging
from datetime import timedelta

from celery import current_app
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.functions import Now
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from rfps.delivery.models import FanoutShard
from rfps.delivery.states import ShardState

logger = logging.getLogger(__name__)
BROKER_SECONDS = 0.2
LAG = timedelta(seconds=60)  # beyond it suppliers hear late, but everything works


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """503 only without a database or with migrations to apply; a broker away or work that lags degrades."""
    parts = {**check_database(), "broker": check_broker()}
    serves = parts["database"] == "ok" and parts.get("migrations") == "ok"
    status = "ok" if set(parts.values()) == {"ok"} else "degraded" if serves else "unavailable"
    return JsonResponse({"status": status, **parts}, status=200 if serves else 503)


def check_database() -> dict[str, str]:
    """What only the database can tell."""
    try:
        pending = own_migrations() - set(MigrationRecorder(connection).applied_migrations())
        if pending:
            return {"database": "ok", "migrations": "pending"}
        return {"database": "ok", "migrations": "ok", "fan_out": check_lag()}
    except DatabaseError as error:
        logger.warning("readyz: the database is away: %s", type(error).__name__)
        return {"database": "away"}


@functools.cache
def own_migrations() -> frozenset[tuple[str, str]]:
    """Those of this release; they do not change while it runs."""
    return frozenset(MigrationLoader(None).graph.nodes)


def check_lag() -> str:
    late = FanoutShard.objects.filter(state=ShardState.WAITING, event__occurred_at__lt=Now() - LAG)
    return "degraded" if late.exists() else "ok"


def check_broker() -> str:
    """Asked once, briefly: a broker that hangs costs the asker half a second."""
    options = {"socket_connect_timeout": BROKER_SECONDS, "socket_timeout": BROKER_SECONDS}
    with contextlib.suppress(OperationalError, OSError):
        with current_app.connection_for_write(transport_options=options) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_SECONDS)
        return "ok"
    return "degraded"
