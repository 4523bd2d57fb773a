"""Requests as delivery knows them, subscriptions, and what fits."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from accounts.datastore.models import Owner
from accounts.models import Organisation, User
from rfps.delivery.domain.matching import MatchFacts, phrase
from rfps.delivery.models import Interest, Opportunity, QuickLink, Subscription
from rfps.models import Rfp, RfpVersion
from tests.factories import people

ELECTRICITY = ("energy", "energy/electricity")


def open_rfp(customer: User | None = None, *, sandbox: bool = False, **facts: Any) -> Rfp:
    """A published request with an empty version, open for a week; `facts` override columns of Rfp."""
    customer = customer or people.person()
    owner, _ = Owner.objects.get_or_create(person=customer)
    rfp = Rfp.objects.create(owner=owner, customer=customer, sandbox=sandbox, sealed_draft=b"", currency="GBP")
    version = RfpVersion.objects.create(
        rfp=rfp,
        number=1,
        title="Electricity for a flat",
        need="Green power.",
        category="energy/electricity",
        country="GB",
        currency="GBP",
        terms="PDC-INTENT",
        terms_version="1",
        terms_sha256="0" * 64,
        announced={},
        sha256="0" * 64,
    )
    now = timezone.now()
    columns = {
        "published_at": now,
        "closes_at": now + timedelta(days=7),
        "decides_by": now + timedelta(days=21),
        **facts,
    }
    Rfp.objects.filter(pk=rfp.pk).update(current=version, **columns)
    rfp.refresh_from_db()
    return rfp


def facts(**columns: Any) -> MatchFacts:
    """A request for electricity in Edinburgh, budget hidden."""
    given = {"sandbox": False, "kind": "rfp", "categories": ELECTRICITY, "country": "GB", "lat": 55.95, "lon": -3.19}
    return MatchFacts(**{**given, **columns})


def subscription(organisation: Organisation | None = None, **columns: Any) -> Subscription:
    """A live subscription to all of energy anywhere, with its interest rows."""
    organisation = organisation or people.organisation()
    given = {"name": "Energy", "categories": ["energy"], "sandbox": organisation.sandbox, **columns}
    made = Subscription.objects.create(
        organisation=organisation,
        **given,
        keyword_phrases=[phrase(each) for each in given.get("keywords", [])],
        excluded_phrases=[phrase(each) for each in given.get("excluded_keywords", [])],
    )
    Interest.objects.bulk_create(
        Interest(subscription=made, organisation=organisation, category=each) for each in made.categories
    )
    return made


def opportunity(rfp: Rfp, organisation: Organisation) -> Opportunity:
    """The request fits the supplier."""
    return Opportunity.objects.create(rfp=rfp, organisation=organisation)


def budget(low: str, high: str, currency: str = "GBP") -> dict[str, Any]:
    """The facts of a shown budget."""
    return {"budget_low": Decimal(low), "budget_high": Decimal(high), "budget_currency": currency}


def crowd(number: int) -> list[int]:
    """So many checked suppliers, each with one subscription to energy, in four statements; their ids."""
    checker = people.person(staff=True)
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO accounts_organisation (public_id, kind, name, legal_name, country, time_zone, sandbox)
            SELECT gen_random_uuid(), 'supplier', 'Crowd ' || n, '', 'GB', 'Europe/London', FALSE
            FROM generate_series(1, %s) n RETURNING id""",
            [number],
        )
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            """INSERT INTO accounts_check
              (public_id, organisation_id, kind, valid_from_on, valid_until_on, evidence, checked_by_id)
            SELECT gen_random_uuid(), n, 'identity', CURRENT_DATE - 1, CURRENT_DATE + 300, '', %s FROM unnest(%s) n""",
            [checker.pk, ids],
        )
        cursor.execute(
            """INSERT INTO delivery_subscription (public_id, organisation_id, name, categories, area_kind, country,
              budget_currency, keywords, excluded_keywords, keyword_phrases, excluded_phrases, capabilities, kinds,
              inbox, webhook, mail, sandbox, revision)
            SELECT gen_random_uuid(), n, '', '{energy}', 'anywhere', '', '', '{}', '{}', '{}', '{}', '{}', '{}',
              TRUE, TRUE, 'none', FALSE, 1 FROM unnest(%s) n""",
            [ids],
        )
        cursor.execute(
            """INSERT INTO delivery_interest (subscription_id, organisation_id, category)
            SELECT id, organisation_id, 'energy' FROM delivery_subscription WHERE organisation_id = ANY(%s)""",
            [ids],
        )
        cursor.execute("ANALYZE delivery_subscription, delivery_interest, accounts_organisation, accounts_check")
    return ids


def quick_link(opportunity: Opportunity, person: User | None = None) -> str:
    """The token of a link to the opportunity, for its supplier's owner unless told otherwise."""
    token = uuid4().hex + uuid4().hex
    person = person or opportunity.organisation.memberships.filter(role="owner")[0].user
    QuickLink.objects.create(opportunity=opportunity, person=person, sha256=sha256(token.encode()).hexdigest())
    return token
