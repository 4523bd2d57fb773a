"""The closed lists of who people and organisations are."""

from __future__ import annotations

from django.db import models


class OrganisationKind(models.TextChoices):
    SUPPLIER = "supplier"
    ATTESTER = "attester"
    ADVOCATE = "advocate"


class MemberRole(models.TextChoices):
    OWNER = "owner"
    BIDDER = "bidder"
    VIEWER = "viewer"


class CheckKind(models.TextChoices):
    IDENTITY = "identity"
    TRADE = "trade"
    INSURANCE = "insurance"


class CheckOutcome(models.TextChoices):
    """How an operator answered when an organisation asked to be checked."""

    FOUND = "found"
    REFUSED = "refused"


# A supplier matches and bids only while every kind in this set has a check valid today.
REQUIRED_CHECKS = frozenset({CheckKind.IDENTITY})

PERSON_SCOPES = frozenset({"data:read", "data:write", "rfps:read", "rfps:write"})
ORGANISATION_SCOPES = {
    OrganisationKind.SUPPLIER: frozenset(
        {
            "opportunities:read",
            "bids:read",
            "bids:write",
            "subscriptions:write",
            "webhooks:write",
        }
    ),
    OrganisationKind.ATTESTER: frozenset({"attestations:write"}),
    OrganisationKind.ADVOCATE: frozenset[str](),
}
