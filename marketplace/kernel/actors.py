"""Who acts: what domain functions and policies know of the person, key or clock behind a call."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

NOBODY = UUID(int=0)


class ActorKind(StrEnum):
    PERSON = "person"
    ORGANISATION = "organisation"
    LINK = "link"
    SYSTEM = "system"
    ANONYMOUS = "anonymous"


class Role(StrEnum):
    OWNER = "owner"
    BIDDER = "bidder"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class Actor:
    """One principal. `scopes` is None for a signed-in session (no narrowing), a set for an API key.

    A person acting for an organisation has kind ORGANISATION and both ids; an organisation's key has no person.
    Whoever holds a quick link has kind LINK: nobody signed in, an organisation and the one `opportunity_id` it is for.
    """

    kind: ActorKind
    public_id: UUID = NOBODY
    person_id: int | None = None
    member_id: UUID | None = None  # the person behind an organisation, for the audit record
    organisation_id: int | None = None
    organisation_kind: str | None = None
    role: Role | None = None
    opportunity_id: int | None = None
    is_operator: bool = False
    scopes: frozenset[str] | None = None

    @property
    def is_person(self) -> bool:
        return self.kind == ActorKind.PERSON and self.person_id is not None

    @property
    def is_organisation(self) -> bool:
        return self.kind == ActorKind.ORGANISATION and self.organisation_id is not None

    @property
    def is_link(self) -> bool:
        return self.kind == ActorKind.LINK and self.opportunity_id is not None

    @property
    def person_key(self) -> int:
        """For look-ups: the person's inside id, or one that no row has."""
        return self.person_id or 0

    @property
    def organisation_key(self) -> int:
        """For look-ups: the organisation's inside id, or one that no row has."""
        return self.organisation_id or 0

    @property
    def opportunity_key(self) -> int:
        """For look-ups: the inside id of a quick link's opportunity, or one that no row has."""
        return self.opportunity_id or 0

    @property
    def may_bid(self) -> bool:
        """Acts for a supplier in a role that may speak for it."""
        return self.is_organisation and self.organisation_kind == "supplier" and self.role in {Role.OWNER, Role.BIDDER}

    def may_answer(self, opportunity_id: int, organisation_id: int) -> bool:
        """Speaks for the supplier about this opportunity: an owner or bidder, or an unused quick link made for it."""
        by_link = self.is_link and self.opportunity_id == opportunity_id and self.role == Role.BIDDER
        return self.organisation_id == organisation_id and (self.may_bid or by_link)


SYSTEM = Actor(kind=ActorKind.SYSTEM)
ANONYMOUS = Actor(kind=ActorKind.ANONYMOUS)
