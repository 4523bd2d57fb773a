"""What happened before a visitor came: requests in every phase, with offers that differ."""

from __future__ import annotations

from dataclasses import dataclass, field
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
    "energy.meter_type": "two_rate",
    "energy.cost_per_year": {"amount": "1098.00", "currency": "GBP"},
    "preferences.green_energy": "must",
    "preferences.contract_months": 24,
}
CUSTOMER, CATRIONA, HAMISH = "customer@demo.example", "catriona@neighbours.example", "hamish@neighbours.example"
# These hear of requests for energy while the story is told, and have no setting left when the visitor comes.
LISTENERS = ("Calder Energy", "Ravensworth Power")


@dataclass(frozen=True, slots=True)
class Offer:
    """One supplier's offer: `prices` in the order of the lines (None: not offered), `answers` by the position of the
    requirement (a value, or the members of an answer), `terms` whatever else its body says."""

    supplier: str
    title: str
    prices: tuple[str | None, ...]
    charges: tuple[dict[str, Any], ...] = ()
    answers: tuple[tuple[int, Any], ...] = ()
    note: str = ""
    terms: dict[str, Any] = field(default_factory=dict)
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """One request: what was asked, who offered, and how it went on (a phase, `closed` for "being compared", `chosen`
    for one that the company has yet to confirm). `trust` are the customer's stars in the order of the offers;
    `questions` are (company, question, answer), an empty answer for one that waits."""

    category: str
    title: str
    need: str
    ending: str
    offers: tuple[Offer, ...] = ()
    current: dict[str, Any] | None = None
    elsewhere: dict[str, Any] | None = None
    trust: tuple[int | None, ...] = ()
    notes: tuple[tuple[int, str], ...] = ()
    questions: tuple[tuple[str, str, str], ...] = ()
    sharing: str = ""
    word: str = ""
    closes_in_days: int = 9
    household: bool = False
    asker: str = CUSTOMER


def monthly(label: str, amount: str) -> dict[str, Any]:
    return {"label": label, "amount": amount, "recurs": "month", "periods": 12, "from_period": 1}


def once(label: str, amount: str, *, conditional: bool = False) -> dict[str, Any]:
    return {"label": label, "amount": amount, "conditional": conditional}


# Six companies answer the same question in six ways: 0 renewable (a must), 1 fixed price, 2 months, 3 days of notice,
# 4 leaving costs nothing, 5 a person answers.
ELECTRICITY = (
    Offer(
        "Northlight Energy",
        "12 months, fixed",
        ("0.2410", "0.1480"),
        (monthly("Standing charge", "14.60"),),
        ((2, 12), (3, 30), (4, False)),
        note="Wind from the Borders, matched hour by hour. The night rate runs from 0:30 to 7:30.",
    ),
    Offer(
        "Tidewater Power",
        "12 months, fixed",
        ("0.2090", "0.1310"),
        (monthly("Standing charge", "13.10"),),
        (
            (0, {"value": False, "deviation": "Our mix is about 45 % renewable; the rest is gas and nuclear."}),
            (2, 12),
            (3, 90),
            (4, False),
            (5, False),
        ),
        note="Our lowest price. We answer by mail within two working days.",
    ),
    Offer(
        "Fenland Electric",
        "Members’ tariff",
        ("0.2320", "0.1690"),
        (monthly("Standing charge", "11.00"), once("Share in the cooperative, paid back on leaving", "25.00")),
        ((1, False), (2, 1), (3, 14)),
        note="You become a member with one vote. The price moves once a year, in April, by what we pay ourselves.",
    ),
    Offer(
        "Kestrel Green",
        "Half-hourly",
        ("0.2010", "0.1120"),
        (monthly("Standing charge", "16.20"),),
        ((1, False), (2, 1), (3, 28)),
        note="The price follows the half-hour market. The range is what homes like yours paid in the last three years.",
        terms={"firmness": "estimate", "estimate": {"low": "790.00", "high": "1040.00"}},
    ),
    Offer(
        "Calder Energy",
        "24 months, fixed",
        ("0.2260", "0.1420"),
        (monthly("Standing charge", "13.80"), once("Credit for switching both fuels", "-60.00", conditional=True)),
        ((2, 24), (3, 30), (4, False)),
        note="Fixed for two winters. The credit is only for those who bring their gas along.",
    ),
    Offer(
        "Ravensworth Power",
        "12 months, day only",
        ("0.2180", None),
        (monthly("Standing charge", "9.90"),),
        ((2, 12), (3, 60), (4, False)),
        note="One page of terms. We have no night rate yet; that part is not in our price.",
    ),
)


STORIES = (
    Story(
        "energy/electricity",
        "Electricity for a year",
        "A year of electricity for a flat of two with storage heaters. We would like to know what we pay each month.",
        ending="closed",
        household=True,
        offers=ELECTRICITY,
        current={"title": "What we have now", "total": "1098.00", "contract_ends_on": "2027-01-31", "exit_fee": "0.00"},
        elsewhere={"title": "From a leaflet through the door", "total": "1015.00"},
        trust=(4, 2, 4, 3, None, 3),
        notes=((1, "Cheapest, but not green, and ninety days of notice."), (2, "Friends on the next stair like them.")),
    ),
    Story(
        "telecom/broadband",
        "Broadband for working at home",
        "Two people on calls at the same time, and films in the evening.",
        ending="closed",
        offers=(
            Offer(
                "Larkfield Telecom",
                "Fibre 500",
                ("29.00", "0.00", "0.00"),
                answers=((0, 500), (1, 75), (2, 24)),
                note="Router lent at no cost. An engineer from Livingston comes within five working days.",
            ),
            Offer(
                "Harbour Mobile",
                "Home 5G",
                ("24.00", "15.00", "49.00"),
                answers=((0, 150), (1, 25), (2, 1), (3, False)),
                note="Plug it in and go; a month’s notice at any time.",
            ),
        ),
        trust=(4, 3),
        sharing="decide",
        word="I would take the fibre: your calls drop whenever it rains. Do you agree?",
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
        questions=(
            (
                "Oak & Slate Kitchens",
                "Does the worktop have to meet the window sill?",
                "Yes, flush with it. The sill is 91 cm above the floor; the fitter may trim the tiles.",
            ),
            ("Oak & Slate Kitchens", "Is there a lift, or do the units go up the stairs?", ""),
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
    Story(
        "energy/electricity",
        "Electricity for a terraced house",
        "A family of four that cooks with induction. The meter is a smart one, in the hall.",
        ending="open",
        closes_in_days=6,
        asker=CATRIONA,
        offers=(
            Offer(
                "Fenland Electric",
                "Members’ tariff",
                ("0.2290",),
                (monthly("Standing charge", "11.00"),),
                ((2, 1), (3, 14)),
            ),
            Offer(
                "Calder Energy",
                "12 months, fixed",
                ("0.2240",),
                (monthly("Standing charge", "13.80"),),
                ((2, 12), (3, 30)),
                draft=True,
            ),
        ),
        questions=(
            (
                "Fenland Electric",
                "Does the smart meter send half-hourly readings?",
                "Yes, since last spring; our present company shows them to us.",
            ),
        ),
    ),
    Story(
        "energy/electricity",
        "Electricity for a small workshop",
        "A joiner’s bench in a garage: a saw, a planer, lights. Mostly weekday mornings.",
        ending="chosen",
        asker=HAMISH,
        offers=(
            Offer(
                "Calder Energy",
                "12 months, fixed",
                ("0.2210",),
                (monthly("Standing charge", "13.20"),),
                ((2, 12), (3, 30)),
            ),
            Offer(
                "Ravensworth Power",
                "12 months, fixed",
                ("0.2260",),
                (monthly("Standing charge", "9.90"),),
                ((2, 12), (3, 60)),
            ),
        ),
    ),
    Story(
        "energy/gas",
        "Gas for a flat in Leith",
        "A combi boiler from 2019, cooking by gas; about 9,000 kWh a year.",
        ending="open",
        closes_in_days=2,
        asker=HAMISH,
    ),
    Story(
        "electronics/laptop",
        "Two laptops for school",
        "Sturdy rather than fast; a keyboard that stands some tea.",
        ending="open",
        closes_in_days=2,
        asker=CATRIONA,
    ),
    Story(
        "insurance/car",
        "Insurance for a ten-year-old estate car",
        "Two drivers, parked in the street, about 8,000 miles a year.",
        ending="open",
        closes_in_days=8,
        asker=HAMISH,
    ),
)
