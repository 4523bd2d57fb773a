"""People join a team by a link that only the invited address opens, and owners say who stays."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail as outbox
from django.utils import timezone

from accounts.domain import joining, organising
from accounts.models import Invitation, Membership, Organisation, User
from accounts.policies import (
    actor_of_member,
    actor_of_organisation,
    actor_of_person,
    visible_invitations,
    visible_memberships,
)
from marketplace.audit.models import AuditRow
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Conflict, DomainError, Gone, Invalid, NotAllowed, NotFound, TooMany
from marketplace.mail import sending
from marketplace.mail.models import Mail
from tests.factories import people
from tests.racing import race

NEW = "new@people.example"


@pytest.fixture
def owner(supplier: Organisation) -> Actor:
    return actor_of_member(supplier.memberships.get().user, supplier)


@pytest.fixture
def newcomer(db: None) -> User:
    return verified(people.person(NEW))


def verified(user: User) -> User:
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def token_of(email: str = NEW) -> str:
    return Mail.objects.filter(address=email).latest("pk").secret


def refused(act: Any, *given: Any, **more: Any) -> tuple[type, str]:
    with pytest.raises(DomainError) as error:
        act(*given, **more)
    return type(error.value), error.value.code


def test_an_invited_person_joins_in_the_role(supplier: Organisation, owner: Actor, newcomer: User) -> None:
    joining.invite(supplier, actor=owner, email=" New@People.example ", role="bidder")
    token = token_of()
    assert joining.find(token).organisation == supplier
    seat = joining.join(token, newcomer, actor=actor_of_person(newcomer))
    assert (seat.role, actor_of_member(newcomer, supplier).may_bid) == ("bidder", True)
    verbs = list(AuditRow.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["organisation.invited", "organisation.joined"]
    assert NEW not in str(list(AuditRow.objects.values_list("details", flat=True)))
    assert refused(joining.find, token) == (Gone, "accepted")


def test_the_mail_holds_the_token_and_nothing_else_keeps_it(supplier: Organisation, owner: Actor) -> None:
    made = joining.invite(supplier, actor=owner, email=NEW, role="viewer")
    assert sending.send_due() == 1
    (sent,) = outbox.outbox
    found = re.search(r"/join/([\w-]{43})/", str(sent.body))
    assert found is not None
    assert (sent.to, sent.subject, joining.find(found[1])) == ([NEW], "Join Northlight Energy", made)
    kept = Mail.objects.get()
    assert found[1] not in kept.body + kept.secret + made.sha256
    assert (kept.address, made.sha256 == found[1]) == ("", False)


@pytest.mark.parametrize("verify", [True, False])
def test_only_the_verified_holder_of_the_address_joins(
    supplier: Organisation, owner: Actor, customer: User, verify: bool
) -> None:
    joining.invite(supplier, actor=owner, email=NEW, role="owner")
    stranger = verified(customer) if verify else people.person(NEW)
    assert refused(joining.join, token_of(), stranger, actor=actor_of_person(stranger)) == (NotAllowed, "other_address")


def test_nobody_joins_for_another_or_by_a_key(supplier: Organisation, owner: Actor, newcomer: User) -> None:
    joining.invite(supplier, actor=owner, email=NEW, role="owner")
    other = people.person()
    for actor in (actor_of_person(other), actor_of_person(newcomer, scopes=["data:read"]), owner):
        assert refused(joining.join, token_of(), newcomer, actor=actor) == (NotAllowed, "not_allowed")


def test_old_taken_back_and_unknown_invitations_are_told_apart(supplier: Organisation, owner: Actor) -> None:
    first = joining.invite(supplier, actor=owner, email=NEW, role="viewer")
    assert timezone.now() + timedelta(days=13, hours=23) < first.expires_at < timezone.now() + timedelta(days=15)
    earlier = token_of()
    second = joining.invite(supplier, actor=owner, email=NEW, role="viewer")
    assert refused(joining.find, earlier) == (Gone, "revoked")
    assert list(visible_invitations(owner)) == [second]
    Invitation.objects.update(expires_at=timezone.now())
    assert refused(joining.find, token_of()) == (Gone, "expired")
    assert list(visible_invitations(owner)) == []
    for text in ("", "x", "y" * 500, second.sha256):
        assert refused(joining.find, text) == (NotFound, "unknown_link")
    joining.take_back(second, actor=owner)
    assert refused(joining.take_back, second, actor=owner) == (Conflict, "wrong_state")


def test_a_suspended_organisation_takes_nobody_in(supplier: Organisation, owner: Actor, newcomer: User) -> None:
    joining.invite(supplier, actor=owner, email=NEW, role="viewer")
    Organisation.objects.filter(pk=supplier.pk).update(suspended_at=timezone.now())
    assert refused(joining.join, token_of(), newcomer, actor=actor_of_person(newcomer)) == (NotAllowed, "suspended")


def test_who_is_in_the_team_is_not_invited(supplier: Organisation, owner: Actor) -> None:
    assert refused(joining.invite, supplier, actor=owner, email="Supplier@personas.example", role="viewer") == (
        Conflict, "exists",
    )  # fmt: skip


def test_every_fault_of_an_invitation_at_once(supplier: Organisation, owner: Actor) -> None:
    with pytest.raises(Invalid) as error:
        joining.invite(supplier, actor=owner, email="no address", role="boss")
    assert [fault.pointer for fault in error.value.faults] == ["/email", "/role"]
    assert (Invitation.objects.count(), Mail.objects.count()) == (0, 0)


def test_only_owners_invite_and_see_invitations(supplier: Organisation, rival: Organisation, owner: Actor) -> None:
    invitation = joining.invite(supplier, actor=owner, email=NEW, role="viewer")
    bidder = people.person()
    people.member(supplier, bidder, "bidder")
    for actor in (
        actor_of_member(bidder, supplier),
        actor_of_member(rival.memberships.get().user, rival),
        actor_of_organisation(supplier, scopes=["bids:read"]),
        actor_of_person(bidder),
    ):
        assert refused(joining.invite, supplier, actor=actor, email="a@b.example", role="owner")[0] is NotAllowed
        assert refused(joining.take_back, invitation, actor=actor)[0] is NotAllowed
        assert list(visible_invitations(actor)) == []
    assert [seat.role for seat in visible_memberships(actor_of_member(bidder, supplier))] == ["owner", "bidder"]
    assert list(visible_memberships(actor_of_person(bidder))) == []


def test_twenty_invitations_a_day(supplier: Organisation, owner: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "A_DAY", 2)
    for number in range(2):
        joining.invite(supplier, actor=owner, email=f"p{number}@people.example", role="viewer")
    with pytest.raises(TooMany) as error:
        joining.invite(supplier, actor=owner, email=NEW, role="viewer")
    assert 86_000 < error.value.retry_after <= 86_401


@pytest.mark.django_db(transaction=True)
def test_a_link_used_twice_at_once_seats_one(supplier: Organisation, owner: Actor, newcomer: User) -> None:
    joining.invite(supplier, actor=owner, email=NEW, role="viewer")
    token, actor = token_of(), actor_of_person(newcomer)
    outcomes = race(lambda: joining.join(token, newcomer, actor=actor), times=3)
    assert [type(each) for each in outcomes].count(Membership) == 1
    assert {type(each) for each in outcomes} == {Membership, Gone}


def test_owners_change_roles_and_the_last_stays(supplier: Organisation, owner: Actor, newcomer: User) -> None:
    first = supplier.memberships.get()
    assert refused(organising.change_role, first, actor=owner, role="viewer") == (Conflict, "last_owner")
    assert refused(organising.leave, first, actor=owner) == (Conflict, "last_owner")
    second = people.member(supplier, newcomer, "viewer")
    assert organising.change_role(second, actor=owner, role="owner").role == "owner"
    organising.leave(first, actor=owner)
    assert [seat.user for seat in supplier.memberships.all()] == [newcomer]
    with pytest.raises(Invalid):
        organising.change_role(second, actor=actor_of_member(newcomer, supplier), role="boss")


def test_a_viewer_leaves_and_changes_nothing(supplier: Organisation, owner: Actor, newcomer: User) -> None:
    seat, first = people.member(supplier, newcomer, "viewer"), supplier.memberships.get(role="owner")
    actor = actor_of_member(newcomer, supplier)
    assert refused(organising.change_role, seat, actor=actor, role="owner")[0] is NotAllowed
    assert refused(organising.leave, first, actor=actor)[0] is NotAllowed
    organising.leave(seat, actor=actor)
    assert supplier.memberships.count() == 1


def test_invitations_of_an_owner_who_goes_hold_no_more(supplier: Organisation, owner: Actor, newcomer: User) -> None:
    people.member(supplier, newcomer, "owner")
    joining.invite(supplier, actor=owner, email="third@people.example", role="owner")
    organising.leave(supplier.memberships.get(user_id=owner.person_id), actor=owner)
    assert refused(joining.find, token_of("third@people.example")) == (Gone, "revoked")


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_go_at_once_do_not_both_go(supplier: Organisation, owner: Actor, newcomer: User) -> None:
    people.member(supplier, newcomer, "owner")
    seats = [(seat, actor_of_member(seat.user, supplier)) for seat in supplier.memberships.all()]

    def go() -> None:
        seat, actor = seats.pop()
        organising.leave(seat, actor=actor)

    outcomes = race(go, times=2)
    assert [each.code for each in outcomes if each is not None] == ["last_owner"]
    assert supplier.memberships.count() == 1
