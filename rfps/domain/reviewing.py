"""The last look before publishing: what is missing, and what in the texts would give the person away."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.kernel.clock import database_now
from marketplace.kernel.errors import Fault
from rfps.domain import announcing, publishing, scanning
from rfps.domain.drafting import Content

FOUND = frozenset({"contact_in_text", "own_identifier"})


@dataclass(frozen=True, slots=True)
class Find:
    """A text that holds something that should not leave; `confirmable`: the person may say that it is meant so."""

    pointer: str
    text: str
    message: str
    confirmable: bool


@dataclass(frozen=True, slots=True)
class Review:
    """Everything that keeps a draft from being published."""

    gaps: list[Fault]
    finds: list[Find]

    @property
    def ready(self) -> bool:
        """Nothing is missing and no text gives the person away."""
        return not self.gaps and not self.finds


def review(content: Content) -> Review:
    """What publishing would refuse now."""
    found = publishing.gaps_of(content, database_now())
    texts, seen = announcing.texts(content.body), [fault for fault in found if fault.code in FOUND]
    kept: set[str] = set()
    if seen:
        own = announcing.own_marks(content)
        wrong = {fault.pointer: texts[fault.pointer] for fault in seen}
        kept = {fault.pointer for fault in scanning.faults(wrong, own=own, confirmed=wrong)}
    finds = [Find(each.pointer, texts[each.pointer], each.message, each.pointer not in kept) for each in seen]
    return Review([fault for fault in found if fault.code not in FOUND], finds)
