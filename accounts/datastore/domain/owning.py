"""Owners of data and their keys: what is sealed for one owner cannot be opened as another's."""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction

from accounts.datastore import catalogue
from accounts.datastore.models import Item, Owner, OwnerKey
from accounts.models import Household, User
from accounts.policies import household_of
from marketplace.kernel import crypto

AAD_VERSION = "v1"


@transaction.atomic
def owner_for_person(user: User) -> Owner:
    """The person's owner row, made with a data key of its own on first use."""
    owner, created = Owner.objects.select_related("key").get_or_create(person=user)
    if created:
        _give_key(owner)
    return owner


@transaction.atomic
def owner_for_household(household: Household) -> Owner:
    """The household's owner row, made with a data key of its own on first use."""
    owner, created = Owner.objects.select_related("key").get_or_create(household=household)
    if created:
        _give_key(owner)
    return owner


def owner_of_facts(user: User, belongs_to: str) -> Owner:
    """Who keeps a fact that belongs to a "household" or a "person": the household while the person is in one."""
    if belongs_to == "household":
        home = household_of(user)
        if home is not None:
            return owner_for_household(home)
    return owner_for_person(user)


def owner_of_field(user: User, field: str, item: Item | None = None) -> Owner:
    """Who keeps a value of this field: the item's owner, else whoever the fact belongs to."""
    if item is not None:
        return item.owner
    known = catalogue.exists(field)
    return owner_of_facts(user, catalogue.field(field).belongs_to if known else "person")


def data_key(owner: Owner) -> bytes:
    """The owner's data key; raises DecryptionFailed when it was destroyed or its master key is not configured."""
    try:
        key = owner.key
    except OwnerKey.DoesNotExist as error:
        raise crypto.DecryptionFailed(f"owner {owner.public_id} has no key") from error
    return crypto.unwrap(key.master_name, bytes(key.wrapped), str(owner.public_id))


def seal_json(owner: Owner, context: str, value: Any) -> bytes:
    """`value` as JSON under the owner's key, bound to `v1|owner|context`."""
    plaintext = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return crypto.seal(data_key(owner), plaintext.encode(), _aad(owner, context))


def open_json(owner: Owner, context: str, sealed: crypto.Sealed) -> Any:
    """The opposite of seal_json; raises DecryptionFailed for another owner, another context or a changed byte."""
    plaintext = crypto.unseal(data_key(owner), bytes(sealed), _aad(owner, context))
    return json.loads(plaintext)


def _give_key(owner: Owner) -> None:
    name, wrapped = crypto.wrap(crypto.new_key(), str(owner.public_id))
    OwnerKey.objects.create(owner=owner, master_name=name, wrapped=wrapped)


def _aad(owner: Owner, context: str) -> str:
    return f"{AAD_VERSION}|{owner.public_id}|{context}"
