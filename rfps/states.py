"""The closed lists of a request."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models


class RfpKind(models.TextChoices):
    RFI = "rfi"
    RFP = "rfp"


class Phase(models.TextChoices):
    DRAFT = "draft"
    OPEN = "open"
    DECIDING = "deciding"
    AWARDED = "awarded"
    ENDED = "ended"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


class Sealing(models.TextChoices):
    OPEN = "open"
    SEALED = "sealed"


class Sharing(models.TextChoices):
    """What those who live with the customer may do about one request."""

    NONE = "none"
    LOOK = "look"
    HELP = "help"
    DECIDE = "decide"


class Level(models.TextChoices):
    MUST = "must"
    SHOULD = "should"


class AnswerKind(models.TextChoices):
    YES_NO = "yes_no"
    NUMBER = "number"
    CHOICE = "choice"
    DATE = "date"
    TEXT = "text"
    DOCUMENT = "document"


# What a constraint may say, by the type of the answer: the name of each limit, and what kind of value it is.
CONSTRAINTS: Mapping[str, Mapping[str, str]] = {
    AnswerKind.YES_NO: {"equals": "flag"},
    AnswerKind.NUMBER: {"min": "number", "max": "number", "equals": "number"},
    AnswerKind.CHOICE: {"equals": "text", "in": "texts"},
    AnswerKind.DATE: {"min": "day", "max": "day"},
    AnswerKind.TEXT: {},
    AnswerKind.DOCUMENT: {},
}


class CriterionKind(models.TextChoices):
    TOTAL_PRICE = "total_price"
    LINE_PRICE = "line_price"
    NUMBER = "number"
    DURATION = "duration"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"
    RATING = "rating"
    SUPPLIER_RATING = "supplier_rating"


class BudgetDisclosure(models.TextChoices):
    HIDDEN = "hidden"
    BAND = "band"
    EXACT = "exact"


class EndReason(models.TextChoices):
    BOUGHT_ELSEWHERE = "bought_elsewhere"
    TOO_DEAR = "too_dear"
    NONE_FITS = "none_fits"
    CHANGED_MIND = "changed_mind"
    OTHER = "other"


# Days after `decides_by` without a decision until a request counts as lapsed; the SQL function `rfps_phase`
# (migration 0002) is the one rule that derives a phase from facts and the database's clock.
LAPSE_DAYS = 7
