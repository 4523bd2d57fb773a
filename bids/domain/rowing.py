"""The rows of the comparison table: what each column says of the price, of what was asked, and of itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db import models
from django.utils.translation import gettext as _

from bids.domain import wording
from bids.domain.comparing import Comparison, Result
from bids.domain.rounding import exact
from bids.domain.totalling import Fee, Line, Term
from bids.states import EntryKind, Flag, TermKind
from marketplace.kernel.money import minor_unit
from rfps.domain.saying import named
from rfps.models import Requirement
from rfps.states import CriterionKind, Level

MOST_CHARGES = 12  # labels that get a row of their own; the rest share one
NOTHING = "–"


class State(models.TextChoices):
    """What a cell is marked as."""

    PLAIN = ""
    BEST = "best"
    MISSING = "missing"
    FAILED = "failed"
    QUIET = "quiet"  # nothing to say, and nothing wrong with that


@dataclass(frozen=True, slots=True)
class Cell:
    """What one column says in one row; `detail` is what stands small beside it."""

    text: str
    state: State = State.PLAIN
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing compared. `differs`: not every column that says something says the same."""

    key: str
    title: str
    cells: tuple[Cell, ...]
    tag: str = ""
    detail: str = ""
    own: bool = False  # the customer's own words, not the offer's

    @property
    def differs(self) -> bool:
        said = {(cell.text, cell.state, cell.detail) for cell in self.cells if cell.text not in ("", NOTHING)}
        return len(said) > 1


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that belong together."""

    key: str
    title: str
    rows: tuple[Row, ...]


NOT_SAID = Cell(NOTHING, State.QUIET)


def totals(comparison: Comparison, results: Sequence[Result]) -> Group:
    """What each costs over the period, and against what the customer has now."""
    board = comparison.board
    months = board.asked.horizon_months
    title = _("Price %(period)s") % {"period": wording.period(months)} if months else _("Price in all")
    low = _lowest(results, lambda result: result.total.amount if result.total.complete else None)
    rows = [Row("total", title, tuple(_total(result, board.rfp.currency, low) for result in results))]
    now = current(results)
    if now is not None and now.total.complete:
        base, currency = now.total.amount, board.rfp.currency
        rows.append(Row("against-now", _("against now"), tuple(_against(each, base, currency) for each in results)))
    return Group("total", "", tuple(rows))


def current(results: Iterable[Result]) -> Result | None:
    """What the customer has now."""
    return next((result for result in results if result.column.source == EntryKind.CURRENT), None)


def _total(result: Result, currency: str, low: Fraction | None) -> Cell:
    text, details = wording.amount(result.total.amount, currency), []
    if result.total.missing:
        details.append(_("without the parts it leaves out"))
    if Flag.ESTIMATE in result.flags:
        details.append(_("an estimate, its high end"))
    if Flag.PRICE_KNOWN_IN_PART in result.flags:
        details.append(_("partly at the last known price"))
    if Flag.LOW_PRICE in result.flags:
        details.append(_("far below the others: ask why"))
    best = result.eligible and low is not None and result.total.complete and result.total.amount == low
    return Cell(text, State.BEST if best else State.PLAIN, "; ".join(details))


def _against(result: Result, now: Fraction, currency: str) -> Cell:
    if result.column.source == EntryKind.CURRENT or not result.total.complete:
        return NOT_SAID
    saved = result.total.amount - now
    best = State.BEST if saved < 0 and result.eligible else State.PLAIN
    return Cell(wording.change(saved, currency), best)


def prices(comparison: Comparison, results: Sequence[Result]) -> Group:
    """How the price is made: parts, charges, delivery, what leaving costs."""
    currency = comparison.board.rfp.currency
    priced = [result.total.lines() for result in results]
    rows = [_line(line, results, [terms.get(line.id) for terms in priced], currency) for line in comparison.board.lines]
    rows += _charges(results, currency)
    for kind, title in ((TermKind.DELIVERY, _("Delivery")), (TermKind.EXIT_FEE, _("Leaving what you have now"))):
        if any(term.kind == kind for result in results for term in result.total.terms):
            rows.append(Row(kind.value, title, tuple(_term(result, kind, currency) for result in results)))
    return Group("price", _("How the price is made"), tuple(rows))


def _line(line: Line, results: Sequence[Result], found: Sequence[Term | None], currency: str) -> Row:
    prices = [term.each for term in found if term and term.each is not None]
    places = max([minor_unit(currency), *(wording.decimals_of(price) for price in prices)])
    each = {result.column.key: term.each for result, term in zip(results, found, strict=True) if term}
    low = _lowest(results, lambda result: each.get(result.column.key))
    cells = tuple(
        _unit_price(result, term, wording.amount(term.each, currency, places), low) if term and term.each is not None
        else _without(result)
        for result, term in zip(results, found, strict=True)
    )  # fmt: skip
    return Row(line.id, named(line.title, line.unit), cells, detail=wording.measure(line.quantity, line.unit))


def _unit_price(result: Result, term: Term, text: str, low: Fraction | None) -> Cell:
    best = result.eligible and low is not None and term.each == low
    return Cell(text, State.BEST if best else State.PLAIN, term.note)


def _without(result: Result) -> Cell:
    """A part without a price: of an estimate or a typed total it is inside the sum."""
    inside = any(term.counted and term.kind in (TermKind.ESTIMATE, TermKind.FIXED) for term in result.total.terms)
    return Cell(_("in the total"), State.QUIET) if inside else Cell(_("not offered"), State.MISSING)


def _charges(results: Sequence[Result], currency: str) -> list[Row]:
    told: list[dict[str, list[Cell]]] = []
    for result in results:
        mine: dict[str, list[Cell]] = {}
        terms = [term for term in result.total.terms if term.kind == TermKind.CHARGE]
        for fee, term in zip(result.column.offer.fees, terms, strict=True):
            mine.setdefault(fee.label, []).append(_charge(fee, term, result, currency))
        told.append(mine)
    labels = Counter(label for mine in told for label in mine)
    own = [label for label, _count in labels.most_common(MOST_CHARGES)]
    rows = [Row(f"charge-{at}", label, tuple(_joined(mine.get(label, [])) for mine in told))
            for at, label in enumerate(own)]  # fmt: skip
    rest = [[cell for label, cells in mine.items() if label not in own for cell in cells] for mine in told]
    return rows + [Row("charge-rest", _("Other charges"), tuple(map(_joined, rest)))] * any(rest)


def _charge(fee: Fee, term: Term, result: Result, currency: str) -> Cell:
    offer = result.column.offer
    factor = Fraction(1) if offer.vat_included else 1 + exact(offer.vat_rate)
    text = wording.each(fee.recurs, wording.amount(exact(fee.amount) * factor, currency))
    notes = [term.note] if term.note else []
    if fee.conditional:
        notes.append(_("on a condition, not counted"))
    return Cell(text, detail="; ".join(notes))


def _joined(cells: Sequence[Cell]) -> Cell:
    if not cells:
        return Cell(_("none"), State.QUIET)
    return Cell(", ".join(cell.text for cell in cells), detail="; ".join(cell.detail for cell in cells if cell.detail))


def _term(result: Result, kind: TermKind, currency: str) -> Cell:
    found = [wording.amount(term.amount, currency) for term in result.total.terms if term.kind == kind]
    return Cell(found[0]) if found else Cell(_("none"), State.QUIET)


def asked(comparison: Comparison, results: Sequence[Result]) -> Group:
    """What was asked for, and the customer's own ratings."""
    board = comparison.board
    by_requirement = {m.requirement: at for at, m in enumerate(board.measures) if m.requirement}
    rows = [_requirement(row, by_requirement.get(str(row.public_id)), results) for row in board.requirements]
    for at, measure in enumerate(board.measures):
        if measure.kind == CriterionKind.RATING:
            rows.append(Row(measure.id, measure.title, tuple(_rating(result, at) for result in results), own=True))
    return Group("asked", _("Must have and nice to have"), tuple(rows))


def _requirement(row: Requirement, at: int | None, results: Sequence[Result]) -> Row:
    top = None if at is None else _highest(results, lambda result: result.score.parts[at].score)
    cells = tuple(_given(row, result, at, top) for result in results)
    return Row(str(row.public_id), row.text, cells, tag=_tag(row))


def _tag(row: Requirement) -> str:
    return _("must have") if row.level == Level.MUST else _("nice to have")


def _given(row: Requirement, result: Result, at: int | None, top: Fraction | None) -> Cell:
    key = str(row.public_id)
    given = result.column.answers.get(key)
    text = wording.answer(given.value, row.answer, row.unit) if given else ""
    detail = "; ".join(part for part in (given.deviation, given.evidence) if part) if given else ""
    if key in result.failed_musts:
        return Cell(text or _("no answer"), State.FAILED, detail)
    if not text:
        return Cell(_("no answer"), State.MISSING) if result.column.is_bid else NOT_SAID
    best = at is not None and top is not None and result.eligible and result.score.parts[at].score == top
    return Cell(text, State.BEST if best else State.PLAIN, detail)


def _rating(result: Result, at: int) -> Cell:
    value = result.score.parts[at].value
    if value is None:
        return Cell(_("not rated"), State.QUIET)
    return Cell(_("%(number)s of 5") % {"number": wording.number(value)})


def terms(results: Sequence[Result]) -> Group:
    """Until when it stands, how firm it is, how soon it comes."""
    rows = [
        Row("valid-until", _("Stands until"), tuple(map(_valid, results))),
        Row("firmness", _("The price is"), tuple(map(_firmness, results))),
        Row("lead-time", _("Ready within"), tuple(map(_lead_time, results))),
        Row("note", _("Your note"), tuple(Cell(result.column.note) for result in results), own=True),
    ]
    return Group("terms", _("The offer"), tuple(row for row in rows if any(cell.text for cell in row.cells)))


def _valid(result: Result) -> Cell:
    until = result.column.valid_until_on
    if Flag.EXPIRED in result.flags and until:
        return Cell(wording.day(until), State.MISSING, _("over; ask for a new one"))
    return Cell(wording.day(until)) if until else Cell("")


def _firmness(result: Result) -> Cell:
    if not result.column.is_bid:
        return Cell("")
    return Cell(_("an estimate") if result.column.offer.estimate_high is not None else _("firm"))


def _lead_time(result: Result) -> Cell:
    times = [price.lead_time_days for price in result.column.offer.prices.values() if price.lead_time_days is not None]
    return Cell(wording.measure(max(times), "day")) if times else Cell("")


def company(results: Sequence[Result], records: Mapping[str, tuple[int, int]]) -> Group:
    """What happened when the company was chosen before: (chosen, confirmed) by its id."""

    def record(result: Result) -> Cell:
        supplier = result.column.supplier["id"]
        if supplier is None:
            return Cell(_("name hidden"), State.QUIET) if result.column.is_bid else NOT_SAID
        chosen, kept = records.get(supplier, (0, 0))
        return Cell(_("%(kept)d of %(chosen)d") % {"kept": kept, "chosen": chosen} if chosen else _("not yet"))

    row = Row("record", _("Chosen here before, confirmed"), tuple(map(record, results)))
    return Group("company", _("The company"), (row,))


Measured = Callable[[Result], Fraction | None]


def _eligible(results: Sequence[Result], measured: Measured) -> list[Fraction]:
    values = [measured(result) for result in results if result.eligible and result.column.is_bid]
    return [value for value in values if value is not None]


def _lowest(results: Sequence[Result], measured: Measured) -> Fraction | None:
    """The best there is among offers that differ; None when there is nothing to point out."""
    values = _eligible(results, measured)
    return min(values) if len(set(values)) > 1 else None


def _highest(results: Sequence[Result], measured: Measured) -> Fraction | None:
    values = _eligible(results, measured)
    return max(values) if len(set(values)) > 1 else None
