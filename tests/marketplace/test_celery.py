"""How Celery is set up."""

from __future__ import annotations

from threading import Thread

from celery import current_app

from marketplace.celery import app
from rfps.delivery.tasks import fan_out


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
