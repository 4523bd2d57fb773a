"""Parts and what is asked for, row by row: a list, a small form for each row, and taps that move it or take it out."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.kernel.errors import Conflict, Invalid
from marketplace.kernel.forms import DomainForm, attempt
from rfps.domain import arranging, composing, drafting, saying
from rfps.domain.arranging import ASKED, PARTS
from rfps.domain.composing import Body
from rfps.states import Level
from rfps.web.composing import Composer, revision_of, step
from rfps.web.composing import composing as page
from rfps.web.row_forms import KINDS, PartForm, RowForm, form_for

LISTS = {"parts": PARTS, "wanted": ASKED}
LIMITS = {PARTS: composing.MAX_LINES, ASKED: composing.MAX_REQUIREMENTS}


@page
def rows(request: HttpRequest, composer: Composer, name: str) -> HttpResponse:
    """Every row with what one can do with it."""
    return _listed(request, composer, name)


@page
def add(request: HttpRequest, composer: Composer, name: str) -> HttpResponse:
    """One more row."""
    return _row(request, composer, name, None)


@page
def edit(request: HttpRequest, composer: Composer, name: str, at: int) -> HttpResponse:
    """One row in its form."""
    return _row(request, composer, name, at)


@page
def move(request: HttpRequest, composer: Composer, name: str, at: int) -> HttpResponse:
    """Up, down or out, by a tap."""
    member, to = _member(name), request.POST.get("to", "")
    if request.method != "POST":
        return redirect("compose-rows", composer.rfp.public_id, name)
    place = {"up": max(at - 1, 0), "down": at + 1, "out": None}.get(to, at)
    try:
        _arrange(composer, member, at, place, revision_of(request) or 0)
    except (Conflict, Invalid):
        form = DomainForm(request.POST)
        form.add_error(None, _("The list changed meanwhile. This is how it stands now."))
        form.status = Conflict.status
        return _listed(request, composer, name, form=form, late=True)
    return redirect(_row_in(composer, name, at if place is None else place))


def _arrange(composer: Composer, member: str, at: int, place: int | None, revision: int) -> None:
    if place is None:
        arranging.drop(composer.rfp, member, at, actor=composer.actor, revision=revision)
    else:
        arranging.move(composer.rfp, member, at, place, actor=composer.actor, revision=revision)


def _row_in(composer: Composer, name: str, at: int) -> str:
    """The list, from this row on."""
    return f"{reverse('compose-rows', args=[composer.rfp.public_id, name])}#row-{at}"


def _row(request: HttpRequest, composer: Composer, name: str, at: int | None) -> HttpResponse:
    rfp, member = composer.rfp, _member(name)
    body = drafting.content_of(rfp).body
    if at is not None and at >= len(body[member]):
        raise Http404
    form = _form(request, body, member, at)
    revision = revision_of(request) or 0
    tried = attempt(
        form,
        lambda _body: arranging.put(rfp, member, at, form.row(), actor=composer.actor, revision=revision),
    )
    if tried.done:
        return redirect(_row_in(composer, name, len(body[member]) if at is None else at))
    return step(request, "row", 4, composer, form=form, name=name, late=form.status == 409)


def _form(request: HttpRequest, body: Body, member: str, at: int | None) -> RowForm:
    row = body[member][at] if at is not None else {}
    if member == PARTS:
        return PartForm.of(request, row=row)
    kind = row.get("answer") or request.GET.get("answer", "")
    if kind not in KINDS:
        raise Http404
    return form_for(kind).of(request, row=row)


def _member(name: str) -> str:
    if name not in LISTS:
        raise Http404
    return LISTS[name]


def _listed(request: HttpRequest, composer: Composer, name: str, **extra: Any) -> HttpResponse:
    member, body = _member(name), drafting.content_of(composer.rfp).body
    whole = sum(row["weight"] for row in body["criteria"]) or 1
    lines = [
        {
            "at": at,
            "said": saying.part(row) if member == PARTS else saying.asked(row),
            "must": row.get("level") == Level.MUST,
            "detail": row.get("spec") or "",
            "points": round(100 * sum(each["weight"] for each in arranging.readers(body, member, at)) / whole),
            "last": at == len(body[member]) - 1,
        }
        for at, row in enumerate(body[member])
    ]
    limit = LIMITS[member]
    known = {"name": name, "rows": lines, "kinds": KINDS, "full": len(lines) >= limit, "limit": limit}
    return step(request, "rows", 4, composer, **known | extra)
