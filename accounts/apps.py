"""The app accounts."""

from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("accounts.web.visiting")  # its receivers adopt a guest at sign-in
        import_module("accounts.web.sessions")  # its receiver notes where one signs in
        import_module("accounts.receivers")
