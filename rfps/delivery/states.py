"""The closed lists of matching and fan-out."""

from __future__ import annotations

from django.db import models


class AreaKind(models.TextChoices):
    ANYWHERE = "anywhere"
    COUNTRY = "country"
    RADIUS = "radius"
    REMOTE = "remote"


class ShardState(models.TextChoices):
    WAITING = "waiting"
    DONE = "done"
    CANCELLED = "cancelled"
    POISONED = "poisoned"


class OpportunityStatus(models.TextChoices):
    """Derived from an opportunity's facts, the last that applies."""

    NEW = "new"
    OPENED = "opened"
    ACCEPTED = "accepted"  # the terms, and with that a place
    BIDDING = "bidding"  # an offer was begun
    REFUSED = "refused"  # the terms
    DECLINED = "declined"


class EventType(models.TextChoices):
    RFP_PUBLISHED = "rfp.published"
    RFP_AMENDED = "rfp.amended"
    RFP_QUESTION_ANSWERED = "rfp.question_answered"
    RFP_CLOSING_SOON = "rfp.closing_soon"
    RFP_CLOSED = "rfp.closed"
    RFP_CANCELLED = "rfp.cancelled"
    BID_NEEDS_RECONFIRM = "bid.needs_reconfirm"
    BID_SHORTLISTED = "bid.shortlisted"
    BID_AWARDED = "bid.awarded"
    BID_NOT_AWARDED = "bid.not_awarded"
    BID_EXPIRED = "bid.expired"
    GRANT_ISSUED = "grant.issued"
    GRANT_SUPERSEDED = "grant.superseded"
    GRANT_ENDED = "grant.ended"
    WITHDRAWAL_ISSUED = "withdrawal.issued"
    VALUE_RECTIFIED = "value.rectified"
    ENDPOINT_DISABLED = "endpoint.disabled"
