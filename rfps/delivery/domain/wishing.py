"""What a subscription says, and everything that can be wrong with it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.datastore.places import country_names
from marketplace.kernel.errors import Fault
from marketplace.kernel.money import CURRENCIES, MAX_AMOUNT, minor_unit
from rfps.catalogue import exists
from rfps.delivery.domain.matching import MAX_PHRASE, words
from rfps.delivery.states import AreaKind
from rfps.states import RfpKind

MAX_NAME = 120
MAX_LIST = 100  # entries of any list
MAX_KEYWORD = 100  # characters
MAX_CAPABILITY = 64
RADIUS_KM = (10, 500)  # below 10 km a radius would find out what the cell hides
MAILS = ("instant", "digest", "none")


@dataclass(frozen=True, slots=True)
class Wish:
    """A subscription's content; the columns of the same names are on Subscription."""

    name: str = ""
    categories: list[str] = field(default_factory=list)
    area_kind: str = AreaKind.ANYWHERE
    country: str = ""
    lat: float | None = None
    lon: float | None = None
    radius_km: float | None = None
    budget_min: Decimal | None = None
    budget_max: Decimal | None = None
    budget_currency: str = ""
    keywords: list[str] = field(default_factory=list)
    excluded_keywords: list[str] = field(default_factory=list)
    capabilities: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=lambda: list(RfpKind.values[::-1]))
    active_from_at: datetime | None = None
    active_until_at: datetime | None = None
    inbox: bool = True
    webhook: bool = True
    mail: str = "none"


def faults_of(wish: Wish) -> list[Fault]:
    """Everything that is wrong, with pointers into the body of the REST contract."""
    found = [*_texts(wish), *_lists(wish), *_area(wish), *_budget(wish), *_window(wish)]
    if wish.mail not in MAILS:
        found.append(_choice("/channels/mail", MAILS))
    return found


def _texts(wish: Wish) -> Iterator[Fault]:
    if len(wish.name) > MAX_NAME:
        yield _long("/name", MAX_NAME)
    for name in ("keywords", "excluded_keywords"):
        for position, keyword in enumerate(getattr(wish, name)[:MAX_LIST]):  # of more it is said that they are many
            yield from _keyword(f"/{name}/{position}", keyword)
    for position, capability in enumerate(wish.capabilities[:MAX_LIST]):
        if not capability.strip() or len(capability) > MAX_CAPABILITY:
            yield _long(f"/capabilities/{position}", MAX_CAPABILITY)


def _keyword(pointer: str, keyword: str) -> Iterator[Fault]:
    if len(keyword) > MAX_KEYWORD:
        yield _long(pointer, MAX_KEYWORD)
    elif not words(keyword):
        yield Fault(pointer, "no_word", _("A keyword has at least one letter or digit."))
    elif len(words(keyword)) > MAX_PHRASE:
        yield Fault(pointer, "too_many_words", _("A keyword has at most %(most)d words.") % {"most": MAX_PHRASE})


def _lists(wish: Wish) -> Iterator[Fault]:
    if not wish.categories:
        yield Fault("/categories", "required", _("Name at least one category."))
    for name in ("categories", "keywords", "excluded_keywords", "capabilities"):
        if len(getattr(wish, name)) > MAX_LIST:
            yield Fault(f"/{name}", "too_many", _("List at most %(most)d.") % {"most": MAX_LIST})
    for position, category in enumerate(wish.categories[:MAX_LIST]):
        if not exists(category):
            yield Fault(f"/categories/{position}", "unknown_category", _("There is no such category."))
    for position, kind in enumerate(wish.kinds):
        if kind not in RfpKind.values:
            yield _choice(f"/kinds/{position}", tuple(RfpKind.values))


def _area(wish: Wish) -> Iterator[Fault]:
    if wish.area_kind not in AreaKind.values:
        yield _choice("/area", tuple(AreaKind.values))
    if wish.area_kind == AreaKind.COUNTRY and wish.country not in country_names():
        yield Fault("/area/country", "unknown_country", _("Give the country's two capital letters, for example GB."))
    if wish.area_kind == AreaKind.RADIUS:
        for name, low, high in (("lat", -90, 90), ("lon", -180, 180), ("radius_km", *RADIUS_KM)):
            yield from _between(f"/area/{name}", getattr(wish, name), low, high)


def _between(pointer: str, number: float | None, low: float, high: float) -> Iterator[Fault]:
    if number is None:
        yield Fault(pointer, "required", _("This is needed."))
    elif not math.isfinite(number) or not low <= number <= high:
        message = _("Give a number from %(low)s to %(high)s.") % {"low": low, "high": high}
        yield Fault(pointer, "out_of_range", message)


def _budget(wish: Wish) -> Iterator[Fault]:
    given = [(name, getattr(wish, f"budget_{name}")) for name in ("min", "max")]
    amounts = [(name, amount) for name, amount in given if amount is not None]
    if not wish.budget_currency:
        if amounts:
            yield Fault("/budget/currency", "required", _("Name the currency."))
        return
    if wish.budget_currency not in CURRENCIES:
        yield Fault("/budget/currency", "unknown_currency", _("This is no currency in use (ISO 4217)."))
        return
    for name, amount in amounts:
        if not amount.is_finite() or not 0 <= amount <= MAX_AMOUNT:
            yield Fault(f"/budget/{name}", "out_of_range", _("This amount is out of range."))
        elif amount != round(amount, minor_unit(wish.budget_currency)):
            yield Fault(f"/budget/{name}", "too_many_decimals", _("This currency has fewer decimals."))
    if len(amounts) == 2 and all(amount.is_finite() for _name, amount in amounts) and amounts[0][1] > amounts[1][1]:
        yield Fault("/budget/max", "below_min", _("The largest amount is below the smallest."))


def _window(wish: Wish) -> Iterator[Fault]:
    if wish.active_from_at and wish.active_until_at and wish.active_until_at <= wish.active_from_at:
        yield Fault("/active_until_at", "order", _("The end is not after the beginning."))


def _long(pointer: str, most: int) -> Fault:
    return Fault(pointer, "length", _("Write 1 to %(most)d characters.") % {"most": most})


def _choice(pointer: str, known: tuple[str, ...]) -> Fault:
    return Fault(pointer, "unknown_choice", _("Choose one of: %(known)s.") % {"known": ", ".join(known)})
