"""The app rfps.disclosure."""

from importlib import import_module

from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    name = "rfps.disclosure"
    label = "disclosure"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("rfps.disclosure.receivers")
