"""Reads the request templates and finds the one that serves a category."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from accounts.datastore import catalogue as datastore
from accounts.datastore.ladders import STAGES
from marketplace.kernel import datafiles
from marketplace.kernel.datafiles import build, check
from rfps import catalogue
from rfps.blueprints import (
    BUDGET,
    Choice,
    Criterion,
    Estimate,
    Line,
    Price,
    Question,
    Requirement,
    Sentence,
    Template,
    Wanted,
    When,
)
from rfps.states import CONSTRAINTS, AnswerKind, CriterionKind, Level, Sealing

__all__ = ["BUDGET", "Template", "all_templates", "for_category", "load"]

FOLDER = Path(__file__).parent / "data" / "templates"
GENERAL = ""  # the category of the template that serves when no other does
QUESTIONS = 8

KINDS: Mapping[str, tuple[type, ...]] = {
    "flag": (bool,),
    "number": (int, float),
    "text": (str,),
    "texts": (list,),
    "day": (str,),
}
ANSWERED_BY = {
    CriterionKind.NUMBER: AnswerKind.NUMBER,
    CriterionKind.DURATION: AnswerKind.NUMBER,
    CriterionKind.DATE: AnswerKind.DATE,
    CriterionKind.CHOICE: AnswerKind.CHOICE,
    CriterionKind.YES_NO: AnswerKind.YES_NO,
}


def for_category(category: str) -> Template:
    """The category's template, else its nearest ancestor's, else the general one; raises UnknownCategory."""
    found = _templates()
    path = reversed(catalogue.ancestors(category))
    return next((found[node.id] for node in path if node.id in found), found[GENERAL])


def all_templates() -> tuple[Template, ...]:
    """Every template that is made for a category."""
    return tuple(one for one in _templates().values() if one.category != GENERAL)


@lru_cache(maxsize=1)
def _templates() -> dict[str, Template]:
    return load(FOLDER)


def load(folder: Path) -> dict[str, Template]:
    """Read and check every template of a folder, by category; raises BrokenFile."""
    found: dict[str, Template] = {}
    for path in sorted(folder.glob("*.toml")):
        template = _template(datafiles.read(path), path.name)
        check(template.category not in found, path.name, f"a second template for {template.category!r}")
        _check_template(template, path.name)
        found[template.category] = template
    check(GENERAL in found, folder.name, "the general template is missing")
    return found


def _template(tables: Mapping[str, Any], file: str) -> Template:
    kinds = {"need": Sentence, "question": Question, "line": Line, "requirement": Requirement, "criterion": Criterion}
    names = {"question": "questions", "line": "lines", "requirement": "requirements", "criterion": "criteria"}
    known = dict(tables)
    for name, kind in kinds.items():
        rows = known.pop(name, [])
        known[names.get(name, name)] = tuple(
            build(kind, _inner(row, f"{file}: {name} {n}"), f"{file}: {name} {n}") for n, row in enumerate(rows, 1)
        )
    fields = known.get("fields", [])
    known["fields"] = tuple(build(Wanted, _inner(row, f"{file}: fields"), f"{file}: fields") for row in fields)
    return build(Template, known, file)


def _inner(row: Any, where: str) -> Any:
    """The row with its own tables turned into parts."""
    if not isinstance(row, Mapping):
        return row
    inner = dict(row)
    if "when" in inner:
        inner["when"] = build(When, _with_tuple(inner["when"], "among"), f"{where}: when")
    if "price" in inner:
        inner["price"] = build(Price, inner["price"], f"{where}: price")
    if "estimate" in inner:
        steps = _with_tuple(inner["estimate"], "steps")
        if isinstance(steps, dict) and "steps" in steps:
            steps["steps"] = tuple((start, value) for start, value in steps["steps"])
        inner["estimate"] = build(Estimate, steps, f"{where}: estimate")
    if "key" in inner and "choices" in inner:
        inner["choices"] = tuple(build(Choice, one, f"{where}: choices") for one in inner["choices"])
    return _with_tuple(inner, "choices")


def _with_tuple(table: Any, name: str) -> Any:
    return {**table, name: tuple(table[name])} if isinstance(table, Mapping) and name in table else table


def _check_template(one: Template, file: str) -> None:
    check(one.category == GENERAL or catalogue.exists(one.category), file, f"unknown category {one.category!r}")
    check(bool(one.title and one.need and one.lines and one.criteria), file, "title, need, lines, criteria are needed")
    check(one.sealing in Sealing.values, file, f"sealing {one.sealing!r}")
    check(1 <= one.places <= 50 and 1 <= one.options <= 5, file, "places are 1 to 50, options 1 to 5")
    check(one.horizon_months is None or one.horizon_months > 0, file, "horizon_months must be positive")
    days = (one.valid_for_days, one.closes_after_days, one.decides_after_days, one.confirm_within_working_days)
    check(all(number > 0 for number in days), file, "every number of days must be positive")
    datafiles.once((line.id for line in one.lines), f"{file}: lines")
    datafiles.once((row.id for row in one.requirements), f"{file}: requirements")
    _check_questions(one, file)
    _check_fields(one, file)
    for row in one.requirements:
        _check_requirement(row, f"{file}: {row.id}")
    for criterion in one.criteria:
        _check_criterion(criterion, one, f"{file}: {criterion.title}")
    _check_keys(one, file)


def _check_questions(one: Template, file: str) -> None:
    check(len(one.questions) <= QUESTIONS, file, f"more than {QUESTIONS} questions")
    datafiles.once((question.key for question in one.questions), f"{file}: questions")
    for question in one.questions:
        where = f"{file}: {question.key}"
        asked = question.key.startswith("ask.")
        check(asked or datastore.exists(question.key), where, "no such field")
        check(bool(question.text and question.where and question.estimate.note), where, "text, where, note are needed")
        check(asked == bool(question.answer), where, 'a question has an answer type if its key begins with "ask."')
        check(not asked or question.answer in AnswerKind.values, where, f"answer {question.answer!r}")
        check((question.answer == AnswerKind.CHOICE) == bool(question.choices), where, "choices are for a choice")
        guesses = [question.estimate.value, *(value for _, value in question.estimate.steps)]
        for guess in (guess for guess in guesses if guess is not None):
            check(_may_answer(question, guess), where, f"{guess!r} cannot be the answer")


def _may_answer(question: Question, guess: Any) -> bool:
    if not question.answer:
        return datastore.check_value(question.key, guess) == []
    if question.choices:
        return guess in [choice.value for choice in question.choices]
    if question.answer == AnswerKind.YES_NO:
        return isinstance(guess, bool)
    return isinstance(guess, int | float if question.answer == AnswerKind.NUMBER else str)


def _check_fields(one: Template, file: str) -> None:
    datafiles.once((wanted.field for wanted in one.fields), f"{file}: fields")
    check(any(wanted.weight for wanted in one.fields), f"{file}: fields", "the quality profile is empty")
    for wanted in one.fields:
        where = f"{file}: {wanted.field}"
        check(datastore.exists(wanted.field), where, "no such field")
        check(wanted.stage in STAGES, where, f"stage {wanted.stage!r}")
        check(wanted.weight >= 0, where, "a weight cannot be negative")
        early = wanted.stage != "S3" and datastore.field(wanted.field).is_closed
        check(not early, where, "may not be shown before the award")


def _check_requirement(row: Requirement, where: str) -> None:
    check(row.level in Level.values, where, f"level {row.level!r}")
    check(row.answer in AnswerKind.values, where, f"answer {row.answer!r}")
    check(0 < len(row.text) <= 500, where, "the text is empty or too long")
    check((row.answer == AnswerKind.CHOICE) == bool(row.choices), where, "choices are for a choice")
    measured = bool(row.unit or row.min_from or row.max_from)
    check(row.answer == AnswerKind.NUMBER or not measured, where, "a unit is for a number")
    for name, limit in row.constraint.items():
        kinds = KINDS.get(CONSTRAINTS[row.answer].get(name, ""), ())
        fits = isinstance(limit, kinds) and (bool in kinds or not isinstance(limit, bool))
        check(fits, where, f"the constraint {name} = {limit!r} does not fit the answer")
    wanted = row.constraint.get("in", [row.constraint["equals"]] if "equals" in row.constraint else [])
    check(row.answer != AnswerKind.CHOICE or set(wanted) <= set(row.choices), where, "the constraint names no choice")


def _check_criterion(row: Criterion, one: Template, where: str) -> None:
    check(row.kind in CriterionKind.values, where, f"kind {row.kind!r}")
    check(row.weight > 0, where, "a weight must be positive")
    check(bool(row.price) == (row.kind in ("total_price", "line_price")), where, "a price rule is for prices")
    check((row.kind == "line_price") == bool(row.line), where, "a line is for its price")
    check(not row.line or row.line in {line.id for line in one.lines}, where, f"no line {row.line!r}")
    anchored = row.kind in ("number", "duration", "date")
    check(anchored == bool(row.best and row.worst) and (row.best != row.worst or not anchored), where, "anchors")
    wanted = ANSWERED_BY.get(CriterionKind(row.kind))
    found = {asked.id: asked for asked in one.requirements}.get(row.requirement)
    check((wanted is None) == (not row.requirement), where, "a requirement is for what is answered")
    check(wanted is None or (found is not None and found.answer == wanted), where, f"requirement {row.requirement!r}")
    check((row.kind == "choice") == bool(row.scores), where, "scores are for a choice")
    if found is not None and row.scores:
        check(set(row.scores) == set(found.choices), where, "every choice needs its score")
        check(all(0 <= share <= 1 for share in row.scores.values()), where, "a score is 0 to 1")


def _check_keys(one: Template, file: str) -> None:
    """Every key that a part reads is a field, or is asked by this template."""
    asked = {question.key for question in one.questions}
    for key in sorted(one.keys):
        check(datastore.exists(key) or key in asked, file, f"nobody answers {key!r}")
