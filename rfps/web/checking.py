"""The last look: what the template filled in, what is missing, and a small form to change each."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from marketplace.kernel.forms import attempt
from rfps.disclosure import roster
from rfps.domain import drafting, reviewing, saying
from rfps.domain.checking import moment
from rfps.domain.drafting import Content
from rfps.web.composing import Composer, composing, revision_of, step
from rfps.web.parts import PARTS, way_to
from rfps.web.seeing import reach


@composing
def check(request: HttpRequest, composer: Composer) -> HttpResponse:
    """Everything at a glance, each with its way to change it."""
    return checked(request, composer)


def checked(request: HttpRequest, composer: Composer, **extra: object) -> HttpResponse:
    """The page, with what the publishing form has to say."""
    content = drafting.content_of(composer.rfp)
    if not content.body["category"]:
        return redirect("compose-what", composer.rfp.public_id)
    found = reviewing.review(content)
    context = {
        "body": content.body,
        "said": said(content),
        "gaps": [(fault, way_to(composer.rfp, fault.pointer)) for fault in found.gaps],
        "finds": [(find, way_to(composer.rfp, find.pointer)) for find in found.finds],
        "ready": found.ready,
        "terms": roster.agreement(content.body["terms"]),
        **reach(composer, content),
    }
    return step(request, "check", 4, composer, **context | extra)


@composing
def confirm(request: HttpRequest, composer: Composer) -> HttpResponse:
    """The person says that what was found in these texts is meant so."""
    content, meant = drafting.content_of(composer.rfp), request.POST.getlist("meant")
    ticked = [find.pointer for find in reviewing.review(content).finds if find.pointer in meant]
    confirmed = list(dict.fromkeys([*content.body["confirmed"], *ticked]))
    if ticked:
        drafting.change(composer.rfp, actor=composer.actor, body={"confirmed": confirmed})
    return redirect("compose-check", composer.rfp.public_id)


@composing
def change(request: HttpRequest, composer: Composer, part: str) -> HttpResponse:
    """One small form."""
    if part not in PARTS:
        raise Http404
    rfp, content = composer.rfp, drafting.content_of(composer.rfp)
    form = PARTS[part].of(request, content=content, zone=rfp.customer.time_zone)
    if request.method == "POST":
        revision = revision_of(request)
        tried = attempt(
            form, lambda _body: drafting.change(rfp, actor=composer.actor, body=form.body(), revision=revision)
        )
        if tried.done:
            return redirect("compose-check", rfp.public_id)
    return step(request, "change", 4, composer, form=form, late=form.status == 409)


def said(content: Content) -> dict[str, object]:
    """The request in words."""
    body = content.body
    whole = sum(row["weight"] for row in body["criteria"]) or 1
    return {
        "place": saying.place(body),
        "budget": saying.budget(body),
        "parts": [saying.part(row) for row in body["lines"]],
        "musts": saying.musts(body),
        "wishes": saying.wishes(body),
        "closes_at": moment(body["closes_at"]) if body["closes_at"] else None,
        "decides_by": moment(body["decides_by"]) if body["decides_by"] else None,
        "sealing": saying.sealing(body),
        "rules": saying.rules(body),
        "counts": [
            (saying.counted(row, body), round(100 * row["weight"] / whole), saying.anchors(row, body))
            for row in body["criteria"]
        ],
    }
