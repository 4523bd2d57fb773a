"""The app marketplace.audit."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "marketplace.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
