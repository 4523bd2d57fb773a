"""What a guest asked for goes on saying the same in the account that takes it over."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.domain import guesting
from accounts.models import Organisation, User
from accounts.policies import actor_of_person
from rfps.domain import blocking, drafting
from rfps.models import Block, Rfp
from tests.factories import datastore, people, rfps
from tests.racing import race

pytestmark = pytest.mark.django_db
# What changes with the moment is no part of what was said.
MOMENTARY = ("closes_at", "decides_by")


@pytest.fixture
def guest(db: None) -> User:
    return people.guest()


def said(draft: Rfp) -> dict[str, Any]:
    body = drafting.content_of(rfps.again(draft)).body
    return {name: value for name, value in body.items() if name not in MOMENTARY}


def asked(user: User) -> Rfp:
    """A draft that leaves all to the template and to what the person keeps."""
    body = {"category": "energy/electricity", "answers": {}, "closes_at": rfps.soon()}
    return drafting.draft(actor=actor_of_person(user), body=body)


def test_a_draft_says_what_it_said_though_the_account_keeps_other_values(guest: User, customer: User) -> None:
    for user, postcode, size, kwh in ((guest, "EH1 1AA", 2, 3400), (customer, "EH6 5DT", 4, 5200)):
        datastore.value(user, "home.postcode", postcode)
        datastore.value(user, "household.size", size)
        datastore.value(user, "energy.kwh_per_year", kwh)
    draft, other = asked(guest), asked(customer)
    before, others = said(draft), said(other)
    assert before != others
    assert guesting.adopt(guest, account=customer)
    assert (said(draft), said(other)) == (before, others)
    changed = drafting.change(rfps.again(draft), actor=actor_of_person(customer), body={"title": "Power"})
    assert drafting.content_of(changed).body["title"] == "Power"


def test_a_draft_leaves_to_the_template_what_it_left_to_it(guest: User, customer: User) -> None:
    datastore.value(guest, "energy.kwh_per_year", 3400)
    draft = asked(guest)
    before, given = said(draft), drafting.given_of(draft)
    assert guesting.adopt(guest, account=customer)
    moved = Rfp.objects.select_related("owner__key").get(pk=draft.pk)
    assert (said(draft), drafting.given_of(moved)) == (before, given)
    assert moved.revision == draft.revision + 1


def test_every_draft_and_copy_moves(guest: User, customer: User) -> None:
    first = rfps.draft(guest)
    second = drafting.copy(first, actor=actor_of_person(guest))
    assert guesting.adopt(guest, account=customer)
    assert set(Rfp.objects.filter(customer=customer, owner__person=customer)) == {first, second}
    assert rfps.again(second).copy_of == first


def test_blocks_move_once(guest: User, customer: User, supplier: Organisation, rival: Organisation) -> None:
    for user, organisation in ((guest, supplier), (guest, rival), (customer, rival)):
        blocking.block(organisation, actor=actor_of_person(user))
    assert guesting.adopt(guest, account=customer)
    assert set(Block.objects.values_list("owner__person", "organisation")) == {
        (customer.pk, supplier.pk),
        (customer.pk, rival.pk),
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_again", range(4))
def test_a_change_saved_at_the_same_time_is_kept(_again: int) -> None:
    guest, account = people.guest(), people.person()
    draft, actor = rfps.draft(guest), actor_of_person(guest)
    tabs = ["saves", "signs in"]

    def act() -> object:
        if tabs.pop() == "saves":
            return drafting.change(draft, actor=actor, body={"title": "Power"})
        return guesting.adopt(guest, account=account)

    outcomes = race(act, times=2)
    assert [each for each in outcomes if isinstance(each, Exception)] == []
    moved = Rfp.objects.select_related("owner__key").get()
    assert (moved.customer, drafting.given_of(moved)["title"]) == (account, "Power")


def test_a_published_request_never_changes_hands(customer: User) -> None:
    open_one = rfps.published(customer)
    other = datastore.value(people.person(), "household.size", 1).owner
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        Rfp.objects.filter(pk=open_one.pk).update(owner=other)
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        Rfp.objects.filter(pk=rfps.draft(customer).pk).update(owner=other, sandbox=True)
