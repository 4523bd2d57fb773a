"""How Celery is set up."""

from __future__ import annotations

import io
import logging
from threading import Thread

from celery import current_app
from celery.app.task import Context
from celery.app.trace import FAILURE, TraceInfo
from celery.signals import after_setup_logger

from marketplace.celery import app
from rfps.delivery.tasks import fan_out

STREET = "14 Quarry Lane"


def test_every_scheduled_task_exists() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


def test_every_routed_queue_is_declared() -> None:
    declared = {queue.name for queue in app.conf.task_queues}
    assert declared == {"fanout", "deliver", "mail", "default"}
    assert {route["queue"] for route in app.conf.task_routes.values()} <= declared


def test_work_is_never_lost_with_a_worker() -> None:
    conf = app.conf
    assert (conf.task_acks_late, conf.task_ignore_result, conf.worker_prefetch_multiplier) == (True, True, 1)
    assert (conf.result_backend, conf.task_soft_time_limit, conf.task_time_limit) == (None, 90, 120)
    restore = {"visibility_timeout": 300, "unacked_restore_interval": 5, "unacked_restore_throttle": 1}
    assert conf.broker_transport_options == restore
    assert conf.get("CELERY_DB_REUSE_MAX") >= 100_000
    assert conf.beat_scheduler == "celery.beat:Scheduler"


def test_every_thread_sends_through_this_app() -> None:
    found = []
    thread = Thread(target=lambda: found.append((current_app.main, fan_out.app.main)))
    thread.start()
    thread.join()
    assert found == [("beckon", "beckon")]


def test_a_failed_task_is_logged_without_what_it_was_about() -> None:
    written, traced = io.StringIO(), logging.getLogger("celery.app.trace")
    handler = logging.StreamHandler(written)
    traced.addHandler(handler)
    try:
        after_setup_logger.send(None, logger=traced, loglevel=0, logfile=None, format="%(message)s", colorize=False)
        raise ValueError(STREET)
    except ValueError as error:
        TraceInfo(FAILURE, error).handle_failure(fan_out, Context(id="7", args=(), kwargs={}), store_errors=False)
    finally:
        traced.removeHandler(handler)
    assert written.getvalue().startswith("Task rfps.delivery.tasks.fan_out[7] raised unexpected: …")
    assert written.getvalue().endswith("builtins.ValueError\n")
    assert STREET not in written.getvalue()
