"""Answers kept for 24 hours, so that a repeated POST has one effect."""

from __future__ import annotations

from django.db import models

from marketplace.kernel.fields import created_at


class StoredAnswer(models.Model):
    """What a principal got for a key; the body is sealed."""

    principal = models.UUIDField()
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.SmallIntegerField()
    sealed_answer = models.BinaryField()
    at = created_at()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["principal", "key"], name="idempotency_one_answer_per_key")]
        indexes = [models.Index(fields=["at"], name="idempotency_age")]
