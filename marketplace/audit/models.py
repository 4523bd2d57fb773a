"""The change record: who did which verb to what. Ids and field names, never values."""

from __future__ import annotations

from django.db import models

from marketplace.kernel.fields import CurrentXid, Xid8Field, created_at


class AuditRow(models.Model):
    """One change. No foreign keys: the record outlives what it speaks of."""

    xid = Xid8Field(db_default=CurrentXid(), editable=False)
    at = created_at()
    actor_kind = models.CharField(max_length=16)
    actor_id = models.UUIDField()
    verb = models.CharField(max_length=64)
    object_kind = models.CharField(max_length=32)
    object_id = models.UUIDField()
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["xid", "id"], name="audit_order"),
            models.Index(fields=["object_kind", "object_id", "id"], name="audit_object"),
        ]


class Seal(models.Model):
    """One link of a chain: the sha256 over the previous link and every row up to (xid, row id)."""

    chain = models.CharField(max_length=32)
    number = models.BigIntegerField()
    upto_xid = Xid8Field()
    upto_id = models.BigIntegerField()
    # Rows up to this id belong to the time before a restore, after which transaction ids began low again.
    floor = models.BigIntegerField(default=0)
    row_count = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    sealed_at = created_at()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="audit_one_seal_per_number")]
