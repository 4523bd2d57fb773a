"""The lock under which a request changes, and the phase it has to be in."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from marketplace.kernel.errors import Conflict
from rfps.models import Rfp, RfpQuerySet
from rfps.states import Phase


def hold(rfp: Rfp, *phases: Phase) -> Rfp:
    """The request as it stands, locked until the transaction ends; Conflict `wrong_phase` outside `phases`.

    The phase is judged by the database's clock after the lock was got.
    """
    Rfp.objects.select_for_update(no_key=True).only("pk").get(pk=rfp.pk)
    held = fresh(RfpQuerySet(Rfp), rfp)  # a statement of its own: one that waits has read the clock before it waits
    if held.phase not in phases:
        message = _("This cannot be done while the request is “%(phase)s”.") % {"phase": held.phase}
        raise Conflict(message, code="wrong_phase")
    return held


def unchanged(held: Rfp, revision: int | None) -> None:
    """Conflict `stale` when somebody, or another tab, changed it after `revision` was read; None does not ask."""
    if revision is not None and revision != held.revision:
        message = _("This was changed in another tab. What you typed is still here: press again to save it.")
        raise Conflict(message, code="stale")


def change(rfp: Rfp, **facts: Any) -> Rfp:
    """Write facts of a held request, count the revision, and give the row as it is now."""
    Rfp.objects.filter(pk=rfp.pk).update(**facts, revision=F("revision") + 1)
    return fresh(RfpQuerySet(Rfp), rfp)


def fresh(rows: RfpQuerySet, rfp: Rfp) -> Rfp:
    """The row read again, with its phase and what most verbs need."""
    return rows.with_phase().select_related("owner__key", "customer", "item", "current").get(pk=rfp.pk)
