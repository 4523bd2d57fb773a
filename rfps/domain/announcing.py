"""The S0 body: what every supplier that fits may know. Nothing else of a request goes into events, mails and feeds."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.datastore import places
from accounts.datastore.domain.keeping import read
from accounts.datastore.domain.recognising import OwnIdentifier, own_identifiers
from accounts.datastore.places import Cell
from marketplace.kernel.money import shown
from rfps.disclosure import roster
from rfps.disclosure.projections import project
from rfps.disclosure.states import Stage
from rfps.domain.composing import Body
from rfps.domain.drafting import Content
from rfps.domain.filling import POSTCODE
from rfps.models import Criterion, LineItem, RequestedField, Requirement, Rfp, RfpVersion
from rfps.states import BudgetDisclosure

STEPS = (1, 2, 5)  # a budget shown as a band lies between two neighbours of 1, 2, 5, 10, 20, 50, …


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that bids answer, not yet saved; their public ids stand in the S0 body."""

    lines: list[LineItem]
    requirements: list[Requirement]
    criteria: list[Criterion]
    fields: list[RequestedField]

    @classmethod
    def of(cls, version: RfpVersion, body: Body) -> Rows:
        """The rows of a complete body, in its order."""
        lines = [_line(version, position, row) for position, row in enumerate(body["lines"])]
        requirements = [_requirement(version, position, row) for position, row in enumerate(body["requirements"])]
        criteria = [
            _criterion(version, position, row, lines, requirements) for position, row in enumerate(body["criteria"])
        ]
        return cls(lines, requirements, criteria, [RequestedField(version=version, **row) for row in body["fields"]])

    def save(self) -> None:
        """One statement a table, after the version was saved."""
        LineItem.objects.bulk_create(self.lines)
        Requirement.objects.bulk_create(self.requirements)
        Criterion.objects.bulk_create(self.criteria)
        RequestedField.objects.bulk_create(self.fields)


def announced(rfp: Rfp, content: Content, *, number: int, rows: Rows | None) -> Body:
    """The S0 body of a version; without `rows` (a preview) its rows have no ids yet."""
    body = content.body
    return {
        "rfp": str(rfp.public_id),
        "version": number,
        "kind": body["kind"],
        "title": body["title"],
        "need": body["need"],
        "category": body["category"],
        "area": area_shown(body["area"]),
        "lines": _shown(body["lines"], LINE, rows.lines if rows else None),
        "requirements": _shown(body["requirements"], REQUIREMENT, rows.requirements if rows else None),
        "currency": body["currency"],
        "budget": budget_shown(body["budget"]),
        "horizon_months": body["horizon_months"],
        "closes_at": body["closes_at"],
        "decides_by": body["decides_by"],
        "sealing": body["sealing"],
        "blind": body["blind"],
        "valid_for_days": body["valid_for_days"],
        "options": body["options"],
        "capabilities": body["capabilities"],
        "terms": _terms(body["terms"]),
        "fields": projected(content, "S0"),
    }


def projected(content: Content, stage: str) -> list[Body]:
    """What the person keeps of the requested fields, as a supplier at this stage sees it, in their order."""
    keys = [row["field"] for row in content.body["fields"] if row["stage"] <= stage]
    live = {key: content.live[key] for key in keys if key in content.live}
    country = (content.body["area"] or {}).get("country", "")
    found = {each.field: each.value for each in project(live, Stage(stage), country=country)}
    return [{"field": key, "value": found[key], "stage": stage} for key in keys if key in found]


def area_shown(area: Body | None) -> Body:
    """The coarse area: a 30 km cell's name and its country, or that the place does not matter."""
    if not area or area.get("remote"):
        return {"remote": True} if area else {}
    cell = cell_of(area)
    return {"country": area["country"], "label": cell.label if cell else places.country_name(area["country"])}


def cell_of(area: Body | None) -> Cell | None:
    """The cell of a postcode or point; None for a whole country and for remote work."""
    if not area or area.get("remote"):
        return None
    if "lat" in area:
        return places.cell(area["lat"], area["lon"], area["country"])
    place = places.locate(area["country"], area["postcode"]) if "postcode" in area else None
    return places.cell(place.lat, place.lon, area["country"]) if place else None


def budget_shown(budget: Body | None) -> Body | None:
    """The budget as the person set it: nothing, {"from", "to"}, or the amount."""
    if not budget or not budget["currency"] or budget["disclosure"] == BudgetDisclosure.HIDDEN:
        return None
    currency = budget["currency"]
    kept = {"disclosure": budget["disclosure"], "currency": currency, "binding": budget["binding"]}
    amount = Decimal(budget["amount"])
    if budget["disclosure"] == BudgetDisclosure.EXACT:
        return kept | {"amount": shown(amount, currency)}
    low, high = band(amount)
    return kept | {"from": shown(low, currency), "to": shown(high, currency)}


def band(amount: Decimal) -> tuple[Decimal, Decimal]:
    """The neighbours of the series 1, 2, 5, 10, 20, 50, … with low <= amount < high; (0, 1) below 1."""
    if amount < 1:
        return Decimal(0), Decimal(1)
    power = Decimal(10) ** amount.adjusted()
    ends = [step * power for step in (*STEPS, 10)]
    low = max(end for end in ends if end <= amount)
    return low, min(end for end in ends if end > amount)


def texts(body: Body) -> dict[str, str]:
    """Every text of the person's that suppliers get to read, by its pointer into the body."""
    found = {"/title": body["title"], "/need": body["need"]}
    for position, row in enumerate(body["lines"]):
        found |= {f"/lines/{position}/{name}": row.get(name) or "" for name in ("title", "unit", "spec")}
    for position, row in enumerate(body["requirements"]):
        found |= {f"/requirements/{position}/{name}": row.get(name) or "" for name in ("text", "unit")}
        for number, choice in enumerate(row.get("choices") or []):
            found[f"/requirements/{position}/choices/{number}"] = choice
    found |= {f"/capabilities/{position}": slug for position, slug in enumerate(body["capabilities"])}
    return {pointer: text for pointer, text in found.items() if text}


def own_marks(content: Content) -> list[OwnIdentifier]:
    """What no text of the request may hold: what identifies the people behind it, and where they live."""
    return [*own_identifiers(content.owners), *_own_postcodes(content)]


def _own_postcodes(content: Content) -> list[OwnIdentifier]:
    """Postcodes that tell where the person lives, as long as they cannot be mistaken for a quantity."""
    live = content.live.get(POSTCODE)
    found = {(content.body["area"] or {}).get("postcode") or "", read(live) if live else ""} - {""}
    return [OwnIdentifier(POSTCODE, code) for code in sorted(found) if len(code) > 4 or not code.isdigit()]


def _shown(rows: list[Body], names: Body, made: list[Any] | None) -> list[Body]:
    ids = [str(row.public_id) for row in made] if made else [None] * len(rows)
    return [
        {"id": one, **{name: row.get(name, default) for name, default in names.items()}}
        for one, row in zip(ids, rows, strict=True)
    ]


def _terms(slug: str) -> Body:
    terms = roster.agreement(slug)
    return {"id": terms.id, "version": terms.version, "sha256": terms.sha256}


def _line(version: RfpVersion, position: int, row: Body) -> LineItem:
    kept: Body = {name: row.get(name, default) for name, default in LINE.items()}
    return LineItem(version=version, position=position, **kept | {"quantity": Decimal(kept["quantity"])})


def _requirement(version: RfpVersion, position: int, row: Body) -> Requirement:
    kept = {name: row.get(name, default) for name, default in REQUIREMENT.items()}
    return Requirement(version=version, position=position, **kept)


def _criterion(
    version: RfpVersion, position: int, row: Body, lines: list[LineItem], requirements: list[Requirement]
) -> Criterion:
    return Criterion(
        version=version,
        position=position,
        kind=row["kind"],
        title=row.get("title") or "",
        weight=Decimal(str(row["weight"])),
        best=row.get("best") or "",
        worst=row.get("worst") or "",
        scores=row.get("scores") or {},
        requirement=requirements[row["requirement"]] if row.get("requirement") is not None else None,
        line=lines[row["line"]] if row.get("line") is not None else None,
    )


# The members of a row that suppliers see, with what stands for the ones left out.
LINE: Body = {"title": "", "quantity": "1", "unit": "", "spec": ""}
REQUIREMENT: Body = {
    "text": "", "level": "should", "answer": "", "unit": "", "choices": [], "constraint": {}, "evidence": False,
}  # fmt: skip
