"""Mails go out once claimed, come back after a failure, and say nothing of an address in the queue."""

from __future__ import annotations

import time
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from marketplace.mail import sending
from marketplace.mail.models import SLOT, Mail
from marketplace.mail.queueing import queue
from marketplace.mail.rendering import render

pytestmark = pytest.mark.django_db
BROKEN = "tests.marketplace.mail.test_sending.Broken"


class Broken(EmailBackend):
    """A server that fails in the way `Broken.error` says."""

    error: Exception = SMTPServerDisconnected("gone")

    def send_messages(self, messages: Any) -> int:
        raise self.error


def queued(user: User, key: str = "k") -> Mail:
    queue(user.pk, kind="rfp.opened", subject="Your offers\nBcc: x", body="Text", dedupe_key=key)
    return Mail.objects.get(dedupe_key=key)


def test_a_mail_is_sent_once_to_the_address_of_now(customer: User) -> None:
    mail = queued(customer)
    queued(customer)
    User.objects.filter(pk=customer.pk).update(email="new@personas.example")
    assert (sending.send_due(), sending.send_due()) == (1, 0)
    (sent,) = outbox.outbox
    assert (sent.to, sent.subject, sent.body) == (["new@personas.example"], "Your offers Bcc: x", "Text")
    assert sent.extra_headers["Message-ID"] == f"<{mail.public_id}@localhost>"
    mail.refresh_from_db()
    assert mail.sent_at is not None


def test_a_secret_stands_in_the_mail_and_is_forgotten_with_the_address(customer: User) -> None:
    body = f"https://beckon.example/join/{SLOT}/"
    queue(None, kind="x", subject="Join", body=body, dedupe_key="k", address="new@people.example", secret="s3cret")
    assert sending.send_due() == 1
    (sent,) = outbox.outbox
    assert (sent.to, sent.body) == (["new@people.example"], "https://beckon.example/join/s3cret/")
    kept = Mail.objects.get()
    assert (kept.address, kept.secret, kept.body) == ("", "", body)


def test_a_secret_waits_for_the_next_try(customer: User, settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = BROKEN
    queue(customer.pk, kind="x", subject="Join", body=SLOT, dedupe_key="k", secret="s3cret")
    sending.send_due()
    assert sending.message(Mail.objects.get()).body == "s3cret"


def test_a_second_try_has_the_same_message_id(customer: User) -> None:
    mail = queued(customer)
    ids = {sending.message(mail).extra_headers["Message-ID"] for _ in range(2)}
    assert ids == {f"<{mail.public_id}@localhost>"}


def test_a_failed_mail_waits_and_is_given_up_in_the_end(customer: User, settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = BROKEN
    mail = queued(customer)
    for attempt in range(1, 9):
        assert sending.send_due() == 0
        mail.refresh_from_db()
        assert (mail.attempts, mail.error) == (attempt, "SMTPServerDisconnected")
        assert (mail.failed_at is not None) == (attempt == 8)
        assert mail.next_at is not None
        assert mail.next_at > timezone.now()
        Mail.objects.update(next_at=Now())
    assert sending.claim() == []


def test_mails_wait_for_a_server_that_is_away(customer: User, settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    mail = queued(customer)
    for attempt, wait in enumerate(sending.WAITS, 1):
        assert sending.send_due() == 0
        mail.refresh_from_db()
        assert (mail.attempts, mail.error, mail.failed_at) == (attempt, "ConnectionRefusedError", None)
        assert mail.next_at is not None
        assert abs(mail.next_at - timezone.now() - wait) < timedelta(seconds=30)
        Mail.objects.update(next_at=Now())


class Slow(EmailBackend):
    """A server that takes its time."""

    def send_messages(self, messages: Any) -> int:
        time.sleep(0.05)
        return super().send_messages(messages)


def test_no_batch_begins_once_the_time_is_up(customer: User, settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Slow"
    for number in range(2 * sending.BATCH + 1):
        queued(customer, str(number))
    assert [sending.send_due(seconds=0.05), sending.send_due()] == [sending.BATCH, sending.BATCH + 1]
    worst = sending.SECONDS + sending.BATCH * sending.SMTP_SECONDS
    assert worst < settings.CELERY_TASK_SOFT_TIME_LIMIT


def test_a_refused_address_is_not_tried_again(
    customer: User, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_BACKEND = BROKEN
    monkeypatch.setattr(Broken, "error", SMTPRecipientsRefused({customer.email: (550, b"no")}))
    mail = queued(customer)
    sending.send_due()
    mail.refresh_from_db()
    assert (mail.failed_at is not None, mail.error) == (True, "SMTPRecipientsRefused")


def test_people_who_left_get_no_mail(customer: User) -> None:
    mail = queued(customer)
    User.objects.filter(pk=customer.pk).update(is_active=False)
    assert sending.send_due() == 0
    mail.refresh_from_db()
    assert (mail.failed_at is not None, outbox.outbox) == (True, [])


def test_who_outlives_the_lease_settles_nothing(customer: User) -> None:
    mail = queued(customer)
    (stale,) = sending.claim()
    assert sending.claim() == []
    Mail.objects.update(next_at=Now())
    (fresh,) = sending.claim()
    sending._settle(stale, sent_at=Now())
    mail.refresh_from_db()
    assert (mail.sent_at, mail.lease_no) == (None, fresh.lease_no)


def test_old_mails_go_after_thirty_days(customer: User) -> None:
    queued(customer, "old")
    Mail.objects.update(created_at=timezone.now() - sending.KEPT)
    queued(customer, "new")
    assert sending.prune() == 1
    assert list(Mail.objects.values_list("dedupe_key", flat=True)) == ["new"]


def test_the_first_line_of_a_template_is_the_subject() -> None:
    subject, body = render("bid.received", number=2, sealed=True, link="http://localhost/requests/1/")
    assert subject == "2 offers are in"
    assert body.splitlines()[-1] == "http://localhost/requests/1/"
