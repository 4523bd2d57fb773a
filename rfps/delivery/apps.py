"""The app rfps.delivery."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "rfps.delivery"
    label = "delivery"
    default_auto_field = "django.db.models.BigAutoField"
