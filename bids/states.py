"""The closed lists of a bid and of a contract, and what may follow what."""

from __future__ import annotations

from django.db import models

from marketplace.kernel.transitions import Moves


class BidState(models.TextChoices):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    NEEDS_RECONFIRM = "needs_reconfirm"
    WITHDRAWN = "withdrawn"
    AWARDED = "awarded"
    RESERVE = "reserve"
    NOT_AWARDED = "not_awarded"


# `expired` is derived from the validity of a submitted bid and never stored.
EXPIRED = "expired"

BID_MOVES: Moves = {
    BidState.DRAFT: frozenset({BidState.SUBMITTED, BidState.WITHDRAWN}),
    BidState.SUBMITTED: frozenset(
        {
            BidState.SUBMITTED,
            BidState.NEEDS_RECONFIRM,
            BidState.WITHDRAWN,
            BidState.AWARDED,
            BidState.RESERVE,
            BidState.NOT_AWARDED,
        }
    ),
    BidState.NEEDS_RECONFIRM: frozenset({BidState.SUBMITTED, BidState.WITHDRAWN, BidState.NOT_AWARDED}),
    BidState.RESERVE: frozenset({BidState.AWARDED, BidState.NOT_AWARDED}),
    BidState.WITHDRAWN: frozenset({BidState.SUBMITTED}),  # until the deadline
    BidState.AWARDED: frozenset({BidState.NOT_AWARDED}),  # its supplier declined
    BidState.NOT_AWARDED: frozenset({BidState.AWARDED}),  # chosen after the first one declined
}

# States of a bid that stands in the comparison.
STANDING = frozenset({BidState.SUBMITTED, BidState.AWARDED, BidState.RESERVE, BidState.NOT_AWARDED})


class ContractStatus(models.TextChoices):
    CHOSEN = "chosen"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    IN_PROGRESS = "in_progress"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    DISPUTED = "disputed"


CONTRACT_MOVES: Moves = {
    ContractStatus.CHOSEN: frozenset({ContractStatus.CONFIRMED, ContractStatus.DECLINED}),
    ContractStatus.CONFIRMED: frozenset({ContractStatus.IN_PROGRESS}),
    ContractStatus.IN_PROGRESS: frozenset({ContractStatus.DELIVERED, ContractStatus.DISPUTED}),
    ContractStatus.DELIVERED: frozenset({ContractStatus.ACCEPTED, ContractStatus.DISPUTED}),
    ContractStatus.DISPUTED: frozenset({ContractStatus.ACCEPTED}),
    ContractStatus.DECLINED: frozenset(),
    ContractStatus.ACCEPTED: frozenset(),
}


class Firmness(models.TextChoices):
    FIRM = "firm"
    ESTIMATE = "estimate"


class Recurs(models.TextChoices):
    ONCE = "once"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class EntryKind(models.TextChoices):
    CURRENT = "current"
    OWN_ENTRY = "own_entry"


class TermKind(models.TextChoices):
    """What a summand of a total is."""

    LINE = "line"
    CHARGE = "charge"
    DELIVERY = "delivery"
    ESTIMATE = "estimate"
    FIXED = "fixed"
    EXIT_FEE = "exit_fee"


class Flag(models.TextChoices):
    """What the comparison warns of. Only `declined` keeps a bid out of the ranking: it cannot be chosen again.

    `not_rated` stands at its criterion and not among a bid's warnings: nobody has rated yet, the bid lacks nothing.
    """

    MISSING_LINE = "missing_line"
    PARTIAL_QUANTITY = "partial_quantity"
    LARGER_QUANTITY = "larger_quantity"
    PRICE_KNOWN_IN_PART = "price_known_in_part"
    OPEN_ENDED = "open_ended"
    ESTIMATE = "estimate"
    MISSING_ANSWER = "missing_answer"
    NOT_RATED = "not_rated"
    NO_ANCHORS = "no_anchors"
    LOW_PRICE = "low_price"
    EXPIRED = "expired"
    DECLINED = "declined"
