"""Values, items, fields and suppliers as JSON."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext

from accounts.datastore.catalogue import Field
from accounts.datastore.domain import itemising, keeping
from accounts.datastore.models import FieldValue, Item, Owner
from accounts.models import Organisation
from accounts.policies import valid_checks

DEFINED = (
    "label help group datatype unit item_kind belongs_to identifying sensitive special_category half_life_days "
    "depth_levels ladder dpv_iri schema_iri"
).split()


def value_json(value: FieldValue) -> dict[str, Any]:
    """A live value in clear, for those who hold it."""
    return {
        "id": str(value.public_id),
        "field": value.field,
        "item": str(value.item.public_id) if value.item else None,
        "value": keeping.read(value),
        "version": value.version,
        "owner": _owner(value.owner),
        "source": value.source,
        "observed_at": value.observed_at,
        "confirmed_at": value.confirmed_at,
        "created_at": value.created_at,
    }


def item_json(item: Item) -> dict[str, Any]:
    """A thing under the name that its owner gave it."""
    return {
        "id": str(item.public_id),
        "kind": item.kind,
        "label": itemising.label_of(item),
        "owner": _owner(item.owner),
        "created_at": item.created_at,
    }


def field_json(field: Field) -> dict[str, Any]:
    """A kind of fact."""
    said = {"label": gettext(field.label), "help": gettext(field.help)}
    return {"field": field.key, **{name: getattr(field, name) for name in DEFINED}, **said}


def supplier_json(organisation: Organisation) -> dict[str, Any]:
    """The public record: what the supplier says of itself, and what operators found true."""
    profile = getattr(organisation, "supplier", None)
    checks = valid_checks().filter(organisation=organisation).order_by("kind", "valid_until_on")
    return {
        "id": str(organisation.public_id),
        "name": organisation.name,
        "legal_name": organisation.legal_name,
        "country": organisation.country,
        "description": profile.description if profile else "",
        "website": profile.website if profile else "",
        "capabilities": profile.capabilities if profile else [],
        "checks": list(checks.values("kind", "valid_from_on", "valid_until_on")),
        "created_at": organisation.created_at,
    }


def _owner(owner: Owner) -> str:
    return "household" if owner.household_id else "person"
