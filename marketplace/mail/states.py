"""What a person is told, in the words of pages and mails, and how soon they want a mail of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class NoticeKind(models.TextChoices):
    BID_RECEIVED = "bid.received", _("An offer is in")
    QUESTION_ASKED = "question.asked", _("A company asks something")
    RFP_NOBODY_YET = "rfp.nobody_yet", _("No offers yet")
    RFP_CLOSING_SOON = "rfp.closing_soon", _("The time for offers ends soon")
    RFP_OPENED = "rfp.opened", _("Your offers are open")
    DECISION_DUE = "decision.due", _("Time to choose")
    APPROVAL_ASKED = "approval.asked", _("Your yes is missing")
    AWARD_CONFIRMED = "award.confirmed", _("The company you chose has said yes")
    AWARD_DECLINED = "award.declined", _("The company you chose cannot do it")
    WITHDRAWAL_ACKNOWLEDGED = "withdrawal.acknowledged", _("A company deleted what you took back")
    WITHDRAWAL_OVERDUE = "withdrawal.overdue", _("A company has not confirmed yet that it deleted what you took back")
    VALUE_ATTESTED = "value.attested", _("Somebody confirmed a fact about you")
    REMINDER_DUE = "reminder.due", _("You asked to be reminded")


class Pace(models.TextChoices):
    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Once a day")
    NEEDS_ME = "needs_me", _("Only what needs me")


# What waits for the person: whoever wants mail only of that gets these at once, and no other.
NEEDS_ME = frozenset(
    {
        NoticeKind.QUESTION_ASKED,
        NoticeKind.RFP_NOBODY_YET,
        NoticeKind.RFP_OPENED,
        NoticeKind.DECISION_DUE,
        NoticeKind.APPROVAL_ASKED,
        NoticeKind.AWARD_DECLINED,
        NoticeKind.WITHDRAWAL_OVERDUE,
        NoticeKind.REMINDER_DUE,
    }
)
