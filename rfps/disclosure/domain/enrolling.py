"""The roster's agreements become rows that acceptances and contracts point to."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from rfps.disclosure.models import Terms
from rfps.disclosure.roster import Agreement


class ChangedTerms(Exception):
    """A text was changed under a version that suppliers may have accepted."""


@transaction.atomic
def enrol(agreements: Iterable[Agreement]) -> int:
    """Insert the versions that are new, and say how many; raises ChangedTerms for a changed text of an old version."""
    added = 0
    for one in agreements:
        row, is_new = Terms.objects.get_or_create(
            slug=one.id,
            version=one.version,
            defaults={"title": one.title, "text": one.text, "machine": dict(one.machine), "sha256": one.sha256},
        )
        if row.sha256 != one.sha256:
            raise ChangedTerms(f"{one.id} {one.version} was changed: give it a new version.")
        added += is_new
    return added
