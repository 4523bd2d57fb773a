"""The Celery application: the clock and the muscle; the rows are in PostgreSQL."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")

app = Celery("beckon")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
