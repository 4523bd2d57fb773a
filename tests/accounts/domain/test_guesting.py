"""Guests: begun, extended, turned into accounts, adopted by accounts, forgotten with all that was theirs."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.datastore.domain import itemising, keeping, owning
from accounts.datastore.models import FieldValue, Item, Owner, OwnerKey
from accounts.domain import guesting, keys, organising, sharing
from accounts.models import User
from accounts.policies import actor_of_organisation, actor_of_person
from accounts.tasks import forget_guests
from marketplace.audit.models import AuditRow, Seal
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import Conflict, NotAllowed
from marketplace.kernel.locks import try_lock
from marketplace.mail import queueing, sending
from marketplace.mail.models import Mail
from rfps.domain import drafting, previewing, publishing
from rfps.models import Rfp
from tests.factories import datastore, people, rfps
from tests.racing import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def guest(db: None) -> User:
    return people.guest()


def stored(user: User) -> dict[tuple[str, str], Any]:
    """Everything live that the person keeps, in clear, by field and the item's name."""
    rows = FieldValue.objects.select_related("owner__key", "item__owner__key")
    live = rows.filter(owner__person=user, ended_at__isnull=True)
    return {(row.field, itemising.label_of(row.item) if row.item else ""): keeping.read(row) for row in live}


def counts() -> dict[str, int]:
    """How many rows of every model there are, the record of changes apart."""
    models = [model for model in apps.get_models() if model not in (AuditRow, Seal)]
    return {model._meta.label: model._default_manager.count() for model in models}


def busy(guest: User) -> Rfp:
    """A guest who keeps a corrected value, a thing with values, and a draft about it."""
    actor = actor_of_person(guest)
    first = datastore.value(guest, "home.postcode", "EH6 5DT")
    keeping.correct(first, actor=actor, value="EH1 1AA")
    datastore.secrets(guest)
    car = datastore.item(guest)
    wrong = datastore.value(guest, "mobility.vehicle_mileage_km", 9000, item=car)
    keeping.correct(wrong, actor=actor, value=12000)
    return rfps.draft(guest, item=str(car.public_id))


def test_a_guest_is_a_person_who_cannot_sign_in(guest: User) -> None:
    assert (guest.is_guest, guest.email, guest.is_active, guest.has_usable_password()) == (True, None, False, False)
    assert guest.guest_until is not None
    assert timedelta(days=6.9) < guest.guest_until - timezone.now() < timedelta(days=7.1)
    assert guest.data_owner.key.wrapped
    assert AuditRow.objects.get().verb == "guest.began"


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "guest@people.example"},
        {"guest_until": None},
        {"is_active": True},
        {"is_staff": True},
        {"is_superuser": True},
    ],
)
def test_no_row_is_half_a_guest(guest: User, changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=guest.pk).update(**changes)


def test_a_person_with_an_address_is_no_guest(customer: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=customer.pk).update(guest_until=timezone.now())


def test_the_token_names_its_guest_alone(guest: User) -> None:
    token = guesting.token_of(guest)
    other = people.guest()
    assert guesting.guest_with(token) == guest
    forged = token.replace(str(guest.public_id), str(other.public_id))
    for wrong in (forged, token[:-1], str(guest.public_id), "", "x:y", "\x00", f"{other.public_id}:{token}"):
        assert guesting.guest_with(wrong) is None


def test_the_token_is_worth_nothing_later(guest: User) -> None:
    token = guesting.token_of(guest)
    people.expired(guest)
    assert guesting.guest_with(token) is None
    again = people.guest()
    token = guesting.token_of(again)
    guesting.become(again, email="new@people.example")
    assert guesting.guest_with(token) is None


def test_use_extends_the_time_at_most_once_a_day(guest: User) -> None:
    assert guesting.extend(guest) is False
    User.objects.filter(pk=guest.pk).update(guest_until=timezone.now() + timedelta(days=2))
    guest.refresh_from_db()
    assert [guesting.extend(guest), guesting.extend(guest)] == [True, False]
    assert guesting.extend(people.expired(guest)) is False


def test_a_guest_keeps_drafts_and_looks_like_anybody(guest: User, customer: User) -> None:
    for user in (guest, customer):
        busy(user)
    drafts = [Rfp.objects.get(customer=user) for user in (guest, customer)]
    assert stored(guest) == stored(customer)
    assert previewing.audience(drafts[0]) == previewing.audience(drafts[1])
    shown = [previewing.preview(draft, "S3", actor=actor_of_person(draft.customer)) for draft in drafts]
    assert shown[0]["disclosed"] == shown[1]["disclosed"]
    assert publishing.gaps(drafts[0]) == publishing.gaps(drafts[1])
    changed = drafting.change(drafts[0], actor=actor_of_person(guest), body={"title": "Power"})
    assert drafting.content_of(changed).body["title"] == "Power"


def test_a_guest_publishes_nothing(guest: User) -> None:
    draft = rfps.draft(guest)
    with pytest.raises(NotAllowed) as refused:
        publishing.publish(draft, actor=actor_of_person(guest))
    assert (refused.value.code, rfps.again(draft).phase) == ("guest", "draft")


def test_a_guest_joins_nobody_and_holds_no_key(guest: User, customer: User, supplier: Any) -> None:
    own = actor_of_person(guest)
    home = sharing.create(customer, actor=SYSTEM, name="Leith")
    for act in (
        lambda: keys.issue(guest, actor=own),
        lambda: keys.issue(guest, actor=SYSTEM),
        lambda: sharing.create(guest, actor=own, name="Mine"),
        lambda: sharing.join(home, guest, actor=SYSTEM),
        lambda: organising.found(guest, actor=own, kind="supplier", name="Mine"),
        lambda: organising.admit(supplier, guest, actor=actor_of_organisation(supplier), role="viewer"),
    ):
        with pytest.raises(NotAllowed):
            act()
    for name in ("", "None", str(guest.public_id)):
        with pytest.raises(CommandError):
            call_command("issue_api_key", name)


def test_a_guest_gets_no_mail(guest: User) -> None:
    queueing.queue(guest.pk, kind="bid.received", subject="Hello", body="You", dedupe_key="one")
    assert sending.send_due() == 0
    assert (mail.outbox, Mail.objects.get().failed_at is None) == ([], False)


def test_a_guest_becomes_an_account_with_all_that_is_theirs(guest: User) -> None:
    draft, before, key = busy(guest), stored(guest), bytes(guest.data_owner.key.wrapped)
    account = guesting.become(guest, email=" New@People.example ")
    assert (account.pk, account.email, account.is_guest, account.is_active) == (
        guest.pk,
        "new@people.example",
        False,
        True,
    )
    assert (stored(account), bytes(OwnerKey.objects.get().wrapped)) == (before, key)
    address = EmailAddress.objects.get(user=account)
    assert (address.email, address.verified, address.primary) == ("new@people.example", True, True)
    assert account.has_usable_password() is False
    assert AuditRow.objects.filter(verb="guest.became", object_id=account.public_id).count() == 1
    assert publishing.publish(draft, actor=actor_of_person(account)).phase == "open"


def test_becoming_twice_is_one_account(guest: User) -> None:
    first = guesting.become(guest, email="new@people.example")
    assert guesting.become(guest, email="new@people.example") == first
    assert EmailAddress.objects.count() == 1
    with pytest.raises(Conflict) as refused:
        guesting.become(people.guest(), email="NEW@people.example")
    assert refused.value.code == "exists"
    assert User.objects.filter(guest_until__isnull=False).count() == 1


def test_whoever_is_new_gets_an_account_without_a_guest(db: None) -> None:
    account = guesting.become(None, email="new@people.example")
    assert (account.has_usable_password(), guesting.account_of("NEW@people.example")) == (False, account)


def test_an_address_is_its_prover_s(customer: User) -> None:
    thief = people.person("thief@personas.example")
    EmailAddress.objects.create(user=thief, email="claimed@people.example", verified=False)
    assert guesting.account_of("claimed@people.example") is None
    EmailAddress.objects.create(user=customer, email="claimed@people.example", verified=True)
    assert guesting.account_of("claimed@people.example") == customer


def test_a_password_set_before_the_address_was_proved_is_void(customer: User) -> None:
    address = EmailAddress.objects.create(user=customer, email=str(customer.email))
    guesting.prove(customer, email=str(customer.email))
    address.refresh_from_db()
    customer.refresh_from_db()
    assert (address.verified, address.primary, customer.has_usable_password()) == (True, True, False)


def test_an_account_of_old_keeps_its_password(customer: User) -> None:
    for _ in range(2):
        guesting.prove(customer, email=str(customer.email))
    customer.refresh_from_db()
    assert customer.has_usable_password() is True
    assert EmailAddress.objects.get().verified is True


def test_an_account_adopts_a_guest(guest: User, customer: User) -> None:
    draft, before, ids = busy(guest), stored(guest), set(FieldValue.objects.values_list("public_id", flat=True))
    car = Item.objects.get()
    assert guesting.adopt(guest, account=customer) is True
    assert stored(customer) == before
    assert (Owner.objects.get().person, OwnerKey.objects.count(), Item.objects.get()) == (customer, 1, car)
    assert set(FieldValue.objects.values_list("public_id", flat=True)) == ids
    history = FieldValue.objects.filter(field="home.postcode").order_by("version")
    assert [keeping.read(row) for row in history] == ["EH6 5DT", "EH1 1AA"]
    assert history[1].supersedes == history[0]
    assert User.objects.filter(pk=guest.pk).exists() is False
    moved = rfps.again(draft)
    assert (moved.customer, moved.owner.person, moved.item, moved.pk) == (customer, customer, car, draft.pk)
    row = AuditRow.objects.get(verb="guest.adopted")
    assert (row.actor_id, row.details["guest"]) == (customer.public_id, str(guest.public_id))
    assert publishing.publish(moved, actor=actor_of_person(customer)).phase == "open"


def test_what_the_account_keeps_stays(guest: User, customer: User) -> None:
    datastore.value(customer, "home.postcode", "EH6 5DT")
    old = datastore.value(customer, "household.size", 4)
    keeping.withdraw(old, actor=actor_of_person(customer))
    datastore.value(guest, "home.postcode", "EH1 1AA")
    datastore.value(guest, "household.size", 2)
    assert guesting.adopt(guest, account=customer) is True
    assert stored(customer) == {("home.postcode", ""): "EH6 5DT", ("household.size", ""): 2}
    assert keeping.live_value(customer.data_owner, "household.size").version == 2
    assert AuditRow.objects.get(verb="guest.adopted").details["kept_apart"] == ["home.postcode"]


def test_what_the_household_keeps_stays_and_learns_nothing(guest: User, customer: User, partner: User) -> None:
    shared = datastore.value(partner, "home.postcode", "EH6 5DT")
    datastore.value(guest, "home.postcode", "EH1 1AA")
    datastore.value(guest, "energy.kwh_per_year", 3400)
    assert guesting.adopt(guest, account=customer) is True
    assert FieldValue.objects.get(field="home.postcode") == shared
    assert stored(customer) == {("energy.kwh_per_year", ""): 3400}
    assert stored(partner) == {}


def test_only_a_live_guest_is_adopted_and_never_by_a_guest(guest: User, customer: User) -> None:
    busy(guest)
    assert guesting.adopt(guest, account=people.guest()) is False
    assert guesting.adopt(customer, account=people.person()) is False
    assert guesting.adopt(people.expired(guest), account=customer) is False
    assert stored(customer) == {}


def test_an_expired_guest_goes_without_a_trace(customer: User) -> None:
    busy(customer)
    living = people.guest()
    busy(living)
    before = counts()
    guest = people.guest()
    busy(guest)
    wrapped = bytes(guest.data_owner.key.wrapped)
    people.expired(guest)
    forget_guests()
    forget_guests()
    assert counts() == before
    assert wrapped not in [bytes(key.wrapped) for key in OwnerKey.objects.all()]
    tombstone = AuditRow.objects.get(verb="guest.expired")
    assert (tombstone.object_id, tombstone.details, tombstone.actor_kind) == (guest.public_id, {}, "system")
    rows = json.dumps([row.details for row in AuditRow.objects.all()])
    assert [word for word in ("Morag", "Leith", "EH1", "7700", "Golf") if word in rows] == []
    assert stored(living) == stored(customer)


def test_many_expired_guests_go_in_chunks(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guesting, "CHUNK", 2)
    for _ in range(5):
        people.expired(people.guest())
    assert (guesting.forget_expired(), User.objects.count(), Owner.objects.count()) == (5, 0, 0)


def test_an_adopted_guest_leaves_no_row(guest: User, customer: User) -> None:
    owning.owner_for_person(customer)
    people.guest()
    before = counts()
    other = people.guest()
    guesting.adopt(other, account=customer)
    assert counts() == before


@pytest.mark.django_db(transaction=True)
def test_two_tabs_becoming_at_once_are_one_account() -> None:
    guest = people.guest()
    busy(guest)
    outcomes = race(lambda: guesting.become(guest, email="new@people.example"), times=4)
    assert outcomes == [guest] * 4
    assert (User.objects.count(), EmailAddress.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_guests_at_once_with_one_address_are_one_account() -> None:
    guests = [people.guest() for _ in range(3)]
    waiting = list(guests)
    outcomes = race(lambda: guesting.become(waiting.pop(), email="new@people.example"), times=3)
    assert sorted(type(each).__name__ for each in outcomes) == ["Conflict", "Conflict", "User"]
    assert User.objects.filter(guest_until__isnull=False).count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_guest_is_adopted_once() -> None:
    guest, accounts = people.guest(), [people.person() for _ in range(4)]
    busy(guest)
    waiting = list(accounts)
    outcomes = race(lambda: guesting.adopt(guest, account=waiting.pop()), times=4)
    assert sorted(map(str, outcomes)) == ["False", "False", "False", "True"]
    assert Rfp.objects.get().customer in accounts
    assert sum(bool(stored(account)) for account in accounts) == 1


@pytest.mark.django_db(transaction=True)
def test_the_sweep_runs_once_at_a_time() -> None:
    people.expired(people.guest())
    with transaction.atomic():
        assert try_lock("accounts.forget_guests")
        assert race(guesting.forget_expired, times=1) == [0]
    assert sorted(race(guesting.forget_expired, times=3))[-1] == 1
    assert User.objects.count() == 0
    connection.close()
