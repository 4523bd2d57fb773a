"""Who sees what: one page that is filled already, each line changed by a tap."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from rfps.disclosure import roster
from rfps.domain import announcing, drafting, previewing, revealing, saying
from rfps.domain.drafting import Content
from rfps.web.composing import Composer, composing, step

STAGES = {"fit": revealing.ALL, "offer": revealing.OFFERING, "chosen": revealing.CHOSEN, "out": ""}
NAMES = {stage: name for name, stage in STAGES.items()}


@composing
def sees(request: HttpRequest, composer: Composer) -> HttpResponse:
    """The facts by the stage from which they are seen, and what a company will see."""
    rfp, actor, content = composer.rfp, composer.actor, drafting.content_of(composer.rfp)
    if not content.body["category"]:
        return redirect("compose-what", rfp.public_id)
    face = "offer" if request.GET.get("as") == "offer" else "fit"
    found = revealing.sights(content, actor=actor)
    return step(
        request, "sees", 3, composer,
        sights={NAMES.get(stage, "shortlist"): [one for one in found if one.stage == stage] for stage in _used(found)},
        exact=[one for one in found if one.stage < revealing.CHOSEN and one.exact],
        left_out=revealing.left_out(content),
        names=NAMES,
        face=face,
        card=announcing.announced(rfp, content, number=1, rows=None),
        said=_said(content),
        terms=roster.agreement(content.body["terms"]),
        **reach(composer, content),
    )  # fmt: skip


@composing
def reveal(request: HttpRequest, composer: Composer) -> HttpResponse:
    """Move one fact to another stage, and follow it there."""
    page, field = reverse("compose-sees", args=[composer.rfp.public_id]), request.POST.get("field", "")
    if request.method != "POST":
        return redirect(page)
    stage = STAGES.get(request.POST.get("to", ""), "?")
    revealing.reveal(composer.rfp, field, stage, actor=composer.actor)
    return redirect(f"{page}#line-{field}")


def reach(composer: Composer, content: Content) -> dict[str, object]:
    """How many companies it will reach, and what keeps others away."""
    found = previewing.audience_of(composer.rfp, content)
    return {"matched": found["matched"], "kept_away": saying.exclusions(found["exclusions"])}


def _used(found: list[revealing.Sight]) -> list[str]:
    used = {one.stage for one in found}
    return [stage for stage in ("S0", "S1", "S2", "S3") if stage in used or stage != revealing.SHORTLISTED]


def _said(content: Content) -> dict[str, object]:
    body = content.body
    return {
        "place": saying.place(body),
        "budget": saying.budget(body),
        "parts": [saying.part(row) for row in body["lines"]],
        "musts": saying.musts(body),
        "wishes": saying.wishes(body),
    }
