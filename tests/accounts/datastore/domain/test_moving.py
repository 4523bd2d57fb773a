"""What one owner keeps is sealed anew for another."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction

from accounts.datastore.domain import itemising, keeping, moving, owning
from accounts.datastore.models import FieldValue, Owner, OwnerKey
from accounts.datastore.states import Source
from accounts.models import User
from accounts.policies import actor_of_person
from accounts.signals import value_changed
from marketplace.kernel.crypto import DecryptionFailed
from tests.factories import datastore, people

pytestmark = pytest.mark.django_db


def test_moved_values_open_for_the_new_owner_alone(customer: User) -> None:
    giver = people.person()
    car = datastore.item(giver)
    for field, content, item in (("household.size", 2, None), ("mobility.vehicle_make", "VW", car)):
        datastore.value(giver, field, content, item)
    source, target = giver.data_owner, owning.owner_for_person(customer)
    assert moving.take_over(source, target, known=[target]) == {}
    moved = FieldValue.objects.select_related("owner__key", "item__owner__key").order_by("pk")
    assert {keeping.read(value) for value in moved} == {2, "VW"}
    assert {value.owner for value in moved} == {target}
    assert itemising.label_of(next(value.item for value in moved if value.item)) == "The old Golf"
    for value in moved:
        value.owner = source
        with pytest.raises(DecryptionFailed):
            keeping.read(value)


def test_dates_and_origin_move_along(customer: User) -> None:
    giver = people.person()
    old = datastore.value(giver, "household.size", 2)
    FieldValue.objects.filter(pk=old.pk).update(confirmed_at=old.observed_at)
    target = owning.owner_for_person(customer)
    moving.take_over(giver.data_owner, target, known=[target])
    moved = FieldValue.objects.get()
    assert (moved.public_id, moved.observed_at, moved.confirmed_at) == (old.public_id, old.observed_at, old.observed_at)
    assert (moved.source, moved.version) == (Source.PROVIDED, 1)


def test_each_live_value_is_told_once(customer: User) -> None:
    giver, told = people.person(), []
    value = keeping.correct(datastore.value(giver, "household.size", 2), actor=actor_of_person(giver), value=3)

    def listen(value: FieldValue, **_signal: object) -> None:
        told.append(value.public_id)

    target = owning.owner_for_person(customer)
    value_changed.connect(listen)
    moving.take_over(giver.data_owner, target, known=[target])
    value_changed.disconnect(listen)
    assert told == [value.public_id]


def test_a_withdrawn_history_moves_unless_something_lives_there(customer: User) -> None:
    giver = people.person()
    keeping.withdraw(datastore.value(giver, "household.size", 2), actor=actor_of_person(giver))
    datastore.value(customer, "household.size", 4)
    target = customer.data_owner
    assert moving.take_over(giver.data_owner, target, known=[target]) == {}
    assert FieldValue.objects.filter(owner=target).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_value_added_meanwhile_stays(transactional_db: None) -> None:
    giver, taker = people.person(), people.person()
    datastore.value(giver, "household.size", 2)
    target = owning.owner_for_person(taker)
    added = threading.Event()

    def add() -> None:
        with transaction.atomic():
            datastore.value(taker, "household.size", 4)
            added.set()
            time.sleep(0.5)
        connection.close()

    thread = threading.Thread(target=add)
    thread.start()
    assert added.wait(timeout=30)
    spared = moving.take_over(giver.data_owner, target, known=[target])
    thread.join(timeout=30)
    assert spared == {"household.size": 2}
    assert keeping.read(FieldValue.objects.select_related("owner__key", "item").get(owner=target)) == 4


def test_a_destroyed_owner_takes_every_version_and_the_key(customer: User) -> None:
    value = datastore.value(customer, "household.size", 2)
    keeping.correct(value, actor=actor_of_person(customer), value=3)
    moving.destroy(value.owner)
    assert [model.objects.count() for model in (FieldValue, Owner, OwnerKey)] == [0, 0, 0]
