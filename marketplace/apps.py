"""The app marketplace."""

from importlib import import_module

from django.apps import AppConfig

from marketplace.celery import app as celery_app

__all__ = ["MarketplaceConfig", "celery_app"]  # the web process sends hints through this Celery app too


class MarketplaceConfig(AppConfig):
    name = "marketplace"
    label = "marketplace"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("marketplace.checks")
