"""An example of a request, so that a new supplier sees what it will get before anything fits.

Made from a category's template as if a customer had answered nothing; it stands in no table, reaches nobody and takes
no offer.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.datastore import catalogue as fields
from marketplace.kernel.actors import Actor
from marketplace.kernel.clock import database_now
from rfps import catalogue, templates
from rfps.delivery.policies import visible_opportunities, visible_subscriptions
from rfps.disclosure import roster
from rfps.domain.announcing import LINE, REQUIREMENT
from rfps.domain.checking import as_instant
from rfps.domain.filling import CURRENCY_OF, complete
from rfps.states import RfpKind

Body = dict[str, Any]
STAGES = ("S0", "S1")  # of which an example names the facts


def sample_for(actor: Actor, *, country: str = "GB") -> Body | None:
    """An example of what the supplier wants to hear about, as long as nothing has fitted it; None otherwise."""
    first = visible_subscriptions(actor).order_by("pk").first()
    if first is None or visible_opportunities(actor).exists():
        return None
    known = [one for one in first.categories if catalogue.exists(one)]
    return sample(_example_category(known[0]) if known else templates.all_templates()[0].category, country=country)


def sample(category: str, *, country: str = "GB") -> Body:
    """The first stage's body of an example, marked by `sample`; `fields` name what the first two stages would show.

    The body has the members of a real one, with no ids, no area and no values.
    """
    template = templates.for_category(category)
    closes_at = as_instant(database_now() + timedelta(days=template.closes_after_days))
    given: Body = {"category": category, "closes_at": closes_at, "currency": CURRENCY_OF.get(country, "EUR")}
    body = complete(given, {})
    kept = ("need", "category", "currency", "horizon_months", "closes_at", "decides_by", "sealing", "blind")
    terms = roster.agreement(body["terms"])
    return {
        "sample": True,
        "rfp": None,
        "version": 1,
        "kind": RfpKind.RFP.value,
        "title": _("Example: %(title)s") % {"title": _(template.title)},
        **{name: body[name] for name in (*kept, "valid_for_days", "options", "capabilities")},
        "area": {},
        "budget": None,
        "lines": _rows(body["lines"], LINE),
        "requirements": _rows(body["requirements"], REQUIREMENT),
        "terms": {"id": terms.id, "version": terms.version, "sha256": terms.sha256},
        "fields": [
            {"field": row["field"], "label": str(fields.field(row["field"]).label), "stage": row["stage"]}
            for row in body["fields"]
            if row["stage"] in STAGES
        ],
    }


def _example_category(wanted: str) -> str:
    """The category itself, or for a branch the first below it that has a template of its own."""
    below = (one.category for one in templates.all_templates() if one.category.startswith(f"{wanted}/"))
    return next(below, wanted)


def _rows(rows: list[Body], names: Body) -> list[Body]:
    return [{"id": None, **{name: row.get(name, default) for name, default in names.items()}} for row in rows]
