"""Stages of disclosure, in order."""

from __future__ import annotations

from django.db import models


class Stage(models.TextChoices):
    ANNOUNCED = "S0"
    BIDDER = "S1"
    SHORTLISTED = "S2"
    AWARDED = "S3"
    ENDED = "S4"


class Outcome(models.TextChoices):
    READ = "read"
    BLOCKED = "blocked"
