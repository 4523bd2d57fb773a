"""Who stands before which pages, and what lies on them then. Between them the scenes open every page there is."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.core import mail
from django.test import Client

from accounts.datastore.models import Item
from accounts.domain import checking, guesting, joining, keys, sharing
from accounts.models import User
from accounts.policies import actor_of_member, actor_of_organisation, actor_of_person
from accounts.web.visiting import COOKIE
from bids.domain import awarding
from marketplace.mail.models import Mail
from rfps.delivery.domain import emitting
from rfps.delivery.models import Event, Opportunity
from rfps.disclosure.domain import accepting
from rfps.states import Phase
from tests.browser.scenery import PASSWORD, Cast, Words, by_password, decided, fitting, lived_in, owner_of, secure
from tests.browsing import entered
from tests.factories import bids, datastore, delivery, offers, people, questions, rfps

PLACE = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass
class Scene:
    """Who looks, and what places in addresses stand for: several words one after the other."""

    client: Client = field(default_factory=Client)
    words: Words = field(default_factory=dict)
    query: str = ""

    def paths(self, route: str) -> Iterator[str]:
        """The route's addresses here."""
        places = PLACE.findall(route)
        for words in itertools.product(*(self.words[place] for place in places)):
            named = dict(zip(places, map(str, words), strict=True))
            yield "/" + PLACE.sub(lambda place, named=named: named[place[1]], route) + self.query


Build = Callable[[Cast], Scene]
SCENES: dict[str, tuple[Build, tuple[str, ...]]] = {}
A_REQUEST = "requests/<uuid:id>/"
COMPARE = f"{A_REQUEST}compare/"
SEAT = "company/<uuid:organisation>/"
FITS = f"{SEAT}requests/<uuid:opportunity>/"
WISH = f"{SEAT}interests/<uuid:subscription>/"
SECOND = "accounts/2fa/"
KEEP = "keep/"


def opens(*routes: str) -> Callable[[Build], Build]:
    """The scene opens these routes of tests.access.PAGES."""

    def add(scene: Build) -> Build:
        SCENES[scene.__name__] = scene, routes
        return scene

    return add


@opens(
    "", "about/", "privacy/", "help/", "start/", "join/", "join/<str:token>/", "conditions/<str:terms>/",
    "accounts/login/", "accounts/signup/", "accounts/login/code/", "accounts/inactive/", "accounts/password/reset/",
    "accounts/password/reset/done/",
)  # fmt: skip
def stranger(cast: Cast) -> Scene:
    seat = actor_of_member(owner_of(cast.supplier), cast.supplier)
    joining.invite(cast.supplier, actor=seat, email="third@northlight.example", role="viewer")
    invitation = Mail.objects.get(kind="team.invited").secret
    return Scene(words={"terms": ["PDC-INTENT", "SD-BASE"], "token": [invitation]})


@opens(
    "", "start/", "join/code/",
    *(f"{A_REQUEST}{step}/" for step in ("what", "details", "who-sees", "check", "publish/code")),
)  # fmt: skip
def guest(cast: Cast) -> Scene:
    someone = people.guest()
    client = Client()
    client.cookies[COOKIE] = guesting.token_of(someone)
    client.post("/join/", {"email": "new@people.example"})
    return Scene(client, {"id": [rfps.draft(someone).public_id]})


@opens(
    "", "requests/", "requests/in/<slug:group>/", "purchases/", "household/", "company/new/", KEEP, f"{KEEP}ledger/",
    f"{KEEP}companies/", f"{KEEP}<str:field>/", "settings/notices/", "settings/keys/", "settings/sign-ins/",
)  # fmt: skip
def newcomer(cast: Cast) -> Scene:
    """Every list is empty."""
    someone = people.person("new@people.example", name="Ailsa Newton")
    return Scene(
        entered(someone),
        {"group": ["drafts", "open", "choosing", "chosen", "over"], "field": ["household.pets"]},
    )


@opens("household/join/")
def invited_home(cast: Cast) -> Scene:
    home = cast.partner.households.get().household
    invitation = sharing.invite(home, actor=actor_of_person(cast.partner), email="new@people.example")
    return Scene(entered(people.person("new@people.example")), query=f"?with={invitation}")


@opens(
    "", "requests/", "requests/in/<slug:group>/", "purchases/", "settings/notices/", "settings/keys/",
    "settings/keys/<uuid:key>/", A_REQUEST,
    *(f"{A_REQUEST}{page}/" for page in ("seen", "together", "sharing", "end", "cancel", "copy")),
)  # fmt: skip
def customer(cast: Cast) -> Scene:
    rfp = lived_in(cast.customer, cast.partner, cast.supplier, cast.rival)
    key = keys.issue(cast.customer, actor=actor_of_person(cast.customer), name="Spreadsheet")[0]
    return Scene(entered(cast.customer), {"id": [rfp.public_id], "group": ["over", "choosing"], "key": [key.public_id]})


@opens(
    KEEP, f"{KEEP}ledger/", f"{KEEP}companies/", f"{KEEP}companies/<uuid:company>/", f"{KEEP}things/add/<slug:kind>/",
    f"{KEEP}things/<uuid:id>/remove/", f"{KEEP}<str:field>/", f"{KEEP}<str:field>/withdraw/", "household/",
    "household/leave/",
)  # fmt: skip
def keeper(cast: Cast) -> Scene:
    """The customer, before what she keeps."""
    lived_in(cast.customer, cast.partner, cast.supplier, cast.rival)
    words = {
        "company": [cast.supplier.public_id],
        "kind": ["vehicle"],
        "id": [Item.objects.get().public_id],
        "field": ["identity.birth_date", "home.address", "household.pets", "energy.kwh_per_year"],
    }
    return Scene(entered(cast.customer), words)


@opens("", A_REQUEST, f"{A_REQUEST}together/")
def partner(cast: Cast) -> Scene:
    rfp = lived_in(cast.customer, cast.partner, cast.supplier, cast.rival)
    return Scene(entered(cast.partner), {"id": [rfp.public_id]})


@opens(
    "start/", *(f"{A_REQUEST}{page}/" for page in ("what", "details", "who-sees", "check", "discard")),
    f"{A_REQUEST}check/<slug:part>/", *(f"{A_REQUEST}rows/<slug:name>/{row}" for row in ("", "<int:at>/")),
)  # fmt: skip
def composer(cast: Cast) -> Scene:
    datastore.secrets(cast.customer)
    rfp = rfps.draft(cast.customer)
    parts = ["words", "place", "budget", "dates", "rules", "counting"]
    rows = {"name": ["parts", "wanted"], "at": [0]}
    return Scene(entered(cast.customer), {"id": [rfp.public_id], "part": parts, **rows})


@opens(f"{A_REQUEST}rows/<slug:name>/new/")
def adding_a_row(cast: Cast) -> Scene:
    """One more part, and one more wish that is answered by yes or no."""
    words: Words = {"id": [rfps.draft(cast.customer).public_id], "name": ["parts", "wanted"]}
    return Scene(entered(cast.customer), words, query="?answer=yes_no")


@opens(*(f"{A_REQUEST}{page}" for page in ("", "extend/", "close/")))
def asking(cast: Cast) -> Scene:
    """The customer while offers may come: one request is open, with offers and without."""
    made = [rfps.published(cast.customer), bids.request(cast.customer, sealing="open")]
    bids.bid(made[1], cast.supplier)
    return Scene(entered(cast.customer), {"id": [rfp.public_id for rfp in made]})


@opens(A_REQUEST, f"{A_REQUEST}questions/note/", f"{A_REQUEST}questions/<uuid:question>/")
def asked(cast: Cast) -> Scene:
    """Two questions came; one has an answer already."""
    rfp = rfps.published(cast.customer)
    made = [questions.on(rfp, cast.supplier), questions.on(rfp, cast.rival, "Is there a loft?", answer="There is.")]
    return Scene(entered(cast.customer), {"id": [rfp.public_id], "question": [each.public_id for each in made]})


@opens(FITS, f"{FITS}ask/")
def curious(cast: Cast) -> Scene:
    """A supplier that asked, and may ask more."""
    asked = questions.on(rfps.published(cast.customer), cast.supplier, answer="It is in the hall.")
    found = Opportunity.objects.get(rfp=asked.rfp, organisation=cast.supplier)
    words: Words = {"organisation": [cast.supplier.public_id], "opportunity": [found.public_id]}
    return Scene(entered(owner_of(cast.supplier)), words)


@opens(f"{A_REQUEST}sent/")
def publishing(cast: Cast) -> Scene:
    return Scene(entered(cast.customer), {"id": [rfps.published(cast.customer).public_id]})


@opens(A_REQUEST)
def ended(cast: Cast) -> Scene:
    phases = (Phase.DRAFT, Phase.DECIDING, Phase.LAPSED, Phase.CANCELLED, Phase.ENDED)
    made = [rfps.in_phase(cast.customer, phase) for phase in phases]
    return Scene(entered(cast.customer), {"id": [rfp.public_id for rfp in made]})


@opens(
    A_REQUEST, COMPARE, f"{COMPARE}now/", f"{COMPARE}elsewhere/", f"{COMPARE}own/<uuid:entry>/",
    f"{COMPARE}<uuid:column>/", f"{A_REQUEST}choose/<uuid:bid>/",
)  # fmt: skip
def comparing(cast: Cast) -> Scene:
    rfp, made = offers.compared(cast.customer)
    entries = [entry.public_id for entry in rfp.entries.all()]
    words = {"id": [rfp.public_id], "entry": entries, "column": [made[0].public_id], "bid": [made[0].public_id]}
    return Scene(entered(cast.customer), words)


@opens(A_REQUEST, COMPARE, f"{A_REQUEST}contract/", "purchases/")
def bought(cast: Cast) -> Scene:
    rfp, made = offers.compared(cast.customer)
    awarding.award(rfp, actor=actor_of_person(cast.customer), bid=made[0])
    return Scene(entered(cast.customer), {"id": [rfp.public_id]})


@opens(
    "", SEAT, f"{SEAT}profile/", f"{SEAT}checks/<str:kind>/", f"{SEAT}team/", f"{SEAT}team/leave/",
    f"{SEAT}team/<uuid:person>/", f"{SEAT}team/<uuid:person>/remove/", f"{SEAT}team/invited/<uuid:invitation>/",
    f"{SEAT}keys/", f"{SEAT}keys/<uuid:key>/", f"{SEAT}interests/", f"{SEAT}interests/new/", WISH, f"{WISH}remove/",
    "settings/notices/",
)  # fmt: skip
def supplier(cast: Cast) -> Scene:
    """An owner who has set up everything."""
    company, owner = cast.supplier, owner_of(cast.supplier)
    actor = actor_of_member(owner, company)
    second = people.person("second@northlight.example", name="Jean Orr")
    people.member(company, second, "bidder")
    checking.ask(company, actor=actor, kind="insurance")
    words = {
        "organisation": [company.public_id],
        "kind": ["trade"],
        "person": [second.public_id],
        "invitation": [joining.invite(company, actor=actor, email="third@northlight.example", role="viewer").public_id],
        "key": [keys.issue(company, actor=actor, name="Price system")[0].public_id],
        "subscription": [
            delivery.subscription(
                company, area_kind="radius", lat=55.9, lon=-3.2, radius_km=60, keywords=["wind"]
            ).public_id
        ],
    }
    return Scene(entered(owner), words)


OFFERING = (SEAT, f"{SEAT}requests/", FITS, f"{FITS}offer/<int:option>/", f"{SEAT}offers/")


@opens(*OFFERING)
def offering(cast: Cast) -> Scene:
    """An owner with a request to answer and an offer that stands."""
    return Scene(entered(owner_of(cast.supplier)), fitting(cast))


@opens(*OFFERING, "", f"{SEAT}team/", f"{SEAT}interests/")
def viewer(cast: Cast) -> Scene:
    someone = people.person("viewer@personas.example", name="Vera Looks")
    people.member(cast.supplier, someone, "viewer")
    return Scene(entered(someone), fitting(cast))


@opens(f"{SEAT}requests/", FITS, f"{SEAT}offers/")
def rival(cast: Cast) -> Scene:
    """Somebody else was chosen."""
    _won, lost = decided(cast)
    words = {"organisation": [cast.rival.public_id], "opportunity": [lost.opportunity.public_id]}
    return Scene(entered(owner_of(cast.rival)), words)


@opens(FITS, f"{SEAT}offers/")
def chosen(cast: Cast) -> Scene:
    won, _lost = decided(cast)
    words = {"organisation": [cast.supplier.public_id], "opportunity": [won.opportunity.public_id]}
    return Scene(entered(owner_of(cast.supplier)), words)


@opens(SEAT, f"{SEAT}requests/", f"{SEAT}offers/", f"{SEAT}interests/", f"{SEAT}keys/", f"{SEAT}team/")
def outsider(cast: Cast) -> Scene:
    """A new company."""
    company = people.organisation(people.person("founder@people.example"), name="Quill Electric", checked=False)
    return Scene(entered(owner_of(company)), {"organisation": [company.public_id]})


@opens("quick/<str:token>/")
def by_mail(cast: Cast) -> Scene:
    """Nobody signs in: the link in a mail opens the request, answered or not."""
    first, second = (rfps.published(cast.customer, title=title) for title in ("Electricity for a year", "Gas"))
    fresh = delivery.opportunity(first, cast.supplier)
    taken = delivery.opportunity(second, cast.supplier)
    accepting.accept(taken, actor=actor_of_organisation(cast.supplier), terms="PDC-INTENT")
    return Scene(words={"token": [delivery.quick_link(fresh), delivery.quick_link(taken)]})


OPERATING = tuple(f"operator/{page}" for page in ("", "checks/", "gaps/", "ending/", "audit/", "suspended/"))


@opens("", *OPERATING, *(f"operator/{page}/" for page in ("checks/<uuid:asked>", "checks/<uuid:asked>/no")),
       "operator/suspended/<uuid:organisation>/")  # fmt: skip
def operator(cast: Cast) -> Scene:
    company = people.organisation(name="Calder Energy", checked=False)
    owner = actor_of_member(owner_of(company), company)
    asked = checking.ask(company, actor=owner, kind="identity", note="Companies House SC101010")
    suspended = people.organisation(name="Brass & Sons")
    checking.suspend(suspended, actor=actor_of_person(cast.operator))
    bids.request(cast.customer, closes_in=timedelta(days=2))
    event = emitting.announce(delivery.open_rfp(), type="rfp.published", body={}, match=delivery.facts())
    Event.objects.filter(pk=event.pk).update(fanned_out_at=event.occurred_at)
    words = {"asked": [asked.public_id], "organisation": [suspended.public_id]}
    return Scene(entered(cast.operator), words)


@opens(*OPERATING)
def idle_operator(cast: Cast) -> Scene:
    return Scene(entered(cast.operator))


@opens("", f"{SEAT}team/")
def attester(cast: Cast) -> Scene:
    return Scene(entered(owner_of(cast.attester)), {"organisation": [cast.attester.public_id]})


@opens(
    "accounts/email/", "accounts/logout/", "accounts/reauthenticate/", "accounts/password/change/", SECOND,
    *(f"{SECOND}{page}/" for page in ("webauthn", "webauthn/add", "totp/activate")),
)  # fmt: skip
def account(cast: Cast) -> Scene:
    """A person's own account, just entered by password."""
    return Scene(by_password(cast.customer))


@opens(
    "accounts/reauthenticate/", SECOND,
    *(f"{SECOND}{page}/" for page in ("reauthenticate", "webauthn", "webauthn/reauthenticate", "totp/deactivate")),
    *(f"{SECOND}webauthn/keys/<int:pk>/{act}/" for act in ("edit", "remove")),
    *(f"{SECOND}recovery-codes/{page}" for page in ("", "generate/")),
)  # fmt: skip
def secured(cast: Cast) -> Scene:
    """The same with an app and a passkey."""
    client = by_password(cast.customer)
    return Scene(client, {"pk": [secure(cast.customer).pk]})


@opens(f"{SECOND}authenticate/")
def entering(cast: Cast) -> Scene:
    """A right password, and one thing more to come."""
    people.proved(cast.customer)
    secure(cast.customer)
    client = Client()
    client.post("/accounts/login/", {"login": cast.customer.email, "password": PASSWORD})
    return Scene(client)


@opens("accounts/password/set/")
def without_password(cast: Cast) -> Scene:
    client = by_password(cast.customer)
    cast.customer.set_unusable_password()
    cast.customer.save()
    client.force_login(cast.customer, backend=settings.AUTHENTICATION_BACKENDS[0])
    return Scene(client)


@opens("accounts/confirm-email/")
def signing_up(cast: Cast) -> Scene:
    client = Client()
    client.post("/accounts/signup/", {"email": "new@people.example", "password1": PASSWORD})
    return Scene(client)


@opens("accounts/login/code/confirm/")
def entering_by_code(cast: Cast) -> Scene:
    people.proved(cast.customer)
    client = Client()
    client.post("/accounts/login/code/", {"email": cast.customer.email})
    return Scene(client)


@opens("accounts/password/reset/confirm/")
def forgetful(cast: Cast) -> Scene:
    return Scene(resetting(cast.customer))


@opens("accounts/password/reset/complete/")
def forgetful_with_the_code(cast: Cast) -> Scene:
    client = resetting(cast.customer)
    code = re.search(r"^\d{6}$", str(mail.outbox[-1].body), re.MULTILINE)
    assert code
    client.post("/accounts/password/reset/confirm/", {"code": code[0]})
    return Scene(client)


def resetting(user: User) -> Client:
    """Asked for the code of a new password."""
    people.proved(user)
    client = Client()
    client.post("/accounts/password/reset/", {"email": user.email})
    return client
