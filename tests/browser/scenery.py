"""What lies on the pages of a scene."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from accounts.datastore.domain import keeping
from accounts.datastore.domain.owning import owner_for_person
from accounts.models import Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person
from bids.domain import advising, awarding
from bids.models import Bid
from marketplace.kernel.clock import database_now
from marketplace.mail import notices
from rfps.disclosure.domain import accepting, reading
from rfps.domain.sharing import share
from rfps.models import Rfp
from rfps.states import Phase
from tests.browsing import entered
from tests.factories import bids, datastore, delivery, disclosure, people, rfps

PASSWORD = "a long enough password"
PRICES = ("0.24", "15")
Words = dict[str, Sequence[object]]


@dataclass
class Cast:
    """Everybody whom a scene may need."""

    customer: User
    partner: User
    supplier: Organisation
    rival: Organisation
    attester: Organisation
    operator: User


def owner_of(company: Organisation) -> User:
    return company.memberships.get(role="owner").user


def by_password(user: User) -> Client:
    """Signed in, and asked once more a moment ago."""
    people.proved(user)
    client = entered(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def secure(user: User) -> Authenticator:
    """Codes from an app, recovery codes, and the passkey given back."""
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    return WebAuthn.add(user, "My phone", passkey()).instance


def passkey() -> dict[str, Any]:
    """What a phone answers that has made one."""
    key = ES256({1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)})
    held = AttestedCredentialData.create(Aaguid.NONE, b"phone", key)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
    data = AuthenticatorData.create(sha256(b"localhost").digest(), flags, 0, held)
    asked = CollectedClientData.create("webauthn.create", b"challenge", "http://localhost")
    made = AttestationObject.create("none", data, {})
    name = websafe_encode(held.credential_id)
    response = {"clientDataJSON": websafe_encode(asked), "attestationObject": websafe_encode(made)}
    return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}


def decided(cast: Cast) -> tuple[Bid, Bid]:
    """The offer of the supplier, which was chosen, and that of the rival."""
    rfp = rfps.published(cast.customer)
    won, lost = (bids.bid(rfp, company, prices=PRICES) for company in (cast.supplier, cast.rival))
    awarding.award(rfps.moved_back(rfp, days=11), actor=actor_of_person(cast.customer), bid=won)
    return won, lost


def fitting(cast: Cast) -> Words:
    """What lies before the supplier: a request that is new, one accepted, one with an offer, and some that are over."""
    datastore.value(cast.customer, "energy.kwh_per_year", 3412)
    wanted = [{"field": "energy.kwh_per_year", "stage": "S1"}]
    fresh = delivery.opportunity(rfps.published(cast.customer, fields=wanted), cast.supplier)
    offered = bids.bid(rfps.published(cast.customer), cast.supplier, prices=PRICES).opportunity
    for phase in (Phase.DECIDING, Phase.CANCELLED):
        delivery.opportunity(rfps.in_phase(cast.customer, phase), cast.supplier)
    accepting.accept(fresh, actor=actor_of_organisation(cast.supplier), terms="PDC-INTENT")
    new = delivery.opportunity(rfps.published(cast.customer, title="Power for a workshop"), cast.supplier)
    return {
        "organisation": [cast.supplier.public_id],
        "opportunity": [each.public_id for each in (fresh, offered, new)],
        "option": [1],
    }


def lived_in(customer: User, partner: User, supplier: Organisation, rival: Organisation) -> Rfp:
    """A person who has used the place for a while; the request is to be decided."""
    for slug in ("PDC-INTENT", "SD-BASE"):
        disclosure.terms(slug)
    datastore.secrets(customer)
    datastore.value(customer, "energy.kwh_per_year", 3412)
    datastore.value(customer, "household.pets", ["dog", "cat"])
    actor = actor_of_person(customer)
    long_ago = database_now() - timedelta(days=1500)
    keeping.add(
        owner_for_person(customer), actor=actor, field="mobility.no_claims_years", value=7, observed_at=long_ago
    )
    car = datastore.item(customer)
    datastore.value(customer, "mobility.vehicle_make", "Volkswagen", item=car)
    opportunity = disclosure.opportunity(disclosure.request(customer), supplier)
    reading.disclosed(opportunity, actor=actor_of_organisation(supplier))
    rfps.draft(customer, title="New windows at the back")
    rfps.moved_back(rfps.published(customer, title="Somebody to mend the roof"), days=6)
    delivery.subscription(area_kind="radius", country="GB", lat=50.7, lon=-3.5, radius_km=20)
    bought = bids.request(customer, sealing="open", version={"announced": bids.ANNOUNCED, "title": "A used bicycle"})
    disclosure.opportunity(bought, rival)
    awarding.award(bought, actor=actor, bid=bids.bid(bought, rival, title="Gazelle, 2021"))
    rfp = bids.request(customer, closes_in=timedelta(days=-1))
    for company, title in ((supplier, "12 months, fixed"), (rival, "Tracker")):
        bids.bid(rfp, company, title=title)
    share(rfp, actor=actor, sharing="help")
    advising.comment(rfp, actor=actor_of_person(partner), text="The notice period of the tracker is long.")
    notices.rfp_opened(customer.pk, rfp_id=rfp.public_id, number=2, closed_at=database_now())
    return rfp
