"""The app rfps.delivery."""

from importlib import import_module

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "rfps.delivery"
    label = "delivery"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("rfps.delivery.receivers")
        import_module("rfps.delivery.tasks")  # its receiver sends the hints
