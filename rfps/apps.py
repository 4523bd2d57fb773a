"""The app rfps."""

from importlib import import_module

from django.apps import AppConfig


class RfpsConfig(AppConfig):
    name = "rfps"
    label = "rfps"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("rfps.receivers")
