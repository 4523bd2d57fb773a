"""Values are kept in versions, sealed, and live at most once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.datastore.domain import itemising, keeping, owning
from accounts.datastore.models import FieldValue
from accounts.datastore.policies import visible_values
from accounts.models import HouseholdMember, Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person
from accounts.signals import value_changed
from marketplace.audit.models import AuditRow
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.crypto import DecryptionFailed
from marketplace.kernel.errors import Conflict, Invalid, NotAllowed
from tests.factories import datastore, people
from tests.racing import race

pytestmark = pytest.mark.django_db

KWH = "energy.kwh_per_year"


def add(user: User, field: str = KWH, value: Any = 3412, **more: Any) -> FieldValue:
    return keeping.add(owning.owner_for_person(user), actor=actor_of_person(user), field=field, value=value, **more)


def test_a_value_is_kept_sealed(customer: User) -> None:
    kept = add(customer, "identity.full_name", "Morag Sutherland-Quill")
    assert (kept.version, kept.source, keeping.read(kept)) == (1, "provided", "Morag Sutherland-Quill")
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(v::text, ' ') FROM datastore_fieldvalue v")
        stored = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(v::text, ' ') FROM audit_auditrow v")
        stored += cursor.fetchone()[0]
    assert (stored.count("Morag"), stored.count("Quill")) == (0, 0)


def test_one_live_value_per_field(customer: User) -> None:
    add(customer)
    with pytest.raises(Conflict) as refused:
        add(customer, value=9)
    assert (refused.value.code, FieldValue.objects.count()) == ("exists", 1)


def test_a_correction_is_a_new_version(customer: User) -> None:
    first = add(customer)
    second = keeping.correct(first, actor=actor_of_person(customer), value=3500)
    assert (second.version, second.supersedes, keeping.read(second)) == (2, first, 3500)
    first.refresh_from_db()
    assert (keeping.read(first), first.ended_at is None, first.withdrawn_at) == (3412, False, None)
    assert keeping.live_value(second.owner, KWH) == second


def test_an_old_version_is_not_corrected_again(customer: User) -> None:
    first = add(customer)
    keeping.correct(first, actor=actor_of_person(customer), value=3500)
    for attempt in (
        lambda: keeping.correct(first, actor=actor_of_person(customer), value=3600),
        lambda: keeping.withdraw(first, actor=actor_of_person(customer)),
    ):
        with pytest.raises(Conflict) as refused:
            attempt()
        assert refused.value.code == "superseded"


def test_a_withdrawn_value_may_be_given_again(customer: User) -> None:
    first = add(customer)
    keeping.withdraw(first, actor=actor_of_person(customer))
    assert keeping.live_value(first.owner, KWH) is None
    assert list(visible_values(actor_of_person(customer))) == []
    assert add(customer, value=3000).version == 2


def test_content_is_checked_with_pointers(customer: User) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    with pytest.raises(Invalid) as refused:
        add(customer, "home.address", {"street": "x"}, observed_at=tomorrow)
    pointers = {fault.pointer for fault in refused.value.faults}
    assert pointers == {"/value/street", "/value/streetAddress", "/observed_at"}


def test_an_unknown_field_is_invalid(customer: User) -> None:
    with pytest.raises(Invalid) as refused:
        add(customer, "identity.shoe_size")
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/field", "unknown_field")]


def test_a_correction_is_checked_too(customer: User) -> None:
    first = add(customer)
    with pytest.raises(Invalid):
        keeping.correct(first, actor=actor_of_person(customer), value="a lot")
    assert keeping.live_value(first.owner, KWH) == first


def test_nobody_else_keeps_my_values(customer: User, partner: User, supplier: Organisation) -> None:
    first = add(customer)
    for actor in (actor_of_person(partner), actor_of_organisation(supplier), SYSTEM):
        with pytest.raises(NotAllowed):
            keeping.add(first.owner, actor=actor, field="household.size", value=2)
        with pytest.raises(NotAllowed):
            keeping.correct(first, actor=actor, value=1)
        with pytest.raises(NotAllowed):
            keeping.withdraw(first, actor=actor)
    assert list(visible_values(actor_of_person(partner))) == []


def test_values_about_items(customer: User, partner: User) -> None:
    golf, polo = datastore.item(customer), datastore.item(customer, label="Polo")
    first = add(customer, "mobility.vehicle_year", 2014, item=golf)
    second = add(customer, "mobility.vehicle_year", 2019, item=polo)
    assert (keeping.read(first), keeping.read(second), itemising.label_of(golf)) == (2014, 2019, "The old Golf")
    for field, wrong in (("mobility.vehicle_year", datastore.item(partner)), (KWH, golf)):
        with pytest.raises(Invalid) as refused:
            add(customer, field, 2014, item=wrong)
        assert refused.value.faults[0].pointer == "/item"


def test_the_items_values_go_with_it(customer: User) -> None:
    golf = datastore.item(customer)
    add(customer, "mobility.vehicle_year", 2014, item=golf)
    told: list[FieldValue] = []

    def listen(value: FieldValue, **signal: Any) -> None:
        told.append(value)

    value_changed.connect(listen)
    itemising.end(golf, actor=actor_of_person(customer))
    value_changed.disconnect(listen)
    assert FieldValue.objects.get().withdrawn_at is not None
    assert told == [FieldValue.objects.get()]
    assert [row.verb for row in AuditRow.objects.order_by("-id")[:2]] == ["item.ended", "value.withdrawn"]
    with pytest.raises(Conflict):
        itemising.end(golf, actor=actor_of_person(customer))


@pytest.mark.parametrize(
    ("kind", "label", "pointers"),
    [("boat", " ", ["/kind", "/label"]), ("vehicle", "x" * 121, ["/label"])],
)
def test_an_item_needs_kind_and_label(customer: User, kind: str, label: str, pointers: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        datastore.item(customer, kind=kind, label=label)
    assert [fault.pointer for fault in refused.value.faults] == pointers


def test_facts_of_the_item_are_read_from_the_item(customer: User) -> None:
    golf = datastore.item(customer)
    mileage = add(customer, "mobility.vehicle_mileage_km", 120000, item=golf)
    add(customer, "mobility.vehicle_year", 2020)
    size = add(customer, "household.size", 3)
    fields = ["mobility.vehicle_mileage_km", "mobility.vehicle_year", "household.size", "no.such"]
    found = keeping.live_values([mileage.owner], fields, item=golf)
    assert found == {"mobility.vehicle_mileage_km": mileage, "household.size": size}


def test_the_households_fact_goes_before_my_own(customer: User, partner: User) -> None:
    own = add(customer)
    shared = datastore.value(partner, KWH, 5000)
    home = HouseholdMember.objects.get(user=customer).household
    assert shared.owner == owning.owner_for_household(home)
    assert keeping.live_values([own.owner, shared.owner], [KWH]) == {KWH: shared}
    assert keeping.live_values([shared.owner, own.owner], [KWH]) == {KWH: shared}
    assert keeping.live_values([own.owner], [KWH]) == {KWH: own}


def test_swapped_ciphertexts_do_not_open(customer: User, partner: User) -> None:
    hers = add(customer, "contact.phone", "+44 7700 900123")
    his = add(partner, "contact.phone", "+44 7700 900456")
    hers.ciphertext, his.ciphertext = his.ciphertext, hers.ciphertext
    for value in (hers, his):
        with pytest.raises(DecryptionFailed):
            keeping.read(value)


def test_an_old_versions_ciphertext_does_not_open_as_the_new(customer: User) -> None:
    first = add(customer)
    second = keeping.correct(first, actor=actor_of_person(customer), value=3500)
    second.ciphertext = first.ciphertext
    with pytest.raises(DecryptionFailed):
        keeping.read(second)


def test_versions_are_immutable_in_the_database(customer: User) -> None:
    first = add(customer)
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        FieldValue.objects.filter(pk=first.pk).update(ciphertext=b"x")


def test_every_change_is_told_and_recorded(customer: User) -> None:
    told: list[int] = []

    def listen(sender: object, value: FieldValue, **_kwargs: Any) -> None:
        told.append(value.version)

    value_changed.connect(listen)
    first = add(customer)
    second = keeping.correct(first, actor=actor_of_person(customer), value=1)
    keeping.withdraw(second, actor=actor_of_person(customer))
    value_changed.disconnect(listen)
    rows = AuditRow.objects.order_by("id").values_list("verb", "actor_id", "details")
    assert told == [1, 2, 2]
    assert list(rows) == [
        ("value.added", customer.public_id, {"field": KWH, "version": 1}),
        ("value.corrected", customer.public_id, {"field": KWH, "version": 2}),
        ("value.withdrawn", customer.public_id, {"field": KWH, "version": 2}),
    ]


@pytest.mark.django_db(transaction=True)
def test_of_two_adds_at_once_one_wins(customer: User) -> None:
    owning.owner_for_person(customer)
    outcomes = race(lambda: add(customer), times=4)
    refused = [outcome.code for outcome in outcomes if isinstance(outcome, Conflict)]
    assert (refused, FieldValue.objects.count()) == (["exists"] * 3, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_corrections_at_once_one_wins(customer: User) -> None:
    first = add(customer)
    outcomes = race(lambda: keeping.correct(first, actor=actor_of_person(customer), value=1), times=4)
    refused = [outcome.code for outcome in outcomes if isinstance(outcome, Conflict)]
    assert refused == ["superseded"] * 3
    assert FieldValue.objects.get(ended_at__isnull=True).version == 2


def test_write_adds_the_first_and_corrects_what_was_read(customer: User) -> None:
    owner, actor = owning.owner_for_person(customer), actor_of_person(customer)
    first = keeping.write(owner, actor=actor, field="household.size", value=2)
    second = keeping.write(owner, actor=actor, field="household.size", value=3, version=first.version)
    assert keeping.read(second) == 3
    with pytest.raises(Conflict) as late:
        keeping.write(owner, actor=actor, field="household.size", value=4, version=first.version)
    assert late.value.code == "superseded"
    with pytest.raises(Conflict) as twice:
        keeping.write(owner, actor=actor, field="household.size", value=4)
    assert twice.value.code == "exists"
    with pytest.raises(NotAllowed):
        keeping.write(owner, actor=actor_of_person(people.person()), field="household.size", value=4, version=9)
