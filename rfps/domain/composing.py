"""The body of a request: what a person may write, checked member by member, with every fault at once.

Constraints of a requirement, by the type of its answer: yes_no {"equals": true} · number {"min", "max", "equals"} ·
choice {"in": [...]} or {"equals": "..."} · date {"min", "max"} · text and document: none.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.datastore import catalogue as fields
from accounts.datastore import places
from marketplace.kernel.money import minor_unit
from rfps import catalogue, templates
from rfps.disclosure import roster
from rfps.domain import checking, judging
from rfps.domain.checking import Check, Faults, fault
from rfps.states import CONSTRAINTS, AnswerKind, BudgetDisclosure, CriterionKind, Level, RfpKind, Sealing

Body = dict[str, Any]

MAX_LINES, MAX_REQUIREMENTS = judging.MAX_ROW + 1, judging.MAX_ROW + 1
MAX_CRITERIA, MAX_FIELDS, MAX_CHOICES = 50, 60, 30
MAX_ANSWERS = 20
STAGES = ("S0", "S1", "S2", "S3")
NOT_NEGATIVE = Decimal(0)


def check(body: Any) -> tuple[Body, Faults]:
    """The members that were given, in one form, and everything wrong with them. Nothing need be there yet."""
    faults: Faults = []
    found = checking.table(MEMBERS)(body, "", faults) or {}
    clean = {name: value for name, value in found.items() if value is not None}
    clean["currency"] = clean.get("currency") or (clean.get("budget") or {}).get("currency")
    _check_money(clean, faults)
    if clean["currency"] is None:
        del clean["currency"]
    return clean, faults


def check_whole(body: Body) -> Faults:
    """What contradicts itself in a body with all its defaults: criteria against rows, dates against each other."""
    faults: Faults = []
    for position, criterion in enumerate(body["criteria"]):
        judging.check_rows(criterion, body, f"/criteria/{position}", faults)
    closes_at, decides_by = body["closes_at"], body["decides_by"]
    if closes_at and decides_by and checking.moment(decides_by) < checking.moment(closes_at):
        fault(faults, "/decides_by", "before_closing", _("Deciding comes after the deadline."))
    if body["kind"] == RfpKind.RFI:
        for position, criterion in enumerate(body["criteria"]):
            if criterion["kind"] in judging.PRICED:
                fault(faults, f"/criteria/{position}/kind", "no_prices", _("Offers to questions carry no prices."))
    return faults


def check_answers(body: Body) -> Faults:
    """Answers against the questions of the body's template; asked before a template is filled with them."""
    faults: Faults = []
    for key, answer in (body.get("answers") or {}).items():
        _check_answer(key, answer, body.get("category"), faults)
    return faults


def _area(value: Any, pointer: str, faults: Faults) -> Any:
    if isinstance(value, dict) and value.get("remote") is not None:
        return checking.table({"remote": _remote})(value, pointer, faults)
    found = checking.table(PLACE, required=["country"])(value, pointer, faults)
    if not found or any(entry is None for entry in found.values()) or "country" not in found:
        return found
    if "postcode" in found and ("lat" in found or "lon" in found):
        return fault(faults, pointer, "two_places", _("Give a postcode or a point, not both."))
    if ("lat" in found) != ("lon" in found):
        return fault(faults, pointer, "half_a_point", _("A point needs lat and lon."))
    if "postcode" in found and places.locate(found["country"], found["postcode"]) is None:
        message = _("This postcode is not known here. Name a place, or give a point with lat and lon.")
        return fault(faults, f"{pointer}/postcode", "unknown_postcode", message)
    return found


def _remote(value: Any, pointer: str, faults: Faults) -> Any:
    return True if value is True else fault(faults, pointer, "wrong_type", _("Only true is wanted here."))


def _country(value: Any, pointer: str, faults: Faults) -> Any:
    code = checking.text(2)(value, pointer, faults)
    if code is not None and not places.country_name(code):
        return fault(faults, pointer, "unknown_country", _("A country code like GB is wanted here."))
    return code.upper() if code else None


def _degrees(limit: int) -> Check:
    def check(value: Any, pointer: str, faults: Faults) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            return fault(faults, pointer, "wrong_type", _("A number is wanted here."))
        if not -limit <= value <= limit:
            return fault(faults, pointer, "out_of_range", _("From -%(n)d to %(n)d degrees.") % {"n": limit})
        return round(float(value), 6)

    return check


def _requirement(value: Any, pointer: str, faults: Faults) -> Any:
    row = checking.table(REQUIREMENT, required=["text", "answer"])(value, pointer, faults)
    if not row or not row.get("answer"):
        return row
    row.setdefault("level", Level.SHOULD.value)
    answer, choices = row["answer"], row.get("choices")
    if answer == AnswerKind.CHOICE and not choices and "choices" not in row:
        fault(faults, f"{pointer}/choices", "required", _("A choice needs what to choose from."))
    if answer != AnswerKind.CHOICE and choices:
        fault(faults, f"{pointer}/choices", "no_choices", _("Only an answer of type choice has choices."))
    if choices and len(set(choices)) != len(choices):
        fault(faults, f"{pointer}/choices", "duplicate", _("A choice stands here twice."))
    if isinstance(value.get("constraint"), dict):
        row["constraint"] = _constraint(answer, choices or [], value["constraint"], f"{pointer}/constraint", faults)
    return row


def _constraint(answer: str, choices: list[str], value: Body, pointer: str, faults: Faults) -> Any:
    limits = {name: LIMITS[kind] for name, kind in CONSTRAINTS[answer].items()}
    found = checking.table(limits)(value, pointer, faults) or {}
    if found.get("min") is not None and found.get("max") is not None and found["min"] > found["max"]:
        fault(faults, pointer, "empty_range", _("Nothing can meet this: the least is more than the most."))
    wanted = [found["equals"]] if "equals" in found else found.get("in") or []
    if answer == AnswerKind.CHOICE and any(choice not in choices for choice in wanted):
        fault(faults, pointer, "unknown_choice", _("This names a choice that does not exist."))
    return found


def _fields(value: Any, pointer: str, faults: Faults) -> Any:
    rows = checking.rows(checking.table(FIELD, required=["field", "stage"]), MAX_FIELDS)(value, pointer, faults)
    seen: set[str] = set()
    for position, row in enumerate(rows or []):
        key = row.get("field") if row else None
        if key is None or row.get("stage") is None:
            continue
        if key in seen:
            fault(faults, f"{pointer}/{position}/field", "duplicate", _("This field stands here twice."))
        seen.add(key)
        if row["stage"] != "S3" and fields.field(key).is_closed:
            message = _("Only the company you choose may see this; set it to S3.")
            fault(faults, f"{pointer}/{position}/stage", "too_early", message)
    return rows


def _field_key(value: Any, pointer: str, faults: Faults) -> Any:
    if isinstance(value, str) and fields.exists(value):
        return value
    return fault(faults, pointer, "unknown_field_key", _("This is not a field that can be kept here."))


def _category(value: Any, pointer: str, faults: Faults) -> Any:
    if isinstance(value, str) and catalogue.exists(value):
        return value
    code = "unknown_category" if isinstance(value, str) else "wrong_type"
    return fault(faults, pointer, code, _("This category is not known."))


def _answers(value: Any, pointer: str, faults: Faults) -> Any:
    if not isinstance(value, dict):
        return fault(faults, pointer, "wrong_type", _("An object is wanted here."))
    if len(value) > MAX_ANSWERS:
        return fault(faults, pointer, "too_many", _("At most %(limit)d entries.") % {"limit": MAX_ANSWERS})
    return {key: _scalar(answer, f"{pointer}/{checking.escaped(key)}", faults) for key, answer in value.items()}


def _scalar(value: Any, pointer: str, faults: Faults) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return checking.text(500)(value, pointer, faults)
    return checking.number()(value, pointer, faults)


def _check_answer(key: str, answer: Any, category: str | None, faults: Faults) -> Any:
    question = templates.for_category(category).question(key) if category else None
    pointer = f"/answers/{checking.escaped(key)}"
    if question is None or not question.answer:
        return fault(faults, pointer, "unknown_question", _("The template of this category asks no such question."))
    if answer is None:  # "I don't know"
        return None
    if question.answer == AnswerKind.CHOICE:
        return checking.one_of([choice.value for choice in question.choices])(answer, pointer, faults)
    return ANSWERS[question.answer](answer, pointer, faults)


def _check_money(body: Body, faults: Faults) -> None:
    code, budget = body.get("currency"), body.get("budget") or {}
    if budget.get("currency") and budget["currency"] != code:
        fault(faults, "/budget/currency", "wrong_currency", _("A request has one currency."))
    if code is None:
        return
    amounts = {"/budget/amount": budget.get("amount")}
    for position, row in enumerate(body.get("criteria") or []):
        if row and row.get("kind") == CriterionKind.TOTAL_PRICE:
            amounts |= {f"/criteria/{position}/{name}": row.get(name) for name in ("best", "worst")}
    for pointer, amount in amounts.items():
        if amount is not None and _decimals(amount) > minor_unit(code):
            message = _("At most %(n)d decimals in this currency.") % {"n": minor_unit(code)}
            fault(faults, pointer, "too_many_decimals", message)


def _decimals(amount: str) -> int:
    return len(amount.partition(".")[2].rstrip("0"))


ANSWERS: Mapping[str, Check] = {
    AnswerKind.NUMBER: checking.number(2, 0, 1_000_000),
    AnswerKind.DATE: checking.day,
    AnswerKind.TEXT: checking.text(500),
    AnswerKind.YES_NO: checking.flag,
}
PLACE: Mapping[str, Check] = {
    "country": _country,
    "postcode": checking.text(12, blank=False),
    "lat": _degrees(90),
    "lon": _degrees(180),
}
LINE: Mapping[str, Check] = {
    "title": checking.text(200, blank=False),
    "quantity": checking.decimal(6, low=Decimal("0.000001"), loose=True),
    "unit": checking.text(32),
    "spec": checking.text(5000),
}
REQUIREMENT: Mapping[str, Check] = {
    "text": checking.text(500, blank=False),
    "level": checking.one_of(Level.values),
    "answer": checking.one_of(AnswerKind.values),
    "unit": checking.text(32),
    "choices": checking.rows(checking.text(100, blank=False), MAX_CHOICES),
    "constraint": checking.mapping,
    "evidence": checking.flag,
}
LIMITS: Mapping[str, Check] = {
    "flag": checking.flag,
    "number": checking.number(),
    "text": checking.text(100),
    "texts": checking.rows(checking.text(100), MAX_CHOICES),
    "day": checking.day,
}
FIELD: Mapping[str, Check] = {"field": _field_key, "stage": checking.one_of(STAGES)}
BUDGET: Mapping[str, Check] = {
    "amount": checking.decimal(3, low=NOT_NEGATIVE),
    "currency": checking.currency,
    "disclosure": checking.one_of(BudgetDisclosure.values),
    "binding": checking.flag,
}
MEMBERS: Mapping[str, Check] = {
    "kind": checking.one_of(RfpKind.values),
    "title": checking.text(200, blank=False),
    "need": checking.text(20_000),
    "category": _category,
    "owner": checking.one_of(["person", "household"]),
    "sandbox": checking.flag,
    "item": checking.identifier,
    "area": _area,
    "lines": checking.rows(checking.table(LINE, required=["title"]), MAX_LINES),
    "requirements": checking.rows(_requirement, MAX_REQUIREMENTS),
    "criteria": checking.rows(judging.criterion, MAX_CRITERIA),
    "currency": checking.currency,
    "budget": checking.table(BUDGET, required=["amount"]),
    "horizon_months": checking.whole(1, 120),
    "closes_at": checking.instant,
    "decides_by": checking.instant,
    "sealing": checking.one_of(Sealing.values),
    "blind": checking.flag,
    "valid_for_days": checking.whole(1, 365),
    "places": checking.whole(1, 50),
    "options": checking.whole(1, 5),
    "capabilities": checking.rows(checking.slug, 20),
    "terms": checking.one_of(roster.proffered(), "unknown_terms"),
    "fields": _fields,
    "answers": _answers,
    "confirmed": checking.rows(checking.text(200), 200),
}
