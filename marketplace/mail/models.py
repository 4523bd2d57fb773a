"""The mail queue: rows first, a sender task second; and what people are told, of which mails are one way."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from marketplace.kernel.models import PublicModel
from marketplace.mail.states import NoticeKind, Pace

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


class NoticeSetting(models.Model):
    """How soon a person wants mail; without a row, only of what needs them."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    pace = models.CharField(max_length=16, choices=Pace.choices, default=Pace.NEEDS_ME)
    # The end of the last digest's window, which is the beginning of the next one's.
    digested_until = models.DateTimeField(db_default=Now())
    next_at = models.DateTimeField(null=True)  # when the next digest is due; NULL: none ever was wanted

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pace__in=Pace.values), name="mail_known_pace")]
        indexes = [models.Index(fields=["next_at"], name="mail_digest_due", condition=models.Q(next_at__isnull=False))]


class Digest(PublicModel):
    """One mail about a window of time; a person's windows lie end to end."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "since"], name="mail_one_digest_per_window"),
            models.CheckConstraint(condition=models.Q(until__gt=models.F("since")), name="mail_window_in_order"),
        ]


class Notice(PublicModel):
    """Something a person is told about one of their requests: what kind of thing, never what stands in it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=32, choices=NoticeKind.choices)
    rfp = models.UUIDField()  # its public id: this app knows no requests
    number = models.SmallIntegerField(null=True)  # of offers, where the kind counts them
    occurred_at = models.DateTimeField(db_default=Now(), editable=False)
    read_at = models.DateTimeField(null=True)
    dedupe_key = models.CharField(max_length=200)
    # Waits for a digest; one that commits behind its window's end is in the next, because rows are taken, not times.
    waits = models.BooleanField(default=False)
    digest = models.ForeignKey(Digest, on_delete=models.SET_NULL, null=True, related_name="notices")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=NoticeKind.values), name="mail_known_notice"),
            models.UniqueConstraint(fields=["person", "dedupe_key"], name="mail_told_once"),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="mail_notices_of_person"),
            models.Index(fields=["person"], name="mail_notices_waiting", condition=models.Q(waits=True)),
        ]
