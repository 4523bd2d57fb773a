"""Values in the data store, kept through the domain as a person would."""

from __future__ import annotations

from typing import Any

from accounts.datastore import catalogue
from accounts.datastore.domain import itemising, keeping, owning
from accounts.datastore.models import FieldValue, Item
from accounts.models import User
from accounts.policies import actor_of_person

# What must never reach a supplier before the award.
SECRETS = {
    "identity.full_name": "Morag Sutherland-Quill",
    "identity.birth_date": "1984-03-31",
    "contact.email": "morag@quill.example",
    "contact.phone": "+44 7700 900123",
    "home.address": {
        "@type": "PostalAddress",
        "streetAddress": "14 Leith Walk",
        "postalCode": "EH6 5DT",
        "addressLocality": "Edinburgh",
        "addressCountry": "GB",
    },
}


def value(user: User, field: str, content: Any, item: Item | None = None) -> FieldValue:
    """One live value of the person, or of their household where the fact belongs there."""
    owner = item.owner if item else owning.owner_of_facts(user, catalogue.field(field).belongs_to)
    return keeping.add(owner, actor=actor_of_person(user), field=field, value=content, item=item)


def secrets(user: User) -> dict[str, FieldValue]:
    """Everything that identifies the person directly."""
    return {field: value(user, field, content) for field, content in SECRETS.items()}


def item(user: User, kind: str = "vehicle", label: str = "The old Golf") -> Item:
    """A thing of the person's."""
    return itemising.add(owning.owner_for_person(user), actor=actor_of_person(user), kind=kind, label=label)
