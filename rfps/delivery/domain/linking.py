"""The link in the mail "a request that fits": whose it is, what it lets its holder do, and that it was used.

Whoever holds the token is no signed-in person: they see one request at its first two stages and may offer once.
"""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.states import MemberRole
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor, ActorKind, Role
from marketplace.kernel.errors import NotFound, require
from marketplace.kernel.fields import ClockTimestamp
from rfps.delivery.models import QuickLink

MAX_TOKEN = 100
SPEAKING = frozenset({MemberRole.OWNER, MemberRole.BIDDER})


def find(token: str) -> QuickLink:
    """The link with this token; NotFound for every other text, so that nobody learns what else it might be."""
    links = QuickLink.objects.select_related("opportunity__rfp__current", "opportunity__organisation", "person")
    link = links.filter(sha256=hashed(token)).first() if len(token) <= MAX_TOKEN else None
    if link is None:
        raise NotFound(_("There is no such link. Take the one in the newest mail, or sign in."), code="unknown_link")
    return link


def hold(link: QuickLink) -> QuickLink:
    """The link as it stands, locked: of two who use it at once, one is first. Always before the request's lock."""
    links = QuickLink.objects.select_related("opportunity__rfp__current", "opportunity__organisation", "person")
    return links.select_for_update(of=("self",)).get(pk=link.pk)


def actor_of(link: QuickLink) -> Actor:
    """What the link's holder may do today: as bidder until it was used, then as viewer.

    Raises NotAllowed `suspended`, or `not_a_member` once its person does not speak for the supplier any more.
    """
    organisation, person = link.opportunity.organisation, link.person
    suspended = organisation.suspended_at is not None
    require(not suspended, _("Your organisation is suspended; write to the operator."), code="suspended")
    seats = Membership.objects.filter(organisation=organisation, user=person, role__in=SPEAKING)
    message = _("The person this link was sent to does not make offers for the organisation any more.")
    require(person.is_active and seats.exists(), message, code="not_a_member")
    return Actor(
        kind=ActorKind.LINK,
        public_id=organisation.public_id,
        member_id=person.public_id,
        organisation_id=organisation.pk,
        organisation_kind=organisation.kind,
        role=Role.VIEWER if link.used_at else Role.BIDDER,
        opportunity_id=link.opportunity_id,
    )


def use(link: QuickLink, *, actor: Actor, offer: UUID, sent_sha256: str) -> None:
    """The held link was used for this offer and takes no other."""
    QuickLink.objects.filter(pk=link.pk).update(used_at=ClockTimestamp(), offer=offer, sent_sha256=sent_sha256)
    record("quick_link.used", actor=actor, kind="quick_link", subject=link.public_id, offer=str(offer))


def hashed(token: str) -> str:
    """What is stored of a token; 244 random bits need no slow hash."""
    return sha256(token.encode(errors="replace")).hexdigest()
