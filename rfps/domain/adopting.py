"""Drafts of a guest: taken over by an account, or gone with the guest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F

from accounts.datastore.models import Owner
from accounts.models import User
from rfps.domain import filling
from rfps.domain.composing import Body
from rfps.domain.drafting import given_of, seal_body, values_in_clear
from rfps.models import Block, Rfp

# They hang on the moment, not on what the person keeps.
MOMENTARY = frozenset({"closes_at", "decides_by"})


def take_over(source: Owner, target: Owner, *, spared: Mapping[str, Any]) -> None:
    """The drafts and blocks of a guest whose values went to `target`, except those that were spared."""
    for draft in Rfp.objects.select_for_update(of=("self",)).select_related("owner__key", "item").filter(owner=source):
        given = given_of(draft)
        assert target.person is not None
        draft.owner, draft.customer = target, target.person
        facts: dict[str, Any] = {"owner": target, "customer": target.person, "revision": F("revision") + 1}
        sealed = seal_body(draft, _as_said(draft, given, spared))
        Rfp.objects.filter(pk=draft.pk).update(sealed_draft=sealed, **facts)
    known = Block.objects.filter(owner=target).values("organisation")
    Block.objects.filter(owner=source).exclude(organisation__in=known).update(owner=target)


def forget(guest: User) -> None:
    """Nothing of a guest was ever published, so all of it can go."""
    Rfp.objects.filter(customer=guest).delete()


def _as_said(draft: Rfp, given: Body, spared: Mapping[str, Any]) -> Body:
    """The body with every member written out that the account's values would make say something else."""
    values = values_in_clear(draft, [given])
    wanted = filling.complete(given, {**values, **{key: spared[key] for key in spared if key in values}})
    while other := _differing(wanted, filling.complete(given, values)) - set(given):
        given = given | {name: wanted[name] for name in other}
    return given


def _differing(wanted: Body, body: Body) -> set[str]:
    kept = set(wanted) - MOMENTARY
    return {name for name in kept if wanted[name] is not None and wanted[name] != body[name]}
