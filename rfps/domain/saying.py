"""A request in words: what is asked, what counts, where, until when. For whoever may read the body it is given."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from accounts.datastore.domain import telling
from marketplace.kernel import speaking
from rfps.domain.announcing import area_shown, budget_shown
from rfps.domain.composing import Body
from rfps.domain.judging import PRICED
from rfps.states import AnswerKind, CriterionKind, Level, Sealing

# What the roster's conditions say in a sentence, for translation; their own text stays as it was agreed.
TERMS = (
    gettext_noop("Use it for this offer only"),
    gettext_noop(
        "Use what I show you for your offer on this request. Do not pass it on, do not contact me outside, "
        "delete it if I choose somebody else."
    ),
)


def area(announced: Body) -> str:
    """The coarse area, as everybody who fits reads it."""
    if announced.get("remote"):
        return _("anywhere; the place does not matter")
    label, country = announced.get("label", ""), announced.get("country", "")
    whole = speaking.country(country) if country else label
    known = label and "," in label
    return (
        _("%(place)s and around") % {"place": label.split(",")[0]}
        if known
        else _("%(country)s, the whole country") % {"country": whole}
    )


def place(body: Body) -> str:
    """The same for a body that is not announced yet; empty where nothing is said."""
    return area(area_shown(body["area"])) if body["area"] else ""


def budget(body: Body) -> str:
    """What companies see of the budget."""
    shown = budget_shown(body["budget"])
    if shown is None:
        return _("hidden") if body["budget"] else _("not given")
    if "amount" in shown:
        return speaking.money(Decimal(shown["amount"]), shown["currency"])
    ends = {end: speaking.money(Decimal(shown[end]), shown["currency"]) for end in ("from", "to")}
    return _("%(from)s to %(to)s") % ends


def asked(row: Body) -> str:
    """A row of what is asked for, with its limit."""
    constraint = row.get("constraint") or {}
    limits = []
    for name, words in (("min", _("at least %(n)s")), ("max", _("at most %(n)s")), ("equals", "%(n)s")):
        limit = constraint.get(name)
        if limit is not None and not isinstance(limit, bool):
            limits.append(words % {"n": _limit(limit, row.get("unit") or "")})
    if "in" in constraint:
        limits.append(", ".join(constraint["in"]))
    if constraint.get("equals") is False:
        limits.append(_("no"))
    return f"{row['text']}: {', '.join(limits)}" if limits else str(row["text"])


def _limit(limit: Any, unit: str) -> str:
    return telling.measure(limit, unit) if isinstance(limit, int | float) else str(limit)


def musts(body: Body) -> list[str]:
    """What an offer must have."""
    return [asked(row) for row in body["requirements"] if row.get("level") == Level.MUST]


def wishes(body: Body) -> list[str]:
    """What would be nice to have."""
    return [asked(row) for row in body["requirements"] if row.get("level") != Level.MUST]


def part(row: Body) -> str:
    """A priced row with its quantity."""
    unit = row.get("unit") or ""
    return f"{named(row['title'], unit)}: {telling.measure(Decimal(row.get('quantity') or '1'), unit)}"


def named(title: str, unit: str) -> str:
    """What a priced row is called where its quantity stands beside it: without the unit, which that has."""
    return title.removesuffix(f", {unit}").removesuffix(f", {telling.unit(unit)}") if unit else title


def anchors(row: Body, body: Body) -> str:
    """What earns full points and what none."""
    best, worst = row.get("best"), row.get("worst")
    if row["kind"] == CriterionKind.YES_NO:
        return _("yes: full points, no: none")
    if row["kind"] == CriterionKind.CHOICE:
        best_first = sorted((row.get("scores") or {}).items(), key=lambda each: -each[1])
        return ", ".join(f"{choice}: {speaking.number(round(share * 100))} %" for choice, share in best_first)
    if row["kind"] in (CriterionKind.RATING, CriterionKind.SUPPLIER_RATING):
        return _("your own stars, when the offers are there")
    if not best or not worst:
        return _("not said yet: what is full points, what is none?")
    ends = {"best": _anchor(row, best, body), "worst": _anchor(row, worst, body)}
    if row["kind"] == CriterionKind.DATE:
        return _("%(best)s: full points, %(worst)s: none") % ends
    if Decimal(best) < Decimal(worst):
        return _("%(best)s or less: full points, %(worst)s or more: none") % ends
    return _("%(best)s or more: full points, %(worst)s or less: none") % ends


def _anchor(row: Body, value: str, body: Body) -> str:
    if row["kind"] in PRICED:
        return speaking.money(Decimal(value), body["currency"])
    if row["kind"] == CriterionKind.DATE:
        return str(format_date(date.fromisoformat(value), "long", locale=speaking.locale()))
    return telling.measure(Decimal(value), unit_of(row, body))


def unit_of(row: Body, body: Body) -> str:
    """The unit that a criterion's anchors are in."""
    at = row.get("requirement")
    if at is None or at >= len(body["requirements"]):
        return "day" if row["kind"] == CriterionKind.DURATION else ""
    asked_for = body["requirements"][at]
    return str(asked_for.get("unit") or "") if asked_for["answer"] == AnswerKind.NUMBER else ""


def counted(row: Body, body: Body) -> str:
    """A criterion's own title, else that of the row it reads."""
    at = row.get("requirement")
    if row.get("title") or at is None:
        return row.get("title") or (_("Price") if row["kind"] in PRICED else _("Rating"))
    return str(body["requirements"][at]["text"])


def sealing(body: Body) -> str:
    """When offers can be read."""
    if body["sealing"] == Sealing.SEALED:
        return _("closed until then: nobody sees another’s price, not even you")
    return _("open: you read each offer when it comes, companies see only their own")


def rules(body: Body) -> str:
    """How many may offer, and how often."""
    places = ngettext("%(n)d company can make an offer", "up to %(n)d companies can make an offer", body["places"])
    options = ngettext("%(n)d variant each", "up to %(n)d variants each", body["options"])
    said = [places % {"n": body["places"]}, options % {"n": body["options"]}]
    return ", ".join([*said, _("names hidden until you choose")] if body["blind"] else said)


def exclusions(found: Body) -> list[str]:
    """Which conditions keep companies away that would fit otherwise."""
    words = {
        "area": _("the area keeps away %(n)d"),
        "budget": _("the budget keeps away %(n)d"),
        "keywords": _("words that they want or do not want keep away %(n)d"),
        "capabilities": _("what they must be able to do keeps away %(n)d"),
        "kind": _("the kind of request keeps away %(n)d"),
    }
    said = words | dict.fromkeys(set(found) - set(words), _("other conditions keep away %(n)d"))
    return [said[name] % {"n": count} for name, count in found.items() if count]
