"""One mail a day for those who want it so: every notice that waits goes into exactly one."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import override

from marketplace.kernel.clock import database_now
from marketplace.kernel.fields import ClockTimestamp
from marketplace.kernel.language import supported
from marketplace.mail.models import Digest, Notice, NoticeSetting
from marketplace.mail.notices import request_link
from marketplace.mail.queueing import queue
from marketplace.mail.rendering import render

HOUR = time(7)  # in the morning, where the person is
BATCH = 100


@transaction.atomic
def digest() -> int:
    """Write every digest that is due; how many. Two at once take different people."""
    due = NoticeSetting.objects.filter(next_at__lte=ClockTimestamp()).select_related("person")
    rows = due.select_for_update(of=("self",), skip_locked=True).order_by("next_at", "pk")[:BATCH]
    return sum(_digest(setting) for setting in rows)


def next_morning(after: datetime, time_zone: str) -> datetime:
    """The first seven o'clock after an instant, where the person is."""
    zone = ZoneInfo(time_zone)
    day = after.astimezone(zone).date()
    today = datetime.combine(day, HOUR, zone)
    return today if today > after else datetime.combine(day + timedelta(days=1), HOUR, zone)


def _digest(setting: NoticeSetting) -> int:
    until = database_now()
    person = setting.person
    waiting = Notice.objects.filter(person=person, waits=True).select_for_update().order_by("pk")
    notices = list(waiting)
    if notices:
        made = Digest.objects.create(person=person, since=setting.digested_until, until=until)
        Notice.objects.filter(pk__in=[each.pk for each in notices]).update(waits=False, digest=made)
        with override(supported(person.locale)):
            lines = [{"what": each.get_kind_display(), "link": request_link(each.rfp)} for each in notices]
            subject, body = render("digest", notices=lines, settings_link=f"{settings.SITE_URL}/settings/notices/")
        queue(person.pk, kind="digest", subject=subject, body=body, dedupe_key=f"digest:{made.public_id}")
    setting.digested_until, setting.next_at = until, next_morning(until, person.time_zone)
    setting.save(update_fields=["digested_until", "next_at"])
    return len(notices[:1])
