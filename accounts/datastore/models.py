"""The private data store: owners with keys of their own, items, and encrypted versions of values."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.datastore.states import ItemKind, Source
from accounts.models import Household
from marketplace.kernel.fields import created_at
from marketplace.kernel.models import PublicModel


class Owner(PublicModel):
    """Whose data it is: one person or one household."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="data_owner"
    )
    household = models.OneToOneField(
        Household, on_delete=models.PROTECT, null=True, blank=True, related_name="data_owner"
    )
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(person__isnull=False, household__isnull=False), name="datastore_owner_is_one"
            )
        ]


class OwnerKey(models.Model):
    """An owner's data key, wrapped by a master key. A table of its own, so that it is backed up for fewer days."""

    owner = models.OneToOneField(Owner, on_delete=models.CASCADE, related_name="key", primary_key=True)
    master_name = models.CharField(max_length=16)
    wrapped = models.BinaryField()
    rewrapped_at = created_at()


class Item(PublicModel):
    """A thing that values are about: this car, that flat."""

    owner = models.ForeignKey(Owner, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(max_length=16, choices=ItemKind.choices)
    sealed_label = models.BinaryField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(kind__in=ItemKind.values), name="datastore_known_item_kind")]


class FieldValue(PublicModel):
    """One version of one value. Append-only: a correction is a new row, the old one only gets its `ended_at`."""

    owner = models.ForeignKey(Owner, on_delete=models.CASCADE, related_name="values")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, null=True, blank=True, related_name="values")
    field = models.CharField(max_length=64)
    version = models.IntegerField()
    ciphertext = models.BinaryField()
    source = models.CharField(max_length=16, choices=Source.choices, default=Source.PROVIDED)
    observed_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "item", "field"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="datastore_one_live_value",
            ),
            models.UniqueConstraint(
                fields=["owner", "item", "field", "version"],
                nulls_distinct=False,
                name="datastore_versions_once",
            ),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="datastore_known_source"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(ended_at__isnull=False),
                name="datastore_withdrawn_is_ended",
            ),
        ]
