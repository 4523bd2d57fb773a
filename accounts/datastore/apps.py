"""The app accounts.datastore."""

from django.apps import AppConfig


class DatastoreConfig(AppConfig):
    name = "accounts.datastore"
    label = "datastore"
    default_auto_field = "django.db.models.BigAutoField"
