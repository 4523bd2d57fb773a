"""What a supplier would see of a request, stage by stage, before anything is shown to anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.datastore import catalogue as fields
from accounts.datastore.policies import owners_of
from marketplace.kernel.actors import Actor
from marketplace.kernel.clock import database_now
from marketplace.kernel.errors import Fault, Invalid
from rfps.delivery.domain import counting
from rfps.domain import announcing, drafting, publishing, sharing
from rfps.domain.drafting import Content
from rfps.models import Rfp
from rfps.policies import can_change_rfp


def preview(rfp: Rfp, stage: str, *, actor: Actor) -> dict[str, Any]:
    """The S0 body, the values as this stage projects them, and which are missing or out of date.

    `stage` is S0 to S3. Of a request of the household each member sees the household's values and their own; who has
    a request shared with them sees facts of their common home only.
    """
    content = drafting.content_of(rfp)
    wanted = [row["field"] for row in content.body["fields"] if row["stage"] <= stage]
    if not can_change_rfp(actor, rfp):
        wanted = [field for field in wanted if sharing.of_household(field)]
    live = {key: content.live[key] for key in wanted if key in content.live}
    held = set(owners_of(actor).values_list("pk", flat=True))
    own = replace(content, live={key: value for key, value in live.items() if value.owner_id in held})
    now = database_now()
    half_lives = {key: fields.field(key).half_life_days for key in live}
    return {
        **_announced(rfp, content),
        "stage": stage,
        "disclosed": announcing.projected(own, stage),
        "missing": [key for key in wanted if key not in live],
        "stale": [
            key
            for key in wanted
            if half_lives.get(key) is not None and now - live[key].observed_at > timedelta(days=half_lives[key] or 0)
        ],
    }


def audience(rfp: Rfp) -> dict[str, Any]:
    """How many suppliers it would reach now, and how many each of its conditions keeps away."""
    return audience_of(rfp, drafting.content_of(rfp))


def audience_of(rfp: Rfp, content: Content) -> dict[str, Any]:
    """The same for content that was read already."""
    if not content.body["category"]:
        raise Invalid([Fault("/category", "required", _("Say first what it is about."))])
    facts = publishing.match_facts(rfp, _announced(rfp, content), announcing.cell_of(content.body["area"]))
    found = counting.audience(facts, excluded=publishing.excluded(rfp, content.owners))
    return {"matched": found.matched, "exclusions": found.exclusions}


def _announced(rfp: Rfp, content: Content) -> dict[str, Any]:
    """The S0 body: as it was published, or as it would be now."""
    if rfp.current is not None:
        return dict(rfp.current.announced)
    return announcing.announced(rfp, content, number=1, rows=None)
