"""The app bids."""

from importlib import import_module

from django.apps import AppConfig


class BidsConfig(AppConfig):
    name = "bids"
    label = "bids"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("bids.receivers")
