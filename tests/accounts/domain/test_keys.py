"""Keys are shown once, found by hash, and stop working when they should."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.domain import keys
from accounts.models import ApiKey, Organisation, User
from accounts.policies import actor_of_member, actor_of_organisation, actor_of_person, visible_keys
from accounts.states import PERSON_SCOPES
from marketplace.audit.models import AuditRow
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.errors import Conflict, Invalid, NotAllowed
from tests.factories import people

pytestmark = pytest.mark.django_db


def owner_of(organisation: Organisation) -> Actor:
    return actor_of_member(organisation.memberships.get(role="owner").user, organisation)


def test_a_key_is_found_by_its_text(customer: User) -> None:
    key, text = keys.issue(customer, actor=actor_of_person(customer), name="laptop")
    assert re.fullmatch(r"bk_live_[A-Za-z0-9]{8}_[A-Za-z0-9]{43}", text)
    assert keys.find(text) == key
    assert (key.prefix, set(key.scopes), key.issued_by) == (text[:16], PERSON_SCOPES, customer)


def test_the_text_is_stored_nowhere(customer: User) -> None:
    key, text = keys.issue(customer, actor=actor_of_person(customer))
    secret = text.removeprefix(key.prefix)
    stored = repr(list(ApiKey.objects.values())) + repr(list(AuditRow.objects.values()))
    assert stored.count(key.sha256) == 1
    assert stored.count(secret.strip("_")) == 0


def test_a_sandbox_key_looks_like_one() -> None:
    sandbox = people.organisation(sandbox=True)
    assert keys.issue(sandbox, actor=owner_of(sandbox))[1].startswith("bk_test_")


@pytest.mark.parametrize("text", ["", "bk_", "bk_live_aaaaaaaa_bbbb", "nonsense", "bk_" + "x" * 200, "bk_live_é"])
def test_unknown_text_finds_nothing(customer: User, text: str) -> None:
    keys.issue(customer, actor=actor_of_person(customer))
    assert keys.find(text) is None


def test_only_scopes_of_the_holder(supplier: Organisation) -> None:
    with pytest.raises(Invalid) as refused:
        keys.issue(supplier, actor=owner_of(supplier), scopes=["bids:write", "data:read", "rfps:read"])
    assert [fault.code for fault in refused.value.faults] == ["scope_not_allowed"] * 2


def test_a_narrowed_key(supplier: Organisation) -> None:
    key, _text = keys.issue(supplier, actor=owner_of(supplier), scopes=["bids:read", "bids:read"])
    assert key.scopes == ["bids:read"]


def test_an_advocate_has_no_scopes_to_give() -> None:
    advocate = people.organisation(kind="advocate")
    with pytest.raises(Invalid):
        keys.issue(advocate, actor=SYSTEM)


def test_strangers_viewers_and_keys_issue_none(supplier: Organisation, customer: User, partner: User) -> None:
    people.member(supplier, customer, "viewer")
    refused = [
        (supplier, actor_of_member(customer, supplier)),
        (supplier, actor_of_person(customer)),
        (supplier, actor_of_organisation(supplier, scopes=["bids:write"])),
        (customer, actor_of_person(partner)),
        (customer, actor_of_person(customer, scopes=["data:read"])),
    ]
    for holder, actor in refused:
        with pytest.raises(NotAllowed):
            keys.issue(holder, actor=actor)
    assert ApiKey.objects.count() == 0


def test_a_key_cannot_be_born_dead(customer: User) -> None:
    with pytest.raises(Invalid):
        keys.issue(customer, actor=actor_of_person(customer), expires_at=timezone.now() - timedelta(seconds=1))


def test_a_key_has_a_short_name(customer: User) -> None:
    with pytest.raises(Invalid) as refused:
        keys.issue(customer, actor=actor_of_person(customer), name="x" * 101)
    assert [fault.pointer for fault in refused.value.faults] == ["/name"]


def test_keys_are_listed_to_those_who_manage_them(customer: User, partner: User, supplier: Organisation) -> None:
    hers, _text = keys.issue(customer, actor=SYSTEM)
    theirs, _text = keys.issue(supplier, actor=SYSTEM)
    people.member(supplier, customer, "viewer")
    actors = [actor_of_person(customer), owner_of(supplier), actor_of_member(customer, supplier)]
    assert [list(visible_keys(actor)) for actor in actors] == [[hers], [theirs], []]
    assert list(visible_keys(actor_of_person(partner))) == []


def test_a_revoked_key_is_dead_once(customer: User) -> None:
    key, text = keys.issue(customer, actor=actor_of_person(customer))
    keys.revoke(key, actor=actor_of_person(customer))
    assert keys.find(text) is None
    with pytest.raises(Conflict):
        keys.revoke(key, actor=actor_of_person(customer))


def test_only_the_holder_revokes(customer: User, partner: User) -> None:
    key, text = keys.issue(customer, actor=actor_of_person(customer))
    with pytest.raises(NotAllowed):
        keys.revoke(key, actor=actor_of_person(partner))
    assert keys.find(text) == key


def test_an_expired_key_is_dead(customer: User) -> None:
    key, text = keys.issue(customer, actor=actor_of_person(customer))
    ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert keys.find(text) is None


def test_keys_of_the_suspended_and_the_inactive_are_dead(supplier: Organisation, customer: User) -> None:
    _key, theirs = keys.issue(supplier, actor=SYSTEM)
    _key, hers = keys.issue(customer, actor=SYSTEM)
    Organisation.objects.filter(pk=supplier.pk).update(suspended_at=timezone.now())
    User.objects.filter(pk=customer.pk).update(is_active=False)
    assert (keys.find(theirs), keys.find(hers)) == (None, None)


def test_use_is_noted_once_a_minute(customer: User) -> None:
    key, text = keys.issue(customer, actor=actor_of_person(customer))
    keys.touch(key)
    fresh = keys.find(text)
    assert fresh is not None
    assert fresh.last_used_at is not None
    with CaptureQueriesContext(
        connection,
    ) as queries:
        keys.touch(fresh)
    assert len(queries) == 0
    ApiKey.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))
    stale = keys.find(text)
    assert stale is not None
    keys.touch(stale)
    key.refresh_from_db()
    assert key.last_used_at is not None
    assert timezone.now() - key.last_used_at < timedelta(seconds=30)
