"""The closed lists of the data store."""

from __future__ import annotations

from django.db import models


class ItemKind(models.TextChoices):
    HOME = "home"
    VEHICLE = "vehicle"
    DEVICE = "device"
    METER = "meter"
    CONTRACT = "contract"
    PERSON = "person"


class Source(models.TextChoices):
    PROVIDED = "provided"
    IMPORTED = "imported"
    DERIVED = "derived"
