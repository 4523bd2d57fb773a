"""Base for rows that the outside may name."""

from __future__ import annotations

import uuid

from django.db import models

from marketplace.kernel.fields import created_at


class PublicModel(models.Model):
    """A row known outside by a random uuid4 and inside by a bigint.

    Not UUIDv7: its time would tell when a sealed bid was made.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = created_at()

    class Meta:
        abstract = True
