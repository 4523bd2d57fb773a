"""The app marketplace.mail."""

from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "marketplace.mail"
    label = "mail"
    default_auto_field = "django.db.models.BigAutoField"
