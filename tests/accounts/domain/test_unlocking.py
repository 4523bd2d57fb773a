"""Letting in again who lost their passkeys and codes."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator

from accounts.domain.unlocking import unlock
from accounts.models import User
from accounts.policies import actor_of_person
from marketplace.audit.models import AuditRow
from marketplace.kernel.errors import Conflict, NotAllowed
from marketplace.mail.models import Mail


@pytest.fixture
def locked(customer: User) -> User:
    """The customer, whose account asks for more than one thing."""
    for kind in (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES):
        Authenticator.objects.create(user=customer, type=kind, data={})
    return customer


def test_operator_takes_every_passkey_and_code_off(locked: User, partner: User, operator: User) -> None:
    Authenticator.objects.create(user=partner, type=Authenticator.Type.TOTP, data={})
    unlock(locked, actor=actor_of_person(operator))
    assert [left.user for left in Authenticator.objects.all()] == [partner]
    assert locked.has_usable_password()
    row = AuditRow.objects.get(verb="person.unlocked")
    assert (row.actor_id, row.object_id) == (operator.public_id, locked.public_id)
    mail = Mail.objects.get(recipient=locked)
    assert "took all passkeys and codes off your account" in mail.body


def test_unlocking_twice_says_so(locked: User, operator: User) -> None:
    unlock(locked, actor=actor_of_person(operator))
    with pytest.raises(Conflict, match="neither passkeys nor codes"):
        unlock(locked, actor=actor_of_person(operator))
    assert Mail.objects.count() == 1


def test_nobody_else_unlocks_an_account(locked: User, partner: User) -> None:
    for person in (locked, partner):
        with pytest.raises(NotAllowed):
            unlock(locked, actor=actor_of_person(person))
    assert Authenticator.objects.count() == 2
    assert not Mail.objects.exists()
