"""Which subscriptions fit a request: the S0 facts, the words, and the one SQL rule over both.

Whatever is read here is thereby told to suppliers, who can move a subscription and watch: S0 facts only.
"""

from __future__ import annotations

import unicodedata
from dataclasses import astuple, dataclass, fields
from decimal import Decimal
from typing import Any

from accounts.policies import checked_suppliers
from rfps.delivery.models import Event

MAX_PHRASE = 3  # words in a keyword that is matched as a phrase
MAX_WORD = 100  # characters of a word that count, on both sides
EARTH_KM = 6371.0088  # mean radius, IUGG

Sql = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class MatchFacts:
    """What matching may compare of a request; the columns of the same names are on Event.

    `lat` and `lon` are the centre of the S0 cell; the budget is the range that S0 shows, None when hidden.
    """

    sandbox: bool
    kind: str
    categories: tuple[str, ...]  # the category and its ancestors
    country: str = ""
    remote: bool = False
    lat: float | None = None
    lon: float | None = None
    budget_low: Decimal | None = None
    budget_high: Decimal | None = None
    budget_currency: str | None = None
    lexemes: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()


def words(text: str) -> list[str]:
    """The words of a text in any script, compatibility-normalised and case-folded."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept = (c if c.isalnum() or unicodedata.category(c).startswith("M") else " " for c in folded)
    return [word[:MAX_WORD] for word in "".join(kept).split()]


def phrase(keyword: str) -> str:
    """A keyword as it stands among lexemes; empty when it has no word in it."""
    return " ".join(words(keyword))


def lexemes(*texts: str) -> list[str]:
    """Every word and every run of up to three words of each text, sorted, each once."""
    found: set[str] = set()
    for text in texts:
        each = words(text)
        for size in range(1, MAX_PHRASE + 1):
            found.update(" ".join(each[at : at + size]) for at in range(len(each) - size + 1))
    return sorted(found)


# `e` is the request's facts, `s` the subscription. Distance by the haversine formula; a degree of latitude is
# 111.19 km on that sphere, so the band of latitudes is the cheap first test (longitudes have a seam at 180°).
CONDITIONS = {
    "kind": "(cardinality(s.kinds) = 0 OR e.kind = ANY(s.kinds))",
    "area": f"""(CASE s.area_kind
        WHEN 'anywhere' THEN TRUE
        WHEN 'remote' THEN e.remote
        WHEN 'country' THEN NOT e.remote AND e.country = s.country
        ELSE NOT e.remote AND e.lat IS NOT NULL AND abs(s.lat - e.lat) * 111.0 <= s.radius_km
          AND {2 * EARTH_KM} * asin(least(1.0, sqrt(
            power(sin(radians(s.lat - e.lat) / 2), 2)
            + cos(radians(s.lat)) * cos(radians(e.lat)) * power(sin(radians(s.lon - e.lon) / 2), 2)))) <= s.radius_km
        END)""",
    "budget": """(s.budget_currency = '' OR coalesce(e.budget_currency, '') = '' OR (
        s.budget_currency = e.budget_currency
        AND (s.budget_min IS NULL OR e.budget_high IS NULL OR e.budget_high >= s.budget_min)
        AND (s.budget_max IS NULL OR e.budget_low IS NULL OR e.budget_low <= s.budget_max)))""",
    "keywords": """((cardinality(s.keyword_phrases) = 0 OR s.keyword_phrases && e.lexemes)
        AND NOT s.excluded_phrases && e.lexemes)""",
    "capabilities": "s.capabilities @> e.capabilities::varchar[]",
}
LIVE = """s.deleted_at IS NULL AND s.sandbox = e.sandbox
        AND (s.active_from_at IS NULL OR s.active_from_at <= clock_timestamp())
        AND (s.active_until_at IS NULL OR s.active_until_at > clock_timestamp())"""
# One CASE, so that the planner guesses half instead of multiplying a dozen guesses down to a single row.
FITS = f"(CASE WHEN {' AND '.join([LIVE, *CONDITIONS.values()])} THEN TRUE ELSE FALSE END)"
# The selective equality first: one index range per category, then the rest on the candidates.
CANDIDATES = """JOIN delivery_interest i ON i.category = ANY(e.categories)
        JOIN delivery_subscription s ON s.id = i.subscription_id"""


def facts_of(event: Event) -> MatchFacts:
    """The facts that an event was announced with."""
    values: dict[str, Any] = {each.name: getattr(event, each.name) for each in fields(MatchFacts)}
    listed = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return MatchFacts(**(values | listed))


def facts_row(facts: MatchFacts) -> Sql:
    """The facts as a row source named `e`."""
    columns = """%s::boolean AS sandbox, %s::text AS kind, %s::text[] AS categories, %s::text AS country,
        %s::boolean AS remote, %s::float8 AS lat, %s::float8 AS lon, %s::numeric AS budget_low,
        %s::numeric AS budget_high, %s::text AS budget_currency, %s::text[] AS lexemes, %s::text[] AS capabilities"""
    values = [list(value) if isinstance(value, tuple) else value for value in astuple(facts)]
    return f"(SELECT {columns}) e", values


def checked(column: str) -> Sql:
    """The condition that the supplier in `column` may match today."""
    suppliers, params = checked_suppliers().values("pk").query.sql_with_params()
    return f"{column} IN ({suppliers})", list(params)
