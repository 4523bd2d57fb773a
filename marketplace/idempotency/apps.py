"""The app marketplace.idempotency."""

from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    name = "marketplace.idempotency"
    label = "idempotency"
    default_auto_field = "django.db.models.BigAutoField"
