"""Who plays in the demo: logins, a household, and organisations with what they want to hear about."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rfps.delivery.domain.wishing import Wish
from rfps.delivery.states import AreaKind

EDINBURGH = (55.953, -3.189)
GLASGOW = (55.861, -4.251)
LEEDS = (53.801, -1.549)


@dataclass(frozen=True, slots=True)
class Login:
    """A person who can sign in."""

    email: str
    name: str
    role: str  # what the demo prints beside it
    staff: bool = False


@dataclass(frozen=True, slots=True)
class Player:
    """An organisation with its owner's address."""

    name: str
    email: str
    kind: str = "supplier"
    legal_name: str = ""
    description: str = ""
    capabilities: tuple[str, ...] = ()
    subscriptions: tuple[Wish, ...] = ()
    checked: bool = True
    asks: tuple[tuple[str, str], ...] = ()  # (kind of check, where to look) that waits for an operator
    suspended: bool = False


LOGINS = (
    Login("customer@demo.example", "Ailsa Thorburn", "asks, compares, chooses"),
    Login("partner@demo.example", "Rowan Thorburn", "lives in the same household"),
    Login("supplier@demo.example", "Iain Calder", "owner of Calder Energy, a supplier"),
    Login("rival@demo.example", "Moira Raven", "owner of Ravensworth Power, another supplier"),
    Login("outsider@demo.example", "Tam Elsewhere", "a supplier that asked to hear of nothing"),
    Login("attester@demo.example", "Effie Register", "confirms facts for an office"),
    Login("operator@demo.example", "Olive Warden", "runs this marketplace", staff=True),
)

# Others who ask. Nobody signs in as them.
NEIGHBOURS = (
    Login("catriona@neighbours.example", "Catriona Bell", ""),
    Login("hamish@neighbours.example", "Hamish Dunn", ""),
)

ORGANISATIONS = (
    Player(
        "Calder Energy",
        "supplier@demo.example",
        description="Electricity and gas for homes and small shops.",
        legal_name="Calder Energy Ltd",
        asks=(("trade", "Licensed for supply of electricity and gas; the public list of licensees, under Calder."),),
    ),
    Player("Ravensworth Power", "rival@demo.example", description="Fixed tariffs, one page of terms."),
    Player("Elsewhere Trading", "outsider@demo.example", description="Not looking for requests just now."),
    Player(
        "Lothian Registry Office",
        "attester@demo.example",
        kind="attester",
        asks=(("identity", "The council’s own page of its offices, under registration."),),
    ),
)

# Those who wait for a check, and one that was found out.
NEWCOMERS = (
    Player(
        "Brae Heat Pumps",
        "hello@brae.example",
        description="Heat pumps for old houses, fitted by two engineers who answer the phone.",
        legal_name="Brae Heat Pumps Ltd",
        checked=False,
        asks=(("identity", "Register of companies, SC700123"), ("insurance", "Policy with Forth Mutual, no. 88-1207")),
    ),
    Player(
        "Copper Kettle Catering",
        "office@copperkettle.example",
        description="Lunches and buffets for up to two hundred guests.",
        checked=False,
        asks=(("identity", "Food business register of the City of Edinburgh, 2026/0417"),),
    ),
    Player("Brass Candle Energy", "desk@brasscandle.example", description="The lowest price.", suspended=True),
)


def _interest(name: str, *categories: str, near: tuple[float, float, int] | None = None, mail: str = "none") -> Wish:
    wish = Wish(name=name, categories=list(categories), webhook=False, mail=mail)
    if near is None:
        return replace(wish, area_kind=AreaKind.COUNTRY, country="GB")
    return replace(wish, area_kind=AreaKind.RADIUS, lat=near[0], lon=near[1], radius_km=near[2])


SUPPLIERS = (
    Player(
        "Northlight Energy",
        "offers@northlight.example",
        description="Renewable electricity from wind farms in the Borders. 30 days' notice on every tariff.",
        subscriptions=(_interest("Homes in Great Britain", "energy", mail="instant"),),
    ),
    Player(
        "Tidewater Power",
        "sales@tidewater.example",
        description="Low unit prices on 12- and 24-month contracts.",
        subscriptions=(_interest("Electricity", "energy/electricity"),),
    ),
    Player(
        "Fenland Electric",
        "desk@fenland.example",
        description="A cooperative owned by the people it supplies.",
        subscriptions=(_interest("Electricity and gas", "energy"),),
    ),
    Player(
        "Kestrel Green",
        "hello@kestrel.example",
        description="Half-hourly tariffs for people who can shift their use.",
        subscriptions=(_interest("Electricity", "energy/electricity"),),
    ),
    Player(
        "Harbour Mobile",
        "business@harbour.example",
        description="SIM-only and handset contracts on two networks.",
        subscriptions=(_interest("Phones and broadband", "telecom"),),
    ),
    Player(
        "Larkfield Telecom",
        "quotes@larkfield.example",
        description="Phones, fibre and someone who answers in Livingston.",
        subscriptions=(_interest("Phones", "telecom/phone"), _interest("Broadband", "telecom/broadband")),
    ),
    Player(
        "Oak & Slate Kitchens",
        "studio@oakandslate.example",
        description="Made in Leith, fitted by our own joiners.",
        capabilities=("installation",),
        subscriptions=(_interest("Kitchens within 60 km", "home/kitchen", near=(*EDINBURGH, 60)),),
    ),
    Player(
        "Merchiston Joinery",
        "office@merchiston.example",
        description="Cabinets, worktops, and the small jobs that others turn down.",
        capabilities=("installation",),
        subscriptions=(_interest("Home, near", "home", near=(*EDINBURGH, 40)),),
    ),
    Player(
        "Wren Photography",
        "bookings@wren.example",
        description="Two photographers, weddings and family days, all Scotland.",
        subscriptions=(_interest("Events", "events/photography", near=(*EDINBURGH, 150)),),
    ),
    Player(
        "Brightside Pictures",
        "hello@brightside.example",
        description="Documentary style; every picture delivered within two weeks.",
        subscriptions=(_interest("Events in the west", "events/photography", near=(*GLASGOW, 100)),),
    ),
    Player(
        "Castle Motors",
        "sales@castlemotors.example",
        description="Used cars with a year's warranty and a written history.",
        subscriptions=(_interest("Cars", "mobility/used-car", near=(*EDINBURGH, 200)),),
    ),
    Player(
        "Aire Valley Wheels",
        "trade@airevalley.example",
        description="Bicycles and used cars, delivered to your door.",
        subscriptions=(_interest("Wheels", "mobility", near=(*LEEDS, 400)),),
    ),
)
