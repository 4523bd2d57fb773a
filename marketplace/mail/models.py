"""The mail queue: rows first, a sender task second."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from marketplace.kernel.models import PublicModel


class Mail(PublicModel):
    """One mail to one person. The address is read when it is sent, so it stands in no queue."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=64)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    dedupe_key = models.CharField(max_length=200, unique=True)
    next_at = models.DateTimeField(db_default=Now(), null=True)
    attempts = models.SmallIntegerField(default=0)
    lease_no = models.IntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at"],
                name="mail_due",
                condition=models.Q(sent_at__isnull=True, failed_at__isnull=True),
            )
        ]
