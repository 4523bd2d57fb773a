"""What happened before a visitor came: requests in every phase, with offers that differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

VALUES = {
    "identity.full_name": "Ailsa Thorburn",
    "identity.birth_date": "1984-05-17",
    "contact.email": "customer@demo.example",
    "contact.phone": "+44 131 496 0182",
    "home.address": "14 Quarry Lane, Edinburgh EH1 1AA",
    "home.postcode": "EH1 1AA",
    "household.size": 2,
    "energy.kwh_per_year": 3412,
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One supplier's offer: `prices` in the order of the lines, `answers` by the position of the requirement."""

    supplier: str
    title: str
    prices: tuple[str | None, ...]
    charges: tuple[dict[str, Any], ...] = ()
    answers: tuple[tuple[int, Any], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """One request: what was asked, who offered, and how it went on (a phase, or `closed` for "being compared")."""

    category: str
    title: str
    need: str
    ending: str
    offers: tuple[Offer, ...] = ()
    current: dict[str, Any] | None = None
    closes_in_days: int = 9
    household: bool = False


def monthly(label: str, amount: str) -> dict[str, Any]:
    return {"label": label, "amount": amount, "recurs": "month", "periods": 12, "from_period": 1}


STORIES = (
    Story(
        "energy/electricity",
        "Electricity for a year",
        "A year of electricity for a flat of two. We would like to know what we pay each month.",
        ending="closed",
        household=True,
        offers=(
            Offer(
                "Northlight Energy", "12 months, fixed", ("0.2240",), (monthly("Standing charge", "14.60"),), ((3, 30),)
            ),
            Offer(
                "Tidewater Power", "12 months, fixed", ("0.1990",), (monthly("Standing charge", "13.10"),), ((3, 90),)
            ),
            Offer(
                "Fenland Electric", "Members' tariff", ("0.2380",), (monthly("Standing charge", "11.00"),), ((3, 14),)
            ),
            Offer(
                "Kestrel Green",
                "Half-hourly",
                ("0.2110",),
                (
                    monthly("Standing charge", "16.20"),
                    {"label": "Welcome bonus", "amount": "-60.00", "conditional": True},
                ),
                ((1, False), (3, 28)),
                note="The price follows the half-hour market; the figure is last year's average for a home like this.",
            ),
        ),
        current={
            "title": "What we have now",
            "total": "1098.00",
            "contract_ends_on": "2027-01-31",
            "exit_fee": "0.00",
        },
    ),
    Story(
        "home/kitchen",
        "A fitted kitchen for a small flat",
        "Base and wall units, an oak worktop and fitting. The old kitchen comes out first.",
        ending="open",
        household=True,
        offers=(
            Offer(
                "Oak & Slate Kitchens",
                "Painted ash, oak worktop",
                ("5400.00", "210.00", "2900.00", "380.00", "1650.00", "420.00"),
                answers=((2, "solid wood"), (4, 8), (5, 10), (6, 25)),
            ),
        ),
    ),
    Story(
        "telecom/phone",
        "A phone plan with plenty of data",
        "A plan for two years at most, with coverage that works in the Borders.",
        ending="awarded",
        offers=(
            Offer(
                "Harbour Mobile",
                "24 months, 50 GB",
                ("14.00",),
                answers=((0, 50), (6, "Our own, and a partner's in the Borders.")),
            ),
            Offer(
                "Larkfield Telecom",
                "24 months, 120 GB",
                ("19.50",),
                answers=((0, 120), (4, False), (6, "The network with most masts.")),
            ),
        ),
    ),
    Story(
        "events/photography",
        "Photographs of a seventieth birthday",
        "An afternoon with forty guests, indoors and in the garden.",
        ending="ended",
        offers=(
            Offer(
                "Wren Photography",
                "Four hours, one photographer",
                ("140.00", "180.00", "35.00"),
                answers=((2, 250), (3, 21)),
            ),
        ),
    ),
    Story(
        "mobility/used-car",
        "A small used car",
        "Five doors, at most eight years old, a written service history.",
        ending="cancelled",
    ),
    Story(
        "mobility/bicycle",
        "A bicycle for the way to work",
        "Eight kilometres each way, some of it on cobbles.",
        ending="lapsed",
    ),
    Story(
        "electronics/laptop",
        "A laptop for studying",
        "Light, quiet, and a battery that lasts a day.",
        ending="draft",
    ),
)
