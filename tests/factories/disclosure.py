"""Requests that show facts, and suppliers who accepted their terms."""

from __future__ import annotations

from typing import Any

from accounts.models import Organisation, User
from accounts.policies import actor_of_organisation
from rfps.delivery.models import Opportunity
from rfps.disclosure.domain import accepting
from rfps.disclosure.models import Terms
from rfps.models import RequestedField, Rfp
from tests.factories import delivery

# What the tests' request shows from which stage on.
FIELDS = {
    "energy.kwh_per_year": "S1",
    "identity.birth_date": "S1",
    "home.address": "S2",
    "identity.full_name": "S3",
    "contact.phone": "S3",
}


def terms(slug: str, version: str = "1") -> Terms:
    """This version of the agreement, or a short one of the tests' own."""
    given = {"title": slug, "text": f"Text of {slug} {version}.", "sha256": f"{slug}{version}".ljust(64, "0")}
    return Terms.objects.get_or_create(slug=slug, version=version, defaults=given)[0]


def request(customer: User, *, fields: dict[str, str] | None = None, **facts: Any) -> Rfp:
    """An open request that shows these fields from these stages on."""
    terms("PDC-INTENT")
    rfp = delivery.open_rfp(customer, **facts)
    assert rfp.current is not None
    RequestedField.objects.bulk_create(
        RequestedField(version=rfp.current, field=field, stage=stage) for field, stage in (fields or FIELDS).items()
    )
    return rfp


def opportunity(rfp: Rfp, supplier: Organisation, *, accepted: bool = True) -> Opportunity:
    """The request fits the supplier, who accepted its terms unless told otherwise."""
    made = delivery.opportunity(rfp, supplier)
    if accepted:
        accepting.accept(made, actor=actor_of_organisation(supplier), terms="PDC-INTENT")
    return made
