"""The customer's own columns: what they have now, and offers they got elsewhere. No supplier ever sees one.

Members of a body: title · supplier (a name) · lines, charges, delivery, vat_rate, vat_included, currency as in a bid,
or a plain `total` that stands for all of them · answers `{requirement, value}` · contract_ends_on · exit_fee (only of
what they have now; it becomes a term of every other column).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.datastore.domain.owning import seal_json
from bids.domain.composing import ANSWER, MAX_ROWS, NOT_NEGATIVE, Content, check_rows, priced
from bids.models import Entry
from bids.policies import can_judge
from bids.states import EntryKind
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Conflict, refuse, require
from marketplace.kernel.money import minor_unit
from rfps.domain import checking
from rfps.domain.checking import Check, Faults
from rfps.domain.holding import fresh
from rfps.models import Rfp, RfpQuerySet, RfpVersion

MOST_ENTRIES = 20


@transaction.atomic
def keep_current(rfp: Rfp, *, actor: Actor, body: Any) -> Entry:
    """Say what the customer has now; a second time replaces the first."""
    held, content = _read(rfp, actor, body, EntryKind.CURRENT)
    entry = Entry.objects.filter(rfp=held, kind=EntryKind.CURRENT).first() or Entry(rfp=held, kind=EntryKind.CURRENT)
    return _seal(entry, content, actor, "rfp.current_kept")


@transaction.atomic
def enter(rfp: Rfp, *, actor: Actor, body: Any) -> Entry:
    """Add an offer from elsewhere."""
    held, content = _read(rfp, actor, body, EntryKind.OWN_ENTRY)
    if held.entries.filter(kind=EntryKind.OWN_ENTRY).count() >= MOST_ENTRIES:
        raise Conflict(_("There are %(most)d offers from elsewhere already.") % {"most": MOST_ENTRIES}, code="too_many")
    return _seal(Entry(rfp=held, kind=EntryKind.OWN_ENTRY), content, actor, "rfp.entry_added")


@transaction.atomic
def rewrite(entry: Entry, *, actor: Actor, body: Any) -> Entry:
    """Replace what one of the own columns says; its ratings and note stay."""
    held, content = _read(entry.rfp, actor, body, EntryKind(entry.kind))
    found = _still_there(held, entry)
    return _seal(found, content, actor, "rfp.entry_rewritten")


@transaction.atomic
def remove(entry: Entry, *, actor: Actor) -> None:
    """Take one of the own columns out of the comparison, with its ratings and note."""
    require(can_judge(actor, entry.rfp))
    held = fresh(RfpQuerySet(Rfp).select_for_update(of=("self",)), entry.rfp)
    _still_there(held, entry).delete()
    record("rfp.entry_removed", actor=actor, kind="rfp", subject=held.public_id, entry=str(entry.public_id))


def _still_there(held: Rfp, entry: Entry) -> Entry:
    found = held.entries.filter(pk=entry.pk).first()
    if found is None:
        raise Conflict(_("This column was taken out already."), code="wrong_state")
    found.rfp = held
    return found


def _read(rfp: Rfp, actor: Actor, body: Any, kind: EntryKind) -> tuple[Rfp, Content]:
    require(can_judge(actor, rfp))
    held = fresh(RfpQuerySet(Rfp).select_for_update(of=("self",)), rfp)
    if held.current is None:
        raise Conflict(_("Publish the request first: its parts are not fixed yet."), code="wrong_phase")
    content, faults = compose(body, held.current, kind)
    refuse(faults)
    return held, content


def _seal(entry: Entry, content: Content, actor: Actor, verb: str) -> Entry:
    entry.sealed_content = seal_json(entry.rfp.owner, f"entry|{entry.public_id}", content)
    entry.save()
    record(verb, actor=actor, kind="rfp", subject=entry.rfp.public_id, entry=str(entry.public_id))
    return entry


def compose(body: Any, asked: RfpVersion, kind: EntryKind) -> tuple[Content, Faults]:
    """The clean content of an own column, and everything wrong with it."""
    faults: Faults = []
    found = checking.table(members(asked.currency, kind))(body, "", faults) or {}
    content = {name: value for name, value in found.items() if value is not None}
    check_rows(content, asked, faults)
    if not faults and "total" not in content and not content.get("lines"):
        checking.fault(faults, "/total", "required", _("Give the total, or the price of each part."))
    return content, faults


def members(currency: str, kind: EntryKind) -> Mapping[str, Check]:
    """What the body of an own column may hold."""
    amount = checking.decimal(minor_unit(currency), low=NOT_NEGATIVE)
    own: dict[str, Check] = {
        **priced(currency),
        "supplier": checking.text(120),
        "total": amount,
        "answers": checking.rows(checking.table(ANSWER, required=["requirement"]), MAX_ROWS),
        "contract_ends_on": checking.day,
    }
    return {**own, "exit_fee": amount} if kind == EntryKind.CURRENT else own
