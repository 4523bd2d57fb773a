"""What an offer costs over the comparison period, every term shown ("eval-1")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from bids.domain.rounding import add, exact, product
from bids.states import Flag, Recurs, TermKind

MONTHS = {Recurs.MONTH: 1, Recurs.QUARTER: 3, Recurs.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Line:
    """One priced row of the request."""

    id: str
    title: str
    quantity: Decimal
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Price:
    """What an offer says of one line."""

    unit_price: Decimal | None
    quantity: Decimal | None = None
    offered: bool = True
    lead_time_days: int | None = None


@dataclass(frozen=True, slots=True)
class Fee:
    """A charge beside the lines. `periods` None runs on; `from_period` counts periods of its own length from 1."""

    label: str
    amount: Decimal
    recurs: str = Recurs.ONCE
    periods: int | None = None
    from_period: int = 1
    conditional: bool = False

    @property
    def months_each(self) -> int:
        return MONTHS[Recurs(self.recurs)]

    @property
    def starts(self) -> int:
        """Months before the first period."""
        return (self.from_period - 1) * self.months_each

    @property
    def ends(self) -> int | None:
        """Months until the price is no longer known; None: it stays."""
        return None if self.periods is None else self.starts + self.periods * self.months_each


@dataclass(frozen=True, slots=True)
class Offer:
    """The priced content of a bid, of what the customer has now, or of an offer from elsewhere."""

    prices: Mapping[str, Price] = field(default_factory=dict)
    fees: Sequence[Fee] = ()
    delivery: Decimal = Decimal(0)
    vat_rate: Decimal = Decimal(0)
    vat_included: bool = True
    estimate_high: Decimal | None = None  # an estimate is ranked by its high end
    fixed_total: Decimal | None = None  # typed in by the customer instead of lines


@dataclass(frozen=True, slots=True)
class Term:
    """One summand, VAT included. `subject` is the line's id where it is a line's."""

    kind: TermKind
    label: str
    amount: Fraction
    counted: bool = True
    months: int | None = None
    note: str = ""
    subject: str = ""
    each: Fraction | None = None  # a line's unit price


@dataclass(frozen=True, slots=True)
class Total:
    """The unrounded sum of the counted terms, and what is to be said of it."""

    amount: Fraction
    terms: tuple[Term, ...]
    missing: tuple[str, ...]
    flags: tuple[Flag, ...]

    @property
    def complete(self) -> bool:
        """A total without some line is no price to compare: what is missing is never free."""
        return not self.missing

    def lines(self) -> dict[str, Term]:
        """The terms of the priced lines, by the line's id."""
        return {term.subject: term for term in self.terms if term.kind == TermKind.LINE}


def total(offer: Offer, lines: Sequence[Line], *, horizon_months: int | None, exit_fee: Decimal | None = None) -> Total:
    """Add up an offer by formula eval-1.

    Σ unit price × the *request's* quantity + one-off charges + recurring charges for the months inside
    `horizon_months` + delivery, each with VAT, + the exit fee of what the customer has now. An offered quantity other
    than the asked one is flagged and changes nothing, so that totals stay comparable. Without a horizon everything
    stated counts. Conditional charges are shown and not counted. An estimate counts its high end instead of its parts.
    """
    factor = Decimal(1) if offer.vat_included else 1 + offer.vat_rate
    line_terms, missing, flags = _lines(offer, lines, factor)
    fee_terms, fee_flags = _fees(offer.fees, factor, horizon_months)
    terms = [*line_terms, *fee_terms]
    if offer.delivery:
        terms.append(Term(TermKind.DELIVERY, _("Delivery"), product(offer.delivery, factor)))
    flags += fee_flags
    whole = offer.estimate_high if offer.estimate_high is not None else offer.fixed_total
    if whole is not None:
        terms = [replace(term, counted=False) for term in terms]
        terms.append(_whole(offer, product(whole, factor)))
        missing = [line for line in missing if line in offer.prices]
        flags = [flag for flag in flags if flag != Flag.MISSING_LINE or missing]
        flags += [Flag.ESTIMATE] * (offer.estimate_high is not None)
    if exit_fee:
        terms.append(Term(TermKind.EXIT_FEE, _("Exit fee of what you have now"), exact(exit_fee)))
    amount = add(term.amount for term in terms if term.counted)
    return Total(amount, tuple(terms), tuple(missing), tuple(dict.fromkeys(flags)))


def _whole(offer: Offer, amount: Fraction) -> Term:
    if offer.estimate_high is not None:
        return Term(TermKind.ESTIMATE, _("Estimate, its high end"), amount)
    return Term(TermKind.FIXED, _("Total as you entered it"), amount)


def _lines(offer: Offer, lines: Sequence[Line], factor: Decimal) -> tuple[list[Term], list[str], list[Flag]]:
    terms, missing, flags = [], [], []
    for line in lines:
        price = offer.prices.get(line.id)
        if price is None or not price.offered or price.unit_price is None:
            missing.append(line.id)
            flags.append(Flag.MISSING_LINE)
            continue
        flag, note = _quantity(price, line)
        flags += flag
        each = product(price.unit_price, factor)
        amount = product(price.unit_price, factor, line.quantity)
        terms.append(Term(TermKind.LINE, line.title, amount, note=note, subject=line.id, each=each))
    return terms, missing, flags


def _quantity(price: Price, line: Line) -> tuple[list[Flag], str]:
    if price.quantity is None or price.quantity == line.quantity:
        return [], ""
    flag = Flag.PARTIAL_QUANTITY if price.quantity < line.quantity else Flag.LARGER_QUANTITY
    amounts = {"offered": format(price.quantity.normalize(), "f"), "asked": format(line.quantity.normalize(), "f")}
    return [flag], _("%(offered)s offered, %(asked)s asked and counted") % amounts


def _fees(fees: Sequence[Fee], factor: Decimal, horizon: int | None) -> tuple[list[Term], list[Flag]]:
    follower = followers(fees)
    terms, flags = [], []
    for fee, then in zip(fees, follower, strict=True):
        if fee.recurs == Recurs.ONCE:
            term = Term(TermKind.CHARGE, fee.label, product(fee.amount, factor), counted=not fee.conditional)
        elif horizon is None:
            term = _stated(fee, factor)
            flags += [Flag.OPEN_ENDED] * (fee.periods is None)
        else:
            term, guessed = _within(fee, then, factor, horizon)
            flags += [Flag.PRICE_KNOWN_IN_PART] * guessed
        terms.append(term)
    return terms, flags


def _stated(fee: Fee, factor: Decimal) -> Term:
    periods = fee.periods or 1
    note = "" if fee.periods else _("runs on; one period counted")
    amount = product(fee.amount, factor) * periods
    return Term(TermKind.CHARGE, fee.label, amount, not fee.conditional, months=periods * fee.months_each, note=note)


def _within(fee: Fee, then: Fee | None, factor: Decimal, horizon: int) -> tuple[Term, bool]:
    """The months of a recurring charge inside the period, and whether some are a guess from its last known price."""
    starts = min(fee.starts, horizon)
    known = horizon if fee.ends is None else min(fee.ends, horizon)
    until = known
    if not fee.conditional and fee.starts < horizon:
        until = horizon if then is None else max(known, min(then.starts, horizon))
    months, guessed = until - starts, until > known
    note = ""
    if guessed:
        counts = {"known": known - starts, "months": months}
        note = _("known for %(known)s of %(months)s months; the rest at the last known price") % counts
    amount = product(fee.amount, factor) * Fraction(months, fee.months_each)
    return Term(TermKind.CHARGE, fee.label, amount, not fee.conditional, months=months, note=note), guessed


def followers(fees: Sequence[Fee]) -> list[Fee | None]:
    """For each charge the one that takes over when it ends: of the same label, else one that starts that month."""
    found: list[Fee | None] = [None] * len(fees)
    free = {index for index, fee in enumerate(fees) if fee.recurs != Recurs.ONCE and not fee.conditional}
    ending = [index for index in sorted(free) if fees[index].ends is not None]
    for same_label in (True, False):
        for index in ending:
            if found[index] is None:
                taken = _follower(index, fees, free, same_label)
                if taken is not None:
                    found[index] = fees[taken]
                    free.discard(taken)
    return found


def _follower(index: int, fees: Sequence[Fee], free: set[int], same_label: bool) -> int | None:
    fee = fees[index]
    ends = fee.ends or 0
    fits = [
        other
        for other in free - {index}
        if (fees[other].label == fee.label and fees[other].starts >= ends if same_label else fees[other].starts == ends)
    ]
    return min(fits, key=lambda other: (fees[other].starts, other), default=None)
