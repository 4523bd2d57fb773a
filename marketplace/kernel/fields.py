"""Column types and defaults that several apps share."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models.functions import Now


class Xid8Field(models.Field[str | None, str | None]):
    """PostgreSQL's 64-bit transaction id, carried as text in Python (psycopg refuses an int for xid8)."""

    def db_type(self, connection: Any) -> str:
        return "xid8"

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else str(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        return None if value is None else str(value)


class CurrentXid(models.Func):
    """The transaction's id, as a column default."""

    function = "pg_current_xact_id"
    template = "%(function)s()"
    output_field = Xid8Field()


class ClockTimestamp(models.Func):
    """The database's clock at this instant, not at the start of the transaction."""

    function = "clock_timestamp"
    template = "%(function)s()"
    output_field = models.DateTimeField()


def money(**options: Any) -> models.DecimalField[Decimal, Decimal]:
    """A NUMERIC(20,6) column; the currency stands beside it."""
    return models.DecimalField(max_digits=20, decimal_places=6, **options)


def created_at(**options: Any) -> models.DateTimeField[Any, Any]:
    """The database's own time of the insert."""
    return models.DateTimeField(db_default=Now(), editable=False, **options)
