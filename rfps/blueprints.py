"""The parts of a request template, and how answers turn them into the body of a request.

A template is filled from answers: values of the data store by field key, and answers to its own questions by keys that
begin with "ask.". Where an answer is missing, the question's estimate stands in and the line says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext

from marketplace.kernel import datafiles
from marketplace.kernel.money import minor_unit

CURRENCY_FILE = Path(__file__).parent / "data" / "currencies.toml"

# The one key that is neither a field nor a question: the sum that the person typed as budget.
BUDGET = "budget.amount"

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class When:
    """A part that stands only if an answer is one of these."""

    key: str
    among: tuple[Any, ...]

    def holds(self, answers: Answers) -> bool:
        return answers.get(self.key) in self.among


@dataclass(frozen=True, slots=True)
class Estimate:
    """What stands in for "I don't know". `steps` go by the answer to `by`: the last one not above it counts."""

    note: str
    value: Any = None
    by: str = ""
    steps: tuple[tuple[Any, Any], ...] = ()

    def of(self, answers: Answers) -> Any:
        """The estimate, None when there is none."""
        known = answers.get(self.by)
        if isinstance(known, bool) or known is None:
            return self.value
        if isinstance(known, str):
            return dict(self.steps).get(known, self.value)
        return next((value for start, value in reversed(self.steps) if start <= known), self.value)


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """One of at most eight. `key` is a field, kept in the data store, or begins with "ask."."""

    key: str
    text: str
    where: str
    estimate: Estimate
    answer: str = ""  # for "ask." only: choice, number, date, text, yes_no
    unit: str = ""
    choices: tuple[Choice, ...] = ()
    when: When | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A part of the need."""

    text: str
    when: When | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A priced row; its quantity is fixed, or read from `key`, times `share`, cut to two significant digits.

    Everybody who fits sees the quantity, so it never says a yearly use or a mileage to the last digit.
    """

    id: str
    title: str
    unit: str
    quantity: str = "1"
    key: str = ""
    share: str = "1"
    spec: str = ""
    spec_key: str = ""  # a key whose answer, in the person's words, ends the spec
    when: When | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """A row to be answered. `level_by` is a key whose answer must, nice or no_matter sets the level."""

    id: str
    text: str
    answer: str
    level: str = "should"
    unit: str = ""
    choices: tuple[str, ...] = ()
    constraint: Mapping[str, Any] = field(default_factory=dict)
    evidence: bool = False
    level_by: str = ""
    min_from: str = ""  # keys whose answer becomes that part of the constraint
    max_from: str = ""
    equals_from: str = ""  # only if the answer is one of the choices
    when: When | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """Anchors of a price in pounds: a fixed part and one for each unit of `key`; `now` is a key of what is paid today.

    Rough by intent: a scale for the eye, which the person can change. `best_share` is the share of what is paid now,
    or of the budget, that earns full points.
    """

    best: str
    worst: str
    key: str = ""
    best_each: str = "0"
    worst_each: str = "0"
    now: str = ""
    now_times: int = 1
    best_share: str = "0.7"


@dataclass(frozen=True, slots=True)
class Criterion:
    """How offers are judged: anchors for numbers and dates, scores for choices, a price rule for prices."""

    kind: str
    title: str
    weight: int
    requirement: str = ""
    line: str = ""
    best: str = ""
    worst: str = ""
    scores: Mapping[str, float] = field(default_factory=dict)
    price: Price | None = None
    when: When | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A fact that the request uses: shown from `stage` on, and with `weight` part of the quality profile."""

    field: str
    stage: str = "S3"
    weight: int = 0
    when: When | None = None


Part = Sentence | Question | Line | Requirement | Criterion | Wanted


@dataclass(frozen=True, slots=True)
class Template:
    """Everything a request of a category starts with. Durations in days, months or working days as they say."""

    category: str
    title: str
    need: tuple[Sentence, ...]
    questions: tuple[Question, ...]
    lines: tuple[Line, ...]
    requirements: tuple[Requirement, ...]
    criteria: tuple[Criterion, ...]
    fields: tuple[Wanted, ...]
    horizon_months: int | None = None
    places: int = 8
    options: int = 3
    sealing: str = "sealed"
    blind: bool = False
    valid_for_days: int = 30
    closes_after_days: int = 10
    decides_after_days: int = 14
    confirm_within_working_days: int = 3
    terms: str = "PDC-INTENT"

    @property
    def profile(self) -> dict[str, int]:
        """Weight by field: what the quality score of a request of this category counts."""
        return {one.field: one.weight for one in self.fields if one.weight}

    @property
    def keys(self) -> set[str]:
        """Every key whose answer some part reads, fields and questions of its own alike."""
        parts: tuple[Part, ...] = (*self.need, *self.questions, *self.lines, *self.requirements, *self.criteria)
        keys = {part.when.key for part in (*parts, *self.fields) if part.when}
        keys |= {key for one in self.questions for key in (one.key, one.estimate.by)}
        keys |= {key for one in self.lines for key in (one.key, one.spec_key)}
        keys |= {key for one in self.requirements for key in (one.level_by, one.min_from, one.max_from)}
        keys |= {one.equals_from for one in self.requirements}
        keys |= {key for one in self.criteria if one.price for key in (one.price.key, one.price.now)}
        return keys - {""}

    def question(self, key: str) -> Question | None:
        """The question that asks for a key."""
        return next((one for one in self.questions if one.key == key), None)

    def answers(self, values: Answers) -> dict[str, Any]:
        """What is known, with the estimates of what is not; later estimates may go by earlier ones."""
        found = {key: value for key, value in values.items() if value is not None}
        for one in self.questions:
            if one.key not in found and (guess := one.estimate.of(found)) is not None:
                found[one.key] = guess
        return found

    def defaults(
        self, values: Answers, currency: str, *, own: Collection[str] = (), prices: bool = True
    ) -> dict[str, Any]:
        """The body of a request as the API takes it, without title and dates; money is in `currency`.

        Parts that the person wrote (`own`: names of members) are left out, and so are the criteria that would judge
        this template's rows of them. Without `prices` (a request for information) no criterion reads a price.
        """
        answers = self.answers(values)
        lines = [one for one in self.lines if _stands(one, answers)]
        asked = {one.id: row for one in self.requirements if (row := _requirement(one, answers)) is not None}
        body: dict[str, Any] = {
            "need": " ".join(gettext(one.text) for one in self.need if _stands(one, answers)),
            "lines": [_line(one, answers, values) for one in lines],
            "requirements": list(asked.values()),
            "criteria": list(
                self._criteria(
                    answers,
                    currency if prices else None,
                    [] if "lines" in own else [one.id for one in lines],
                    [] if "requirements" in own else list(asked),
                )
            ),
            "fields": [{"field": one.field, "stage": one.stage} for one in self.fields if _stands(one, answers)],
            "places": self.places,
            "options": self.options,
            "sealing": self.sealing,
            "blind": self.blind,
            "valid_for_days": self.valid_for_days,
            "terms": self.terms,
        }
        if self.horizon_months is not None:
            body["horizon_months"] = self.horizon_months
        return {name: part for name, part in body.items() if name not in own}

    def _criteria(
        self, answers: Answers, currency: str | None, lines: list[str], asked: list[str]
    ) -> Iterator[dict[str, Any]]:
        for one in self.criteria:
            if not _stands(one, answers) or (one.requirement and one.requirement not in asked):
                continue
            if (one.line and one.line not in lines) or (one.price and currency is None):
                continue
            row: dict[str, Any] = {"kind": one.kind, "title": gettext(one.title), "weight": one.weight}
            if one.requirement:
                row["requirement"] = asked.index(one.requirement)
            if one.line:
                row["line"] = lines.index(one.line)
            row |= {name: value for name, value in (("best", one.best), ("worst", one.worst)) if value}
            if one.scores:
                row["scores"] = {gettext(choice): score for choice, score in one.scores.items()}
            yield row | (_anchors(one.price, answers, currency) if one.price and currency else {})


@lru_cache(maxsize=1)
def currencies() -> dict[str, Decimal]:
    """What about a pound's worth is in other currencies: for suggested anchors only, never to convert a price."""
    table = datafiles.read(CURRENCY_FILE)
    return {code: Decimal(str(rate)) for code, rate in table["worth_of_a_pound"].items()}


def _stands(part: Part, answers: Answers) -> bool:
    return part.when is None or part.when.holds(answers)


def _line(one: Line, answers: Answers, values: Answers) -> dict[str, Any]:
    known = answers.get(one.key) if one.key else None
    quantity = rounded(Decimal(str(known)) * Decimal(one.share), 2) if known else Decimal(one.quantity)
    said = [gettext(one.spec)] if one.spec else []
    if one.spec_key and answers.get(one.spec_key):
        said.append(str(answers[one.spec_key]))
    if one.key and values.get(one.key) is None:
        said.append(gettext("The quantity is an estimate."))
    return {
        "title": gettext(one.title),
        "quantity": f"{quantity.normalize():f}",
        "unit": one.unit,
        "spec": " ".join(said),
    }


def _said(constraint: Mapping[str, Any]) -> dict[str, Any]:
    """Choices in the language that the row is written in."""
    found = dict(constraint)
    if isinstance(choice := found.get("equals"), str):
        found["equals"] = gettext(choice)
    if "in" in found:
        found["in"] = [gettext(choice) for choice in found["in"]]
    return found


def _requirement(one: Requirement, answers: Answers) -> dict[str, Any] | None:
    level = {"must": "must", "nice": "should", "no_matter": None}.get(answers.get(one.level_by, ""), one.level)
    if level is None or not _stands(one, answers):
        return None
    constraint = _said(one.constraint)
    for name, key in (("min", one.min_from), ("max", one.max_from)):
        if key and (limit := answers.get(key)) is not None:
            constraint[name] = round(limit, 2)
    if one.equals_from and answers.get(one.equals_from) in one.choices:
        constraint["equals"] = gettext(answers[one.equals_from])
    row: dict[str, Any] = {"text": gettext(one.text), "level": level, "answer": one.answer, "constraint": constraint}
    if one.unit:
        row["unit"] = one.unit
    if one.choices:
        row["choices"] = [gettext(choice) for choice in one.choices]
    return row | ({"evidence": True} if one.evidence else {})


def _anchors(price: Price, answers: Answers, currency: str) -> dict[str, str]:
    """What is paid now is the worst, else the budget, else a rough scale; nothing in a currency without one."""
    minor = Decimal(1).scaleb(-minor_unit(currency))
    top = _top(price, answers, currency)
    if top:
        low, high = rounded(top * Decimal(price.best_share), 2), top
    elif rate := currencies().get(currency):
        number = Decimal(str(answers.get(price.key) or 0))
        best = Decimal(price.best) + Decimal(price.best_each) * number
        worst = Decimal(price.worst) + Decimal(price.worst_each) * number
        low, high = rounded(best * rate, 2), rounded(worst * rate, 2)
    else:
        return {}
    low, high = max(low, minor).quantize(minor), high.quantize(minor)
    return {"best": f"{low:f}", "worst": f"{max(high, low + minor):f}"}


def _top(price: Price, answers: Answers, currency: str) -> Decimal | None:
    now = answers.get(price.now)
    if isinstance(now, Mapping) and now.get("currency") == currency:
        return Decimal(now["amount"]) * price.now_times
    return Decimal(str(answers[BUDGET])) if answers.get(BUDGET) is not None else None


def rounded(value: Decimal, digits: int) -> Decimal:
    """The value to so many significant digits, half to even; never below one unit of the last place but for zero."""
    if not value:
        return Decimal(0)
    return value.quantize(Decimal(1).scaleb(value.adjusted() - digits + 1), rounding=ROUND_HALF_EVEN)
