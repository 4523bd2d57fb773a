"""The customer's pages in a browser: each accessible and quiet; a partner's way through a shared request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from accounts.datastore.domain import keeping
from accounts.datastore.domain.owning import owner_for_person
from accounts.models import Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person
from bids.domain import advising, awarding
from marketplace.kernel.clock import database_now
from marketplace.mail import notices
from rfps.disclosure.domain import reading
from rfps.domain.sharing import share
from rfps.models import Rfp
from tests.browser.watching import Watched
from tests.factories import bids, datastore, delivery, disclosure, people
from tests.factories import rfps as make

SignIn = Callable[[User], None]


@pytest.fixture
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
    make.draft(customer, title="New windows at the back")
    make.moved_back(make.published(customer, title="Somebody to mend the roof"), days=6)
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


PAGES = [
    "/", "/requests/", "/requests/in/over/", "/purchases/", "/keep/", "/keep/ledger/", "/keep/companies/",
    "/keep/identity.birth_date/", "/keep/home.address/", "/keep/household.pets/", "/keep/energy.kwh_per_year/withdraw/",
    "/keep/things/add/vehicle/", "/household/", "/household/leave/", "/settings/notices/", "/accounts/email/",
]  # fmt: skip
OF_A_REQUEST = ["", "seen/", "together/", "sharing/", "end/", "cancel/", "copy/"]


def test_every_page_of_a_customer(
    watched: Watched, sign_in: SignIn, customer: User, lived_in: Rfp, supplier: Organisation
) -> None:
    sign_in(customer)
    found = {}
    paths = [*PAGES, *(f"/requests/{lived_in.public_id}/{path}" for path in OF_A_REQUEST)]
    for path in [*paths, f"/keep/companies/{supplier.public_id}/"]:
        watched.open(path)
        if wrong := watched.inspect(named=path.replace(str(lived_in.public_id), "one")):
            found[path] = wrong
    assert found == {}


def test_requests_in_other_phases(watched: Watched, sign_in: SignIn, customer: User, lived_in: Rfp) -> None:
    sign_in(customer)
    found = {}
    for rfp in Rfp.objects.exclude(pk=lived_in.pk):
        for path in ("", *(["extend/", "close/"] if rfp.published_at and not rfp.awarded_at else [])):
            watched.open(f"/requests/{rfp.public_id}/{path}")
            if wrong := watched.inspect(named=f"{rfp.current.title if rfp.current else 'draft'}-{path}"):
                found[path] = wrong
    assert found == {}


def test_pages_with_nothing_on_them(watched: Watched, sign_in: SignIn, customer: User) -> None:
    sign_in(customer)
    found = {}
    for path in ("/", "/requests/", "/purchases/", "/keep/", "/keep/ledger/", "/keep/companies/", "/household/"):
        watched.open(path)
        if wrong := watched.inspect(named=f"empty{path}"):
            found[path] = wrong
    assert found == {}


def test_a_refused_form_and_a_new_invitation(
    watched: Watched, page: Page, sign_in: SignIn, customer: User, partner: User
) -> None:
    sign_in(customer)
    watched.open("/keep/energy.kwh_per_year/")
    page.get_by_label("Electricity used in a year").fill("a lot")
    watched.expected_status = 422
    page.get_by_role("button", name="Keep it").click()
    assert watched.inspect(named="refused") == []
    watched.open("/household/")
    page.get_by_label("E-mail address").fill("third@people.example")
    page.get_by_role("button", name="Make an invitation").click()
    expect(page.get_by_role("heading", name="Send them this link")).to_be_visible()
    assert watched.inspect(named="invited") == []


def test_a_partner_helps(watched: Watched, page: Page, sign_in: SignIn, partner: User, lived_in: Rfp) -> None:
    sign_in(partner)
    watched.open("/")
    page.get_by_role("link", name="Electricity for a flat").first.click()
    expect(page.get_by_text("Morag Sutherland-Quill shares this request with you.")).to_be_visible()
    expect(page.get_by_role("heading", name="What you can do")).to_have_count(0)
    assert watched.inspect(named="partner") == []
    page.get_by_role("link", name="Talk about it at home").click()
    page.get_by_role("button", name="I would choose it Northlight Energy").click()
    page.get_by_label("Write to the others").fill("I like this one.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("would choose it: Innes Quill")).to_be_visible()
    expect(page.get_by_text("I like this one.")).to_be_visible()
    assert watched.inspect(named="partner talks") == []


def test_a_viewer_of_a_company_has_a_home_of_their_own(
    watched: Watched, page: Page, sign_in: SignIn, supplier: Organisation
) -> None:
    viewer = people.person("viewer@personas.example", name="Vera Looks")
    people.member(supplier, viewer, "viewer")
    sign_in(viewer)
    watched.open("/")
    expect(page.get_by_role("region", name="You act for").get_by_text("Northlight Energy")).to_be_visible()
    assert watched.inspect(named="viewer") == []


def test_taking_no_more_offers(watched: Watched, page: Page, sign_in: SignIn, customer: User) -> None:
    rfp = make.published(customer)
    sign_in(customer)
    watched.open(f"/requests/{rfp.public_id}/")
    page.get_by_role("link", name="Take no more offers").click()
    expect(page.get_by_text("Offers that are closed open at once")).to_be_visible()
    page.get_by_role("button", name="Take no more offers").click()
    expect(page.get_by_role("status").get_by_text("No more offers come in now.")).to_be_visible()
    expect(page.get_by_text("None came.", exact=True)).to_be_visible()
