"""The app rfps.disclosure."""

from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    name = "rfps.disclosure"
    label = "disclosure"
    default_auto_field = "django.db.models.BigAutoField"
