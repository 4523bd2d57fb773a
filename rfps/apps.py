"""The app rfps."""

from django.apps import AppConfig


class RfpsConfig(AppConfig):
    name = "rfps"
    label = "rfps"
    default_auto_field = "django.db.models.BigAutoField"
