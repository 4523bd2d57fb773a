"""Random requests and subscriptions that often nearly fit."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from rfps.delivery.domain.matching import MatchFacts, lexemes

NODES = ["energy", "energy/electricity", "energy/gas", "home", "home/kitchen"]
WORDS = ["green", "power", "Straße", "fast"]
PLACES = [(55.95, -3.19), (55.86, -4.25), (51.5, 0.0), (0.0, 179.9), (0.0, -179.9), (89.9, 10.0), (89.9, -170.0)]
PAST, FUTURE = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
amounts = st.none() | st.sampled_from([Decimal(0), Decimal(500), Decimal(1000), Decimal(2000)])


@st.composite
def requests(draw: st.DrawFn) -> MatchFacts:
    node = draw(st.sampled_from(NODES))
    place = draw(st.none() | st.sampled_from(PLACES))
    remote = place is None
    low, high = draw(st.sampled_from([(0, 500), (500, 1000), (1000, 1000), (2000, 5000)]))
    shown = draw(st.sampled_from([None, "GBP", "EUR"]))
    return MatchFacts(
        sandbox=draw(st.booleans()),
        kind=draw(st.sampled_from(["rfp", "rfi"])),
        categories=tuple({node.partition("/")[0], node}),
        country="" if remote else draw(st.sampled_from(["GB", "IE"])),
        remote=remote,
        lat=place and place[0],
        lon=place and place[1],
        budget_low=Decimal(low) if shown else None,
        budget_high=Decimal(high) if shown else None,
        budget_currency=shown,
        lexemes=tuple(lexemes(" ".join(draw(st.lists(st.sampled_from(WORDS), max_size=3))))),
        capabilities=tuple(draw(st.sets(st.sampled_from(["smart", "solar"]), max_size=1))),
    )


@st.composite
def wishes(draw: st.DrawFn) -> dict[str, Any]:
    """Columns of a subscription."""
    area = draw(st.sampled_from(["anywhere", "country", "radius", "remote"]))
    place = draw(st.sampled_from(PLACES))
    radius = area == "radius"
    currency = draw(st.sampled_from(["", "GBP", "EUR"]))
    phrases = st.lists(st.sampled_from([*WORDS, "green power", "FAST green"]), max_size=2)
    return {
        "categories": sorted(draw(st.sets(st.sampled_from(NODES), min_size=1, max_size=2))),
        "kinds": sorted(draw(st.sets(st.sampled_from(["rfp", "rfi"])))),
        "area_kind": area,
        "country": draw(st.sampled_from(["GB", "IE"])) if area == "country" else "",
        "lat": place[0] if radius else None,
        "lon": place[1] if radius else None,
        "radius_km": draw(st.sampled_from([10, 60, 70, 500])) if radius else None,
        "budget_min": draw(amounts) if currency else None,
        "budget_max": draw(amounts) if currency else None,
        "budget_currency": currency,
        "keywords": draw(phrases),
        "excluded_keywords": draw(st.just([]) | phrases),
        "capabilities": sorted(draw(st.sets(st.sampled_from(["smart", "solar"])))),
        "active_from_at": draw(st.sampled_from([None, None, PAST, FUTURE])),
        "active_until_at": draw(st.sampled_from([None, None, FUTURE, PAST])),
        "deleted_at": draw(st.sampled_from([None, None, None, PAST])),
    }
