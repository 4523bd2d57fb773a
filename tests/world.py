"""One request with two suppliers in it, made through REST, for tests that look at it from every side."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.domain import keys
from accounts.models import Organisation, User
from marketplace.kernel.actors import SYSTEM
from rfps.delivery.domain import fanning
from tests.rest import Answer, Rest

# Words in addresses of pages.
WORDS = {
    "<str:kind>": "trade",
    "<str:token>": "nonsense",
    "<slug:group>": "choosing",
    "<slug:kind>": "vehicle",
    "<str:field>": "identity.full_name",
    "<int:option>": "1",
    "<answer:word>": "accept",
    "<act:word>": "withdraw",
    "<slug:part>": "words",
    "<slug:name>": "parts",
    "<int:at>": "0",
    "<str:terms>": "PDC-INTENT",
}
PERSONAS = ("anonymous", "customer", "partner", "supplier", "rival", "outsider", "attester", "operator")
SECRETS = {
    "identity.full_name": "Morag Sutherland-Quill",
    "identity.birth_date": "1979-03-14",
    "contact.email": "morag.private@quill.example",
    "contact.phone": "+44 131 496 0777",
    "home.address": "7 Quillwright Close, Edinburgh EH1 1AA",
    "home.postcode": "EH1 1AA",
    "energy.kwh_per_year": 3412,
    "household.size": 2,
}
REQUEST = {
    "kind": "rfp",
    "title": "Electricity for a year",
    "need": "A year of electricity for a small flat.",
    "category": "energy/electricity",
    "area": {"country": "GB", "postcode": "EH1 1AA"},
    "lines": [{"title": "Electricity, kWh", "quantity": "3400", "unit": "kWh"}],
    "requirements": [
        {"text": "100 % renewable", "level": "must", "answer": "yes_no", "constraint": {"equals": True}},
        {"text": "Notice period", "level": "should", "answer": "number", "unit": "day", "constraint": {"max": 30}},
    ],
    "criteria": [
        {"kind": "total_price", "weight": 60, "best": "600.00", "worst": "1400.00"},
        {"kind": "number", "requirement": 1, "weight": 25, "best": "0", "worst": "90"},
        {"kind": "rating", "title": "Trust", "weight": 15},
    ],
    "currency": "GBP",
    "horizon_months": 12,
    "sealing": "sealed",
    "terms": "PDC-INTENT",
    "fields": [
        {"field": "energy.kwh_per_year", "stage": "S1"},
        {"field": "home.postcode", "stage": "S1"},
        {"field": "identity.full_name", "stage": "S3"},
        {"field": "identity.birth_date", "stage": "S3"},
        {"field": "contact.email", "stage": "S3"},
        {"field": "contact.phone", "stage": "S3"},
        {"field": "home.address", "stage": "S3"},
    ],
}


def key_of(holder: User | Organisation) -> str:
    """The text of a fresh key with every scope of its holder."""
    return keys.issue(holder, actor=SYSTEM)[1]


def ok(answer: Answer, *statuses: int) -> Any:
    """The body of an answer that had to work."""
    assert answer.status in (statuses or (200, 201)), answer.body
    return answer.body


# Whose ids stand in a page's address, where the place is not called as they are.
NAMED = {
    "id": "rfp",
    "bid": "bid of supplier",
    "column": "bid of supplier",
    "organisation": "supplier",
    "company": "supplier",
    "subscription": "subscription of supplier",
    "opportunity": "opportunity of supplier",
    "question": "question of supplier",
}


@dataclass
class World:
    """REST clients by persona, and the ids of what they made."""

    rest: dict[str, Rest]
    ids: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, persona: str) -> Rest:
        return self.rest[persona]

    def subscribe(self, *personas: str) -> None:
        body = {"name": "Energy", "categories": ["energy"], "area": {"anywhere": True}, "channels": {"mail": "instant"}}
        for persona in personas:
            self.ids[f"subscription of {persona}"] = ok(self[persona].post("subscriptions/", body))["id"]

    def publish(self, **changes: Any) -> str:
        """Draft, publish and bring to the subscribed suppliers; the request's id."""
        closes_at = (timezone.now() + timedelta(days=7)).isoformat()
        rfp: str = ok(self["customer"].post("rfps/", {**REQUEST, "closes_at": closes_at, **changes}))["id"]
        ok(self["customer"].post(f"rfps/{rfp}/publish/"))
        fanning.fan_out()
        self.ids["rfp"] = rfp
        return rfp

    def opportunity(self, persona: str) -> str:
        """The persona's opportunity on the request."""
        rows = ok(self[persona].get("opportunities/"))["data"]
        found: str = next(row["id"] for row in rows if row["rfp"] == self.ids["rfp"])
        return found

    def bid(self, persona: str, unit_price: str, **changes: Any) -> str:
        """Accept the terms and submit a bid; its id."""
        opportunity = self.opportunity(persona)
        ok(self[persona].post(f"opportunities/{opportunity}/accept-terms/", {"terms": "PDC-INTENT"}))
        asked = ok(self[persona].get(f"opportunities/{opportunity}/"))
        body = self.bid_body(asked, unit_price, **changes)
        made: str = ok(self[persona].post("bids/", body, Idempotency_Key=f"{persona}-{unit_price}"))["id"]
        self.ids[f"opportunity of {persona}"], self.ids[f"bid of {persona}"] = opportunity, made
        return made

    def ask(self, persona: str, text: str = "Is the meter indoors?", *, answer: str = "") -> str:
        """Ask about the request, and have it answered when there is an answer; the question's id."""
        path = f"opportunities/{self.ids[f'opportunity of {persona}']}/questions/"
        made: str = ok(self[persona].post(path, {"text": text}))["id"]
        if answer:
            ok(self["customer"].post(f"questions/{made}/answer/", {"answer": answer}))
        self.ids[f"question of {persona}"] = made
        return made

    def learn(self) -> None:
        """Ids that paths name, where they are not known yet."""
        for persona in ("supplier", "rival"):
            for row in ok(self[persona].get("grants/"))["data"]:
                self.ids[f"grant of {persona}"] = row["id"]

    def path(self, route: str) -> str:
        """The route with the supplier's ids, whoever asks."""
        return self.path_of("supplier", route)

    def page(self, route: str) -> str:
        """The address of a page, with ids of the request, of the supplier and of what is its own."""
        route = re.sub(r"<uuid:(\w+)>", lambda place: self.ids.get(NAMED.get(place[1], place[1]), ""), route)
        for place, word in WORDS.items():
            route = route.replace(place, word)
        return f"/{route}"

    def path_of(self, persona: str, route: str) -> str:
        """The route with ids of the persona's own, the supplier's where it has none."""
        kinds = {"subscriptions": "subscription", "opportunities": "opportunity", "bids": "bid", "grants": "grant"}
        kinds["questions"] = "question"
        first = route.split("/", maxsplit=1)[0]
        known = self.ids["rfp"] if first == "rfps" else self.ids["supplier"]
        if kind := kinds.get(first):
            known = self.ids.get(f"{kind} of {persona}", self.ids.get(f"{kind} of supplier", known))
        for name in ("<uuid:id>", "<uuid:supplier>"):
            route = route.replace(name, known)
        return route.replace("<str:field>", "home.address")

    def bid_body(self, asked: Any, unit_price: str, **changes: Any) -> dict[str, Any]:
        """The body of a bid that meets every must."""
        return {
            "rfp": self.ids["rfp"],
            "version": 1,
            "option": 1,
            "title": "12 months, fixed",
            "currency": "GBP",
            "vat_rate": "0.20",
            "vat_included": True,
            "lines": [{"line": asked["lines"][0]["id"], "unit_price": unit_price, "quantity": "3400", "offered": True}],
            "charges": [{"label": "Standing charge", "amount": "15.00", "recurs": "month", "periods": 12}],
            "answers": [
                {"requirement": asked["requirements"][0]["id"], "value": True},
                {"requirement": asked["requirements"][1]["id"], "value": 30},
            ],
            "valid_until": (timezone.now() + timedelta(days=60)).date().isoformat(),
            "submit": True,
            **changes,
        }


def build(people: dict[str, User | Organisation]) -> World:
    """Keys for everybody, values kept by the customer."""
    rest = {name: Rest(key_of(holder)) for name, holder in people.items()}
    world = World({"anonymous": Rest(), **rest}, {"supplier": str(people["supplier"].public_id)})
    for name, value in SECRETS.items():
        ok(world["customer"].post("data-store/values/", {"field": name, "value": value}))
    return world
