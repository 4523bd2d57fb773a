"""What a person was told: read, and how soon they want mail of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import visible_notices
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.clock import database_now
from marketplace.kernel.errors import Fault, refuse, require
from marketplace.mail.digesting import next_morning
from marketplace.mail.models import NoticeSetting
from marketplace.mail.states import Pace


@transaction.atomic
def choose_pace(user: User, *, actor: Actor, pace: Any) -> NoticeSetting:
    """Say how soon one wants mail: at_once, daily or needs_me. What waits for a digest already still goes into it."""
    require(actor.is_person and actor.person_id == user.pk)
    if pace not in Pace.values:
        message = _("Choose one of: %(known)s.") % {"known": ", ".join(Pace.values)}
        refuse([Fault("/pace", "unknown_choice", message)])
    setting, _is_new = NoticeSetting.objects.select_for_update().get_or_create(person=user)
    setting.pace = pace
    if pace == Pace.DAILY and setting.next_at is None:
        setting.next_at = next_morning(database_now(), user.time_zone)
    setting.save(update_fields=["pace", "next_at"])
    record("notices.pace_chosen", actor=actor, kind="user", subject=user.public_id, pace=str(pace))
    return setting


def pace_of(user: User) -> str:
    """How soon the person wants mail."""
    found = NoticeSetting.objects.filter(person=user).values_list("pace", flat=True).first()
    return found or Pace.NEEDS_ME


def read(*, actor: Actor, rfp_id: UUID | None = None) -> int:
    """Mark the person's notices as read, of one request or all; how many were not."""
    require(actor.is_person)
    unread = visible_notices(actor).filter(read_at__isnull=True)
    return (unread if rfp_id is None else unread.filter(rfp=rfp_id)).update(read_at=Now())
