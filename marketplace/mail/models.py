"""The mail queue: rows first, a sender task second."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from marketplace.kernel.models import PublicModel

# Where a mail's secret goes in its text.
SLOT = "\ue000secret\ue000"


class Mail(PublicModel):
    """One mail to one person. The address is read when it is sent, so it stands in no queue.

    Somebody without an account is written to by `address`. A `secret` (the token of a link) is put in when the mail
    goes out; both are forgotten as soon as it went out or was given up.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    address = models.EmailField(max_length=254, blank=True, db_default="")
    secret = models.CharField(max_length=200, blank=True, db_default="")
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
