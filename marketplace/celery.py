"""The Celery application: the clock and the muscle; the rows are in PostgreSQL."""

from __future__ import annotations

import logging
import os
from typing import Any

from celery import Celery
from celery.signals import after_setup_logger, task_prerun, worker_process_init
from django.db import close_old_connections
from kombu.transport import redis

from marketplace.kernel.logs import DiscreetFormatter
from marketplace.processes import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")


class CalmChannel(redis.Channel):
    """Survives a broker that dies while messages are unacknowledged.

    kombu 5.7 acknowledges and restores them over the connection that was just closed, which ends the worker. Nothing
    has to be restored: the rows are looked at every two seconds.
    """

    do_restore = False

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:
        if not self.closed:
            super().basic_ack(delivery_tag, multiple=multiple)


redis.Transport.Channel = CalmChannel

app = Celery("beckon")
app.set_default()  # for every thread: the web server's own threads send hints
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_prerun.connect
def drop_dead_connections(**_signal: Any) -> None:
    """A worker keeps its connection over tasks; one that broke meanwhile is found here, not inside the task."""
    close_old_connections()


@worker_process_init.connect
def die_with_the_worker(**_signal: Any) -> None:
    """A worker killed by force leaves no pool process behind that goes on by itself."""
    die_with_parent()


@after_setup_logger.connect
def log_no_words(logger: logging.Logger, format: str, **_signal: Any) -> None:  # noqa: A002 - the signal's own name
    """What workers and the clock write holds no more of an error than what the web server writes."""
    for handler in logger.handlers:
        handler.setFormatter(DiscreetFormatter(format))
