"""Waking a worker. A hint may be lost, doubled or late; it never delays or fails whoever sends it."""

from __future__ import annotations

import logging
from time import monotonic

from celery import Task
from django.conf import settings

# A broker that is gone costs a sender this much once; then nobody asks it again for a while.
ANSWER_SECONDS = 0.1
PAUSE_SECONDS = 2.0
OPTIONS = {"socket_timeout": ANSWER_SECONDS, "socket_connect_timeout": ANSWER_SECONDS, "max_retries": 0}

logger = logging.getLogger(__name__)
_silent_until = [0.0]


def hint(task: Task) -> bool:
    """Send `task` without arguments, as far as the broker answers at once; whether it did.

    Its own short-lived connection: a pooled one would wait as patiently as a worker's.
    """
    if monotonic() < _silent_until[0]:
        return False
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, **OPTIONS}
    door = task.app.connection_for_write(transport_options=options, connect_timeout=ANSWER_SECONDS)
    try:
        task.apply_async(connection=door, retry=False)
    except Exception as error:
        _silent_until[0] = monotonic() + PAUSE_SECONDS
        logger.warning("the broker did not take a hint: %s", type(error).__name__)
        return False
    finally:
        door.release()
    return True
