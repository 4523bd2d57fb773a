"""Matching once more, in plain Python and without SQL: what the database is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import asin, cos, radians, sin, sqrt

from rfps.delivery.domain.matching import EARTH_KM, MatchFacts, phrase
from rfps.delivery.models import Subscription


@dataclass(frozen=True, slots=True)
class Place:
    lat: float
    lon: float


def distance_km(one: Place, other: Place) -> float:
    """Great-circle distance by the haversine formula."""
    half_lat = radians(other.lat - one.lat) / 2
    half_lon = radians(other.lon - one.lon) / 2
    chord = sin(half_lat) ** 2 + cos(radians(one.lat)) * cos(radians(other.lat)) * sin(half_lon) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(chord)))


def fits(request: MatchFacts, wish: Subscription, now: datetime) -> bool:
    """Whether a live subscription of a checked supplier fits."""
    return (
        wish.deleted_at is None
        and wish.sandbox == request.sandbox
        and (wish.active_from_at is None or wish.active_from_at <= now)
        and (wish.active_until_at is None or wish.active_until_at > now)
        and not set(wish.categories).isdisjoint(request.categories)
        and (not wish.kinds or request.kind in wish.kinds)
        and _in_area(request, wish)
        and _in_budget(request, wish)
        and _in_words(request, wish)
        and set(request.capabilities) <= set(wish.capabilities)
    )


def _in_area(request: MatchFacts, wish: Subscription) -> bool:
    if wish.area_kind == "anywhere":
        return True
    if request.remote or wish.area_kind == "remote":
        return request.remote and wish.area_kind == "remote"
    if wish.area_kind == "country":
        return wish.country == request.country
    if request.lat is None or request.lon is None:
        return False
    assert wish.lat is not None
    assert wish.lon is not None
    assert wish.radius_km is not None
    return distance_km(Place(request.lat, request.lon), Place(wish.lat, wish.lon)) <= wish.radius_km


def _in_budget(request: MatchFacts, wish: Subscription) -> bool:
    if not wish.budget_currency or not request.budget_currency:
        return True
    if wish.budget_currency != request.budget_currency:
        return False
    reaches = wish.budget_min is None or request.budget_high is None or request.budget_high >= wish.budget_min
    stays = wish.budget_max is None or request.budget_low is None or request.budget_low <= wish.budget_max
    return reaches and stays


def _in_words(request: MatchFacts, wish: Subscription) -> bool:
    wanted = {phrase(each) for each in wish.keywords}
    unwanted = {phrase(each) for each in wish.excluded_keywords}
    said = set(request.lexemes)
    return (not wanted or bool(wanted & said)) and not unwanted & said
